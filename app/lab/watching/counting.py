"""Counting numbers into bins by day, in one pass over the values, as compiled code."""

from __future__ import annotations

import numpy as np
from numba import njit

# Columns of the moments that are kept of each day.
LEAST, MOST, TOTAL, SQUARES, OUTSIDE = range(5)
MOMENTS = 5
FULL = 31


def padded(edges: np.ndarray) -> np.ndarray:
    """Return 31 edges, so that the search is the same five steps for every column.

    Parameters
    ----------
    edges : ndarray of float
        At most 31, rising.

    Returns
    -------
    ndarray of float, shape (31,)
        Filled up with infinity.
    """
    return np.concatenate([edges, np.full(FULL - len(edges), np.inf)])


def empty_moments(chunks: int) -> np.ndarray:
    """Return the moments of nothing.

    Parameters
    ----------
    chunks : int

    Returns
    -------
    ndarray of float, shape (chunks, 5)
        Least, most, sum and sum of squares about the center, values outside the usual range.
    """
    found = np.zeros((chunks, MOMENTS))
    found[:, LEAST], found[:, MOST] = np.inf, -np.inf
    return found


@njit(cache=True, nogil=True)
def count_numbers(
    x: np.ndarray,
    chunk: np.ndarray,
    edges: np.ndarray,
    few: np.ndarray,
    span: np.ndarray,
    cells: np.ndarray,
    moments: np.ndarray,
) -> None:  # pragma: no cover - compiled
    """Add values to the cells and moments of their chunk, in place.

    Parameters
    ----------
    x : ndarray of float, shape (n,)
    chunk : ndarray of int, shape (n,), or (0,) where all rows are of chunk 0
    edges : ndarray of float, shape (31,)
        From `padded`.
    few : ndarray of float
        The known values, empty for a continuous number.
    span : ndarray of float, shape (3,)
        Low and high end of the usual range, and the center.
    cells : ndarray of int, shape (chunks, bins + 3)
    moments : ndarray of float, shape (chunks, 5)
    """
    size = cells.shape[1]
    one = len(chunk) == 0
    low, high, center = span[0], span[1], span[2]
    discrete = len(few) > 0
    for i in range(len(x)):
        value = x[i]
        c = 0 if one else chunk[i]
        if np.isnan(value):
            cells[c, size - 2] += 1
            continue
        if np.isinf(value):
            cells[c, size - 1] += 1
            continue
        # Half of what is left at each step, without a branch that could be guessed wrongly.
        place = 16 * (value > edges[15])
        place += 8 * (value > edges[place + 7])
        place += 4 * (value > edges[place + 3])
        place += 2 * (value > edges[place + 1])
        place += 1 * (value > edges[place])
        if discrete and few[place] != value:
            place = size - 3
        cells[c, place] += 1
        apart = value - center
        moments[c, 2] += apart
        moments[c, 3] += apart * apart
        moments[c, 4] += (value < low) or (value > high)
        moments[c, 0] = min(value, moments[c, 0])
        moments[c, 1] = max(value, moments[c, 1])
