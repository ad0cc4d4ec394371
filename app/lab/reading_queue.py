"""The queue of rows to read: the best of each reason in turn, and a draw that gives honest shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Queued:
    """One row in the queue.

    Parameters
    ----------
    at : int
        Position of the row.
    reasons : tuple of str
        Why it is read, the first one first.
    draws : int
        How often the random draw hit it; 0 for a row that is in the queue for other reasons only.
    """

    at: int
    reasons: tuple[str, ...]
    draws: int = 0


@dataclass
class _Line:
    reasons: dict[int, list[str]] = field(default_factory=dict)

    def add(self, at: int, reason: str) -> None:
        self.reasons.setdefault(at, []).append(reason)


def draw_by_weight(weight: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draw rows with a chance in proportion to their weight.

    Parameters
    ----------
    weight : ndarray of float, shape (n,)
        At least 0, for instance the cost of each error.
    draws : int
    rng : Generator

    Returns
    -------
    ndarray of int, shape (n,)
        How often each row was hit; on average ``draws * weight / weight.sum()`` exactly, so that a
        share of the draws estimates a share of the weight. All 0 without any weight. Rows without
        weight are never hit.

    References
    ----------
    Madow (1949), systematic sampling, https://doi.org/10.1214/aoms/1177729988
    """
    total = float(weight.sum())
    hits = np.zeros(len(weight), dtype=np.int64)
    able = np.flatnonzero(weight > 0)
    # No more draws than there are rows that could be read.
    draws = min(draws, len(able))
    if total <= 0 or draws == 0:
        return hits
    order = rng.permutation(able)
    ends = np.cumsum(weight[order]) / total * draws
    marks = rng.random() + np.arange(draws)
    places = np.minimum(np.searchsorted(ends, marks, side="right"), len(order) - 1)
    np.add.at(hits, order[places], 1)
    return hits


def line_up(
    signs: Mapping[str, np.ndarray],
    weight: np.ndarray,
    rng: np.random.Generator,
    most: int = 60,
    drawn: int = 24,
) -> tuple[Queued, ...]:
    """Line up rows to read.

    Parameters
    ----------
    signs : mapping of str to ndarray of float, shape (n,)
        By reason, the higher the more worth reading; NaN for a row that is no candidate.
    weight : ndarray of float, shape (n,)
        What each error cost; the chance of the random draw, and what settles ties.
    rng : Generator
    most : int
        Rows in the queue.
    drawn : int
        Hits of the random draw among them.

    Returns
    -------
    tuple of Queued
        The random draw and the reasons in turn, best of each first. A row that would have come up
        for a second reason while it was taken bears both.
    """
    hits = draw_by_weight(weight, drawn, rng)
    ties = rng.permutation(len(weight))
    line = _Line()
    queues = {"random": list(rng.permutation(np.flatnonzero(hits)))}
    queues |= {reason: _best(sign, weight, ties, most) for reason, sign in signs.items()}
    # Room for the draw is set aside, so that nothing crowds it out.
    room = most - len(queues["random"])
    while any(queues.values()):
        for reason, queue in queues.items():
            room -= _take_next(line, reason, queue, room)
    return tuple(Queued(int(at), tuple(why), int(hits[at])) for at, why in line.reasons.items())


def _take_next(line: _Line, reason: str, queue: list[int], room: int) -> int:
    """Put the next row of a reason into the line; returns how much room that took."""
    while queue:
        at = queue.pop(0)
        if at in line.reasons:
            line.add(at, reason)
            continue
        if reason == "random":
            line.add(at, reason)
            return 0
        if room > 0:
            line.add(at, reason)
            return 1
        # Full: what is left of this reason can only add itself to rows already there.
        queue[:] = []
    return 0


def _best(sign: np.ndarray, weight: np.ndarray, ties: np.ndarray, most: int) -> list[int]:
    """Return the rows with the highest sign; equal ones by weight, then by lot."""
    known = np.flatnonzero(np.isfinite(sign))
    order = np.lexsort((ties[known], -weight[known], -sign[known]))
    return [int(at) for at in known[order][:most]]


def worth_telling(sign: np.ndarray, most: int) -> bool:
    """Say whether a sign tells some rows from the rest: not when too many are highest alike.

    Parameters
    ----------
    sign : ndarray of float, shape (n,)
    most : int
        Rows that may share the highest value.

    Returns
    -------
    bool
    """
    known = sign[np.isfinite(sign)]
    return bool(len(known)) and int((known == known.max()).sum()) <= most
