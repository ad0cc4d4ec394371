"""A rough slice made exact: better edges, other levels, fewer conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from app.lab.slices.best import Choice, best_choice, sums_of
from app.lab.slices.ground import Ground

ROUNDS = 4
# A slice is looked for at a low price and worded at a high one: noise seldom makes a slice stand
# out from nothing, but it often makes a good slice a little better with one more condition.
LOW_PRICE = 0.5
HIGH_PRICE = 1.4
LITTLE = 1e-6

Key = tuple[tuple[int, bytes], ...]


@dataclass(frozen=True)
class Rough:
    """Conditions and what they score, less their price.

    Parameters
    ----------
    net : float
    choices : tuple of Choice
        One a column.
    """

    net: float
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Polisher:
    """Improves slices on one ground, and remembers the sums it has formed.

    Parameters
    ----------
    ground : Ground
    """

    ground: Ground
    _sums: dict[tuple[int, Key], np.ndarray] = field(default_factory=dict)
    _rows: dict[Key, np.ndarray] = field(default_factory=dict)

    def polished(self, choices: Sequence[Choice]) -> Rough:
        """Choose each condition anew, given the others, until nothing gets better; then drop words.

        Parameters
        ----------
        choices : sequence of Choice

        Returns
        -------
        Rough
            Its net is at the low price.
        """
        low, strict = (replace(self.ground, thrift=price) for price in (LOW_PRICE, HIGH_PRICE))
        current = self._climbed(low, tuple(choices))
        current = self._climbed(strict, current.choices)
        while len(current.choices) > 1:
            shorter = [
                self._climbed(strict, current.choices[:i] + current.choices[i + 1 :])
                for i in range(len(current.choices))
            ]
            best = max(shorter, key=lambda rough: rough.net)
            if best.net < current.net:
                break
            current = best
        return Rough(self._net(low, current.choices), current.choices)

    def _climbed(self, ground: Ground, choices: tuple[Choice, ...]) -> Rough:
        net = self._net(ground, choices)
        for _ in range(ROUNDS):
            before = net
            for place, (column, _) in enumerate(choices):
                others = choices[:place] + choices[place + 1 :]
                found = best_choice(ground, column, self._column_sums(column, others))
                if found is None:
                    continue
                new = found[0] - sum(ground.price(*choice) for choice in others)
                if new > net + LITTLE:
                    net = new
                    choices = (*choices[:place], (column, found[1]), *choices[place + 1 :])
            if net <= before + LITTLE:
                break
        return Rough(net, choices)

    def _net(self, ground: Ground, choices: tuple[Choice, ...]) -> float:
        """Score of given conditions, less their price."""
        (column, chosen), others = choices[0], choices[1:]
        sums = self._column_sums(column, others)[:, chosen].sum(axis=1, keepdims=True)
        return float(ground.score(*sums)[0]) - sum(ground.price(*choice) for choice in choices)

    def _column_sums(self, column: int, others: tuple[Choice, ...]) -> np.ndarray:
        key = tuple(sorted((c, chosen.tobytes()) for c, chosen in others))
        if (column, key) not in self._sums:
            self._sums[column, key] = sums_of(self.ground, column, self._rows_of(key, others))
        return self._sums[column, key]

    def _rows_of(self, key: Key, choices: tuple[Choice, ...]) -> np.ndarray | None:
        if not choices:
            return None
        if key not in self._rows:
            self._rows[key] = np.flatnonzero(mask_of(self.ground, choices))
        return self._rows[key]


def mask_of(ground: Ground, choices: Sequence[Choice]) -> np.ndarray:
    """Return which searched rows meet all choices.

    Parameters
    ----------
    ground : Ground
    choices : sequence of Choice

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    found = np.ones(ground.n, dtype=bool)
    for column, chosen in choices:
        found &= chosen[ground.codes[:, column]]
    return found
