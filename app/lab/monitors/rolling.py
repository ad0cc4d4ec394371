"""Sums, shares and means over a day and the days before it."""

from __future__ import annotations

import numpy as np


def rolled(table: np.ndarray, width: int) -> np.ndarray:
    """Return sums over a day and the days before it.

    Parameters
    ----------
    table : ndarray, shape (days, ...)
    width : int
        Days that are taken together.

    Returns
    -------
    ndarray of float, shape (days, ...)
        The first days hold what there is.
    """
    total = np.cumsum(table, axis=0, dtype=float)
    if width < len(total):
        total[width:] -= total[:-width].copy()
    return total


def full_sums(table: np.ndarray, width: int) -> np.ndarray:
    """Return sums over full windows only.

    Parameters
    ----------
    table : ndarray of float, shape (days,)
    width : int

    Returns
    -------
    ndarray of float, shape (days,)
        NaN before the first full width.
    """
    return np.where(np.arange(len(table)) >= width - 1, rolled(table, width), np.nan)


def counts(place: np.ndarray, days: int, weights: np.ndarray | None = None) -> np.ndarray:
    """Return how many rows, or how much weight, each day has.

    Parameters
    ----------
    place : ndarray of int, shape (n,)
        Day of each row; ``days`` for rows that do not count.
    days : int
    weights : ndarray of float, shape (n,), optional

    Returns
    -------
    ndarray of float, shape (days,)
    """
    return np.bincount(place, weights=weights, minlength=days + 1)[:days].astype(float)


def means(values: np.ndarray, place: np.ndarray, days: int, width: int, least: float) -> np.ndarray:
    """Return the mean over the rows of a day and the days before it that have a value.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        NaN for rows that do not count.
    place : ndarray of int, shape (n,)
    days, width : int
    least : float
        Fewer rows than this say nothing.

    Returns
    -------
    ndarray of float, shape (days,)
        NaN with too few rows, and before the first full width.
    """
    there = np.isfinite(values)
    place = np.where(there, place, days)
    rows = rolled(counts(place, days), width)
    total = rolled(counts(place, days, np.where(there, values, 0.0)), width)
    full = (rows >= least) & (np.arange(days) >= width - 1)
    return np.where(full, total / np.maximum(rows, 1), np.nan)
