"""Every rectangle of two columns at once: histograms of pairs and their integral images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from app.lab.slices.best import Choice
from app.lab.slices.ground import COARSE, Ground

WIDTH = COARSE + 2
TOGETHER = 6
THIRD_ROWS = 3000

# Intervals of coarse bins, the bin of missing values last.
LOW = np.r_[np.triu_indices(COARSE + 1, 1)[0], COARSE]
HIGH = np.r_[np.triu_indices(COARSE + 1, 1)[1], COARSE + 1]
INSIDE = (np.arange(WIDTH) >= LOW[:, None]) & (np.arange(WIDTH) < HIGH[:, None])
WITHIN = INSIDE.astype(np.float32)


@dataclass(frozen=True)
class Coarse:
    """The ground with at most twelve bins a column.

    Parameters
    ----------
    ground : Ground
    codes : ndarray of int, shape (n, p)
        Coarse bin of each row; 12 is missing, 13 is never chosen.
    of_fine : tuple of ndarray of int
        Coarse bin of each fine one, a column each.
    prices : ndarray of float, shape (p, intervals)
        Infinite where an interval does not exist.
    """

    ground: Ground
    codes: np.ndarray
    of_fine: tuple[np.ndarray, ...]
    prices: np.ndarray

    def choice(self, column: int, interval: int) -> Choice:
        """Return an interval as a choice of fine bins."""
        bins = self.of_fine[column]
        return column, (bins >= LOW[interval]) & (bins < HIGH[interval])


def coarse(ground: Ground) -> Coarse:
    """Return the ground with few bins a column.

    Parameters
    ----------
    ground : Ground

    Returns
    -------
    Coarse
        Levels come in the order of their mean loss, so that intervals of them are likely sets.
    """
    maps = tuple(_coarse_bins(ground, place) for place in range(len(ground.columns)))
    codes = np.empty(ground.codes.shape, dtype=np.int16, order="F")
    for place, bins in enumerate(maps):
        codes[:, place] = bins[ground.codes[:, place]]
    prices = np.array([_prices(ground, place, bins) for place, bins in enumerate(maps)], np.float32)
    return Coarse(ground, codes, maps, prices)


def _coarse_bins(ground: Ground, column: int) -> np.ndarray:
    part = ground.columns[column]
    codes = ground.codes[:, column]
    counts = np.bincount(codes, minlength=part.size + 2)[: part.size]
    bins = np.full(part.size + 2, COARSE + 1)
    bins[part.size] = COARSE
    if part.ordered:
        bins[: part.size] = _grouped(counts)
        return bins
    totals = np.bincount(codes, ground.loss, minlength=part.size + 2)[: part.size]
    often = np.argsort(-counts, kind="stable")[:COARSE]
    often = often[counts[often] > 0]
    means = totals[often] / counts[often]
    bins[often[np.argsort(-means, kind="stable")]] = np.arange(len(often))
    return bins


def _grouped(counts: np.ndarray) -> np.ndarray:
    """Join neighboring bins into at most twelve of about equal size."""
    if len(counts) <= COARSE:
        return np.arange(len(counts))
    middle = np.cumsum(counts) - counts / 2
    groups = np.minimum(COARSE - 1, (middle * COARSE / max(1, counts.sum())).astype(int))
    return np.unique(groups, return_inverse=True)[1]


def _prices(ground: Ground, column: int, bins: np.ndarray) -> np.ndarray:
    part = ground.columns[column]
    used = int(bins[: part.size][bins[: part.size] < COARSE].max(initial=-1)) + 1
    prices = np.full(len(LOW), np.inf)
    for place, (low, high) in enumerate(zip(LOW, HIGH, strict=True)):
        chosen = (bins >= low) & (bins < high)
        whole = low == 0 and high == used
        exists = high <= used or (low == COARSE and part.missing)
        rare = whole and not part.ordered and chosen[: part.size].sum() < part.size
        if exists and (not whole or rare):
            prices[place] = ground.price(column, chosen)
    return prices


def best_pairs(coarse: Coarse) -> tuple[list[tuple[float, list[Choice]]], int]:
    """Return the best rectangle of every pair of columns.

    Parameters
    ----------
    coarse : Coarse

    Returns
    -------
    found : list of tuple of float and list of Choice
        Score less price, best first.
    searched : int
        Number of rectangles that were scored.
    """
    ground = coarse.ground
    pairs = list(combinations(range(len(ground.columns)), 2))
    weights = (None, ground.loss, ground.loss**2)
    found: list[tuple[float, list[Choice]]] = []
    searched = 0
    for start in range(0, len(pairs), TOGETHER):
        some = pairs[start : start + TOGETHER]
        sums = np.stack([_histograms(coarse, pair, weights) for pair in some])
        boxes = WITHIN @ sums @ WITHIN.T
        net = ground.score(boxes[:, 0], boxes[:, 1], boxes[:, 2])
        a, b = (coarse.prices[[pair[side] for pair in some]] for side in (0, 1))
        searched += int((np.isfinite(a).sum(axis=1) * np.isfinite(b).sum(axis=1)).sum())
        net -= a[:, :, None]
        net -= b[:, None, :]
        tops = net.reshape(len(some), -1).argmax(axis=1)
        for pair, top, values in zip(some, tops, net, strict=True):
            i, j = divmod(int(top), len(LOW))
            if np.isfinite(values[i, j]):
                choices = [coarse.choice(pair[0], i), coarse.choice(pair[1], j)]
                found.append((float(values[i, j]), choices))
    return sorted(found, key=lambda item: -item[0]), searched


def _histograms(
    coarse: Coarse, pair: tuple[int, int], weights: Sequence[np.ndarray | None]
) -> np.ndarray:
    cells = coarse.codes[:, pair[0]].astype(np.intp) * WIDTH
    cells += coarse.codes[:, pair[1]]
    counts = [np.bincount(cells, weight, minlength=WIDTH * WIDTH) for weight in weights]
    return np.array(counts, dtype=np.float32).reshape(3, WIDTH, WIDTH)


def best_thirds(
    coarse: Coarse, rows: np.ndarray, taken: Sequence[int], price: float, most: int
) -> tuple[list[tuple[float, Choice]], int]:
    """Return the best further conditions among some rows, on other columns.

    Parameters
    ----------
    coarse : Coarse
    rows : ndarray of int
        Rows that the conditions so far leave.
    taken : sequence of int
        Their columns.
    price : float
        Their price.
    most : int
        At most so many are returned.

    Returns
    -------
    found : list of tuple of float and Choice
        Score less all prices, best first, one a column.
    searched : int
        Number of conditions that were scored.
    """
    ground = coarse.ground
    count = len(ground.columns)
    # A third condition is only a start: some of the rows show it as well as all of them.
    step = -(-len(rows) // THIRD_ROWS)
    rows = rows[::step]
    cells = coarse.codes[rows].astype(np.intp)
    cells += np.arange(count) * WIDTH
    flat, loss = cells.ravel(), np.repeat(ground.loss[rows], count)
    sums = np.stack(
        [
            np.bincount(flat, weight, minlength=count * WIDTH).reshape(count, WIDTH)
            for weight in (None, loss, loss**2)
        ]
    )
    net = ground.score(*(step * sums @ WITHIN.T)) - coarse.prices - price
    net[list(taken)] = -np.inf
    tops = net.argmax(axis=1)
    values = net[np.arange(count), tops]
    order = np.argsort(-values, kind="stable")[:most]
    found = [
        (float(values[c]), coarse.choice(int(c), int(tops[c])))
        for c in order
        if np.isfinite(values[c])
    ]
    return found, int(np.isfinite(net).sum())
