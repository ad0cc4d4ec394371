"""Slices with a high loss: found on one half of the rows, proven on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten

import numpy as np
import pandas as pd

from app.lab.condition import Condition
from app.lab.condition.cohort import mask_of
from app.lab.intervals import holm
from app.lab.slices.column import Column, encode
from app.lab.slices.found import Slice, SliceSearch
from app.lab.slices.ground import Ground, pulled_in
from app.lab.slices.proof import LEAST_BLOCKS, Difference, inside_out
from app.lab.slices.search import MOST_OVERLAP, search

LEAST_ROWS = 30
LONGEST_WORDS = 160
LEAST_SHARE = 0.005
# Below the usual 0.05, so that chance alone confirms a slice in fewer than one search of twenty.
SMALL = 0.03


@dataclass(frozen=True)
class _Tested:
    conditions: tuple[Condition, ...]
    mask: np.ndarray
    unseen: np.ndarray
    net: float
    gap: Difference
    p_value: float = 1.0

    @property
    def confirmed(self) -> bool:
        return bool(self.p_value < SMALL)

    @property
    def evidence(self) -> float:
        z = self.gap.value / self.gap.error if self.gap.error > 0 else 0.0
        return self.net + max(z, 0.0) ** 2 / 2


def search_slices(
    frame: pd.DataFrame,
    loss: np.ndarray,
    rng: np.random.Generator,
    blocks: np.ndarray | None = None,
    conditions: int = 3,
    most: int = 12,
) -> SliceSearch:
    """Search for the slices that cost most, and prove each on rows it was not found on.

    The rows are cut into two halves. Each half is searched, and what is found there is tested on
    the other one only. Holm's correction counts all tests of both halves.

    Parameters
    ----------
    frame : DataFrame, n rows
        Columns to search. Numbers and dates give intervals, texts and categories sets of levels,
        missing values conditions of their own.
    loss : ndarray of float, shape (n,)
        Finite; higher is worse. In any unit: a 0/1 error, a distance, money.
    rng : Generator
        Draws the halves.
    blocks : ndarray, shape (n,), optional
        Rows with one value (a day, a group) stay in one half, and intervals are by block.
    conditions : int
        At most so many conditions a slice, 1 to 3.
    most : int
        At most so many slices are returned, at least 1.

    Returns
    -------
    SliceSearch
        Effects, intervals, rows and p values come only from the half that a slice was not found on.

    Raises
    ------
    ValueError
        If a loss is not finite, lengths differ, or a number is out of range.

    References
    ----------
    Chung et al. (2019), Slice Finder, https://doi.org/10.1109/ICDE.2019.00139
    Sagadeeva & Boehm (2021), SliceLine, https://doi.org/10.1145/3448016.3457323
    Neill (2012), Fast subset scan, https://doi.org/10.1111/j.1467-9868.2011.01014.x
    """
    values = _checked(frame, loss, blocks, conditions, most)
    codes = np.arange(len(values)) if blocks is None else pd.factorize(np.asarray(blocks))[0]
    if reason := _hopeless(values, codes, blocks is not None):
        return SliceSearch((), 0, reason)
    first = _half(codes, rng)
    least = max(LEAST_ROWS, int(LEAST_SHARE * first.sum()))
    columns = encode(frame, least)
    if not columns:
        return SliceSearch(
            (), 0, "There is no column to search: all are constant, empty or identifiers."
        )
    grouped = None if blocks is None else codes
    tested: list[_Tested] = []
    searched = 0
    for side in (first, ~first):
        ground = _ground(columns, values, np.flatnonzero(side), least)
        found, tried = search(ground, conditions, most)
        searched += tried
        for candidate in found:
            parts = tuple(
                columns[c].condition(chosen)
                for c, chosen in sorted(candidate.choices, key=lambda choice: choice[0])
            )
            mask = mask_of(parts, frame)
            gap = inside_out(
                mask[~side], values[~side], None if grouped is None else grouped[~side]
            )
            tested.append(_Tested(parts, mask, ~side, candidate.net, gap))
    slices = _slices(_proven(tested), values, grouped, most)
    return SliceSearch(slices, searched, _says(slices, searched, len(values)))


def find_slices(
    frame: pd.DataFrame,
    loss: np.ndarray,
    rng: np.random.Generator,
    blocks: np.ndarray | None = None,
    conditions: int = 2,
    most: int = 12,
) -> tuple[Slice, ...]:
    """Return the slices of `search_slices`, without the sentence about them.

    Parameters
    ----------
    frame, loss, rng, blocks, conditions, most
        As in `search_slices`.

    Returns
    -------
    tuple of Slice
    """
    return search_slices(frame, loss, rng, blocks, conditions, most).slices


def _checked(
    frame: pd.DataFrame, loss: np.ndarray, blocks: np.ndarray | None, conditions: int, most: int
) -> np.ndarray:
    values = np.asarray(loss, dtype=float)
    if values.ndim != 1 or len(values) != len(frame):
        raise ValueError(
            f"loss has the shape {values.shape}; one number for each of {len(frame)} rows"
        )
    if not np.isfinite(values).all():
        bad = int((~np.isfinite(values)).sum())
        raise ValueError(
            f"{bad:,} of {len(values):,} losses are missing or infinite; leave these rows out first"
        )
    if blocks is not None and len(blocks) != len(values):
        raise ValueError(f"blocks has {len(blocks):,} values; one for each of {len(values):,} rows")
    if conditions not in (1, 2, 3):
        raise ValueError(f"conditions is {conditions}; allowed are 1, 2 and 3")
    if most < 1:
        raise ValueError(f"most is {most}; at least 1 slice")
    return values


def _hopeless(values: np.ndarray, codes: np.ndarray, blocked: bool) -> str:
    """Say why there is nothing to search, if so."""
    if len(values) < 4 * LEAST_ROWS:
        rows = "1 row is" if len(values) == 1 else f"{len(values):,} rows are"
        return (
            f"{rows} not enough to search one half and prove on the other; "
            f"{4 * LEAST_ROWS} are the least."
        )
    if np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return f"Every row has the same loss ({values[0]:.3g}), so no slice is worse than the rest."
    count = int(codes.max()) + 1
    if blocked and count < 2 * LEAST_BLOCKS:
        return (
            f"{count} blocks are not enough to search one half and prove on the other; "
            f"{2 * LEAST_BLOCKS} are the least."
        )
    return ""


def _half(codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw half of the blocks; codes of -1 (no block) are a block of their own."""
    count = int(codes.max()) + 2
    first = np.zeros(count, dtype=bool)
    first[rng.permutation(count - 1)[: count // 2]] = True
    found: np.ndarray = first[codes]
    return found


def _ground(columns: tuple[Column, ...], loss: np.ndarray, rows: np.ndarray, least: int) -> Ground:
    codes = np.empty((len(rows), len(columns)), dtype=np.int16, order="F")
    for place, column in enumerate(columns):
        codes[:, place] = column.codes[rows]
    return Ground(columns, codes, pulled_in(loss[rows]), least)


def _proven(tested: Sequence[_Tested]) -> list[_Tested]:
    """Correct the p values for their number and leave out what cannot be tested."""
    corrected = holm([item.gap.above for item in tested])
    return [
        _Tested(item.conditions, item.mask, item.unseen, item.net, item.gap, float(p))
        for item, p in zip(tested, corrected, strict=True)
        if np.isfinite(p)
    ]


def _slices(
    tested: Sequence[_Tested], loss: np.ndarray, grouped: np.ndarray | None, most: int
) -> tuple[Slice, ...]:
    kept: list[_Tested] = []
    free = np.ones(len(loss), dtype=bool)
    for item in sorted(tested, key=lambda t: (not t.confirmed, -t.evidence)):
        if len(kept) < most and _new(item, kept, free, loss, grouped):
            kept.append(item)
            free &= ~item.mask
    slices = [_slice(item, loss) for item in kept]
    return tuple(sorted(slices, key=lambda s: (not s.confirmed, -s.sure_total, s.words)))


def _new(
    item: _Tested,
    kept: Sequence[_Tested],
    free: np.ndarray,
    loss: np.ndarray,
    grouped: np.ndarray | None,
) -> bool:
    """Whether a slice is neither another one again nor costly only by the rows it shares."""
    if any(_jaccard(item.mask, other.mask) > MOST_OVERLAP for other in kept):
        return False
    if not kept or not (item.mask & ~free).any():
        return True
    rows = item.unseen & free
    gap = inside_out(item.mask[rows], loss[rows], None if grouped is None else grouped[rows])
    return bool(gap.above < SMALL) if item.confirmed else gap.value > 0


def _jaccard(a: np.ndarray, b: np.ndarray) -> float:
    either = int((a | b).sum())
    return float((a & b).sum() / either) if either else 1.0


def _slice(item: _Tested, loss: np.ndarray) -> Slice:
    inside, outside = loss[item.unseen & item.mask], loss[item.unseen & ~item.mask]
    return Slice(
        item.conditions,
        len(inside),
        float(inside.mean()),
        float(outside.mean()),
        item.gap.estimate,
        item.p_value,
        float(item.mask.mean()),
        item.confirmed,
        item.unseen,
    )


def _says(slices: Sequence[Slice], searched: int, n: int) -> str:
    count = sum(s.confirmed for s in slices)
    tried = f"{searched:,} combinations of conditions"
    if not count:
        return (
            f"No slice of {n:,} rows holds up: of {tried}, none is proven to have a higher loss on "
            "the half that was not searched. Small slices with a small effect can be missed."
        )
    noun = "slice holds" if count == 1 else "slices hold"
    return (
        f"{count} {noun} up on the half that was not searched, out of {tried}. "
        f"The worst: {shorten(slices[0].words, LONGEST_WORDS, placeholder=' …')}."
    )
