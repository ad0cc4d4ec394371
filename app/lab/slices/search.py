"""The search: single conditions, pairs, a third one, then better edges and fewer words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.lab.slices.best import Choice, best_choice, sums_of
from app.lab.slices.coarse import Coarse, best_pairs, best_thirds, coarse
from app.lab.slices.ground import Ground
from app.lab.slices.polish import LOW_PRICE, Polisher, Rough, mask_of

BEAM = 50
POLISHED = 12
MOST_OVERLAP = 0.3
ENOUGH = 0.0


@dataclass(frozen=True)
class Candidate:
    """A slice that was found, before any proof.

    Parameters
    ----------
    net : float
        Score less the price of its conditions.
    choices : tuple of Choice
        One a column.
    mask : ndarray of bool, shape (n,)
        Over the searched rows.
    """

    net: float
    choices: tuple[Choice, ...]
    mask: np.ndarray


def search(ground: Ground, conditions: int, most: int) -> tuple[list[Candidate], int]:
    """Return distinct slices that stand out on the searched rows.

    Parameters
    ----------
    ground : Ground
    conditions : int
        At most so many conditions a slice, 1 to 3.
    most : int
        At most so many slices.

    Returns
    -------
    found : list of Candidate
        Best first; none overlaps much with a better one, and none stands out only by the rows it
        shares with better ones.
    searched : int
        Number of conditions and combinations that were scored.
    """
    ground = replace(ground, thrift=LOW_PRICE)
    seeds, searched = _seeds(ground, conditions)
    polisher = Polisher(ground)
    polished = _unique(polisher.polished(choices) for choices in seeds)
    return _distinct(ground, polished, most), searched


def _unique(roughs: Iterable[Rough]) -> list[Rough]:
    """Seeds often lead to the same slice."""
    found = {
        tuple(sorted((column, chosen.tobytes()) for column, chosen in rough.choices)): rough
        for rough in roughs
        if rough.net >= ENOUGH
    }
    return list(found.values())


def _seeds(ground: Ground, conditions: int) -> tuple[list[list[Choice]], int]:
    singles = []
    for place in range(len(ground.columns)):
        found = best_choice(ground, place, sums_of(ground, place, None))
        if found is not None:
            singles.append((found[0], [(place, found[1])]))
    singles.sort(key=lambda item: -item[0])
    searched = sum(_conditions(ground, place) for place in range(len(ground.columns)))
    by_length = [singles]
    if conditions > 1 and len(ground.columns) > 1:
        few = coarse(ground)
        pairs, tried = best_pairs(few)
        searched += tried
        more, tried = _extended(few, singles[:POLISHED], 2)
        searched += tried
        pairs = _best_of_columns([*pairs, *more])
        by_length.append(pairs)
        if conditions > 2:
            triples, tried = _extended(few, pairs[:BEAM], 3)
            searched += tried
            by_length.append(_best_of_columns(triples))
    return [choices for level in by_length for _, choices in level[:POLISHED]], searched


def _conditions(ground: Ground, place: int) -> int:
    size = ground.columns[place].size
    return size * (size + 1) // 2 if ground.columns[place].ordered else 2 * size


def _extended(
    few: Coarse, level: Sequence[tuple[float, list[Choice]]], most: int
) -> tuple[list[tuple[float, list[Choice]]], int]:
    found, searched = [], 0
    for _, choices in level:
        rows = np.flatnonzero(mask_of(few.ground, choices))
        price = sum(few.ground.price(*choice) for choice in choices)
        more, tried = best_thirds(few, rows, [column for column, _ in choices], price, most)
        found += [(net, [*choices, choice]) for net, choice in more]
        searched += tried
    return found, searched


def _best_of_columns(
    found: Sequence[tuple[float, list[Choice]]],
) -> list[tuple[float, list[Choice]]]:
    """Keep the best of each set of columns: variants of one slice would fill the beam."""
    best: dict[tuple[int, ...], tuple[float, list[Choice]]] = {}
    for item in found:
        key = tuple(sorted(column for column, _ in item[1]))
        if key not in best or item[0] > best[key][0]:
            best[key] = item
    return sorted(best.values(), key=lambda item: -item[0])


def _net(ground: Ground, choices: Sequence[Choice], mask: np.ndarray) -> float:
    inside = ground.loss[mask]
    sums = np.array([[len(inside)], [inside.sum()], [inside @ inside]], dtype=float)
    price = sum(ground.price(*choice) for choice in choices)
    return float(ground.score(*sums)[0]) - price


def _distinct(ground: Ground, found: Sequence[Rough], most: int) -> list[Candidate]:
    kept: list[Candidate] = []
    free = np.ones(ground.n, dtype=bool)
    for rough in sorted(found, key=lambda r: (-r.net, len(r.choices))):
        if len(kept) == most:
            break
        mask = mask_of(ground, rough.choices)
        if any(_jaccard(mask, other.mask) > MOST_OVERLAP for other in kept):
            continue
        if _net(ground, rough.choices, mask & free) >= ENOUGH:
            kept.append(Candidate(rough.net, rough.choices, mask))
            free &= ~mask
    return kept


def _jaccard(a: np.ndarray, b: np.ndarray) -> float:
    either = int((a | b).sum())
    return float((a & b).sum() / either) if either else 1.0
