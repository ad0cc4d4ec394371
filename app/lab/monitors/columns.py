"""What is seen of each input column every day, all from one count of its cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.drift import psi
from app.lab.monitors.rolling import rolled
from app.lab.watching import counting
from app.lab.watching.distances import jensen_shannon, total_variation
from app.lab.watching.profile import ColumnCounts

Found = dict[str, np.ndarray]
DRIFTS = ("psi", "js", "ks", "wasserstein", "chi2")
FIRST_DAYS = 7


@dataclass(frozen=True)
class Windowed:
    """Counts of one column over windows of days, beside what they are compared with.

    Parameters
    ----------
    now : ColumnCounts
        By day, not yet summed over windows.
    total : ColumnCounts
        The reference, one chunk.
    cells, expected : ndarray of float, shape (days, cells)
        Of each window, and of the days it is compared with.
    width : int
        Days in a window.
    """

    now: ColumnCounts
    total: ColumnCounts
    cells: np.ndarray
    expected: np.ndarray
    width: int


def windowed(now: ColumnCounts, total: ColumnCounts, width: int, window: int | None) -> Windowed:
    """Sum counts over windows, and find what each is compared with.

    Parameters
    ----------
    now, total : ColumnCounts
    width : int
        Days that are taken together.
    window : int or None
        Compare with this many days before; with the reference when None, and while there are
        fewer than seven days before.

    Returns
    -------
    Windowed
    """
    daily = now.cells.astype(float)
    expected = np.repeat(total.cells.astype(float), len(daily), axis=0)
    if window is not None:
        expected = _before(daily, expected, width, window)
    return Windowed(now, total, rolled(daily, width), expected, width)


def _before(daily: np.ndarray, reference: np.ndarray, width: int, window: int) -> np.ndarray:
    sums = np.vstack([np.zeros(daily.shape[1]), np.cumsum(daily, axis=0)])
    end = np.maximum(np.arange(len(daily)) - width + 1, 0)
    start = np.maximum(end - window, 0)
    found = sums[end] - sums[start]
    enough = (end >= FIRST_DAYS) & (found.sum(axis=1) > 0)
    return np.where(enough[:, None], found, reference)


def drifts(column: Windowed) -> Found:
    """Return the distances of a column from its reference.

    Parameters
    ----------
    column : Windowed

    Returns
    -------
    dict of str to ndarray of float, shape (days,)
        By monitor; those of numbers only where it is one.
    """
    cells, expected = column.cells, column.expected
    found = {
        "psi": psi(expected, cells),
        "js": jensen_shannon(expected, cells),
        "chi2": _chi_squared(expected, cells),
    }
    if column.now.shape.kind == "number":
        found["ks"], found["wasserstein"] = _of_numbers(column)
    return found


def moved(column: Windowed) -> np.ndarray:
    """Return the share of the rows that would have to move to look like the reference."""
    with np.errstate(invalid="ignore"):
        return np.asarray(total_variation(column.expected, column.cells))


def _chi_squared(expected: np.ndarray, cells: np.ndarray) -> np.ndarray:
    n, m = expected.sum(axis=1, keepdims=True), cells.sum(axis=1, keepdims=True)
    pooled = expected + cells
    with np.errstate(invalid="ignore", divide="ignore"):
        each = (np.sqrt(m / n) * expected - np.sqrt(n / m) * cells) ** 2 / pooled
    some = pooled > 0
    freedom = np.maximum(some.sum(axis=1) - 1, 1)
    return np.where(m[:, 0] > 0, np.where(some, each, 0.0).sum(axis=1) / freedom, np.nan)


def _of_numbers(column: Windowed) -> tuple[np.ndarray, np.ndarray]:
    """Return the gap of the distribution functions, and how far values moved in deviations."""
    shape = column.now.shape
    bins = shape.bins
    with np.errstate(invalid="ignore", divide="ignore"):
        after = column.cells[:, :bins] / column.cells[:, :bins].sum(axis=1, keepdims=True)
        before = column.expected[:, :bins] / column.expected[:, :bins].sum(axis=1, keepdims=True)
    gap = np.abs(np.cumsum(after - before, axis=1)[:, :-1])
    if gap.shape[1] == 0:
        flat = np.zeros(len(column.cells))
        return flat, flat
    edges = shape.edges
    wide = np.gradient(edges) if len(edges) > 1 else np.ones(1)
    spread = max(float(np.nan_to_num(column.total.std[0])), 1e-9)
    inside = (gap * wide).sum(axis=1) / spread
    return gap.max(axis=1), np.fmax(inside, _mean_apart(column, spread))


def _mean_apart(column: Windowed, spread: float) -> np.ndarray:
    """Beyond the outermost edges bins cannot tell how far values went: the mean can."""
    now = column.now
    sums = rolled(now.moments[:, counting.TOTAL], column.width)
    rows = column.cells[:, :-2].sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = now.shape.center + sums / rows
    return np.asarray(np.abs(mean - float(np.nan_to_num(column.total.mean[0]))) / spread)


def shares(column: Windowed) -> Found:
    """Return the share of rows of each window with something wrong, by monitor.

    Parameters
    ----------
    column : Windowed

    Returns
    -------
    dict of str to ndarray of float, shape (days,)
    """
    rows = column.cells.sum(axis=1)

    def share(counted: np.ndarray) -> np.ndarray:
        return np.where(rows > 0, counted / np.maximum(rows, 1), np.nan)

    shape = column.now.shape
    found = {"missing": share(column.cells[:, -2])}
    if shape.kind == "number":
        outside = rolled(column.now.moments[:, counting.OUTSIDE], column.width)
        found["range"] = share(outside)
        found["non_finite"] = share(column.cells[:, -1])
    # A text where a number should be was never seen either, but it is a fault of the schema.
    plain = shape.kind == "number" and not len(shape.values)
    found["schema" if plain else "unseen"] = share(column.cells[:, -3])
    return found
