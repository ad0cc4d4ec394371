"""Errors of predicted numbers: by the size of the prediction, over time, by the worst days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from app.lab.clustered import FEWEST_BLOCKS, FEWEST_ROWS, weighted
from app.lab.estimate import Estimate

MOST_SPANS = 60
# Units of time from fine to coarse; the finest that gives a readable number of spans is taken.
SPANS = (("week", "W"), ("month", "M"), ("year", "Y"))


@dataclass(frozen=True)
class Errors:
    """Errors of the rows of one group.

    Parameters
    ----------
    name : str
    n : int
    actual, predicted : float
        Means.
    bias, size : Estimate
        Mean of prediction minus actual, and mean of its absolute value.
    """

    name: str
    n: int
    actual: float
    predicted: float
    bias: Estimate
    size: Estimate


def errors_by(
    groups: Mapping[str, np.ndarray],
    y: np.ndarray,
    prediction: np.ndarray,
    blocks: np.ndarray,
    fewest: int = FEWEST_ROWS,
) -> tuple[Errors, ...]:
    """Return the mean error and its mean size for groups of rows.

    Parameters
    ----------
    groups : mapping of str to ndarray of bool, shape (n,)
    y, prediction : ndarray of float, shape (n,)
    blocks : ndarray of int, shape (n,)
        Rows of one block are not independent of one another.
    fewest : int
        Groups with fewer rows get no number, nor do those with fewer than five blocks.

    Returns
    -------
    tuple of Errors
        Groups without rows are left out; intervals are t intervals, robust to blocks.
    """
    codes = np.unique(blocks, return_inverse=True)[1]
    off, ones = prediction - y, np.ones(len(y))

    def mean(values: np.ndarray, mask: np.ndarray) -> Estimate:
        found = weighted(values, ones, mask, codes, share=False)
        enough = found.n >= fewest and found.blocks >= FEWEST_BLOCKS
        return (replace(found, small="") if enough else found).estimate()

    return tuple(
        Errors(
            name,
            int(mask.sum()),
            float(y[mask].mean()),
            float(prediction[mask].mean()),
            mean(off, mask),
            mean(np.abs(off), mask),
        )
        for name, mask in groups.items()
        if mask.any()
    )


def by_size(prediction: np.ndarray, bands: int = 10) -> dict[str, np.ndarray]:
    """Return bands of about equal count by the size of the prediction.

    Parameters
    ----------
    prediction : ndarray of float, shape (n,)
    bands : int
        At most this many; equal predictions share a band.

    Returns
    -------
    dict of str to ndarray of bool, shape (n,)
        Named by their number, from "1".
    """
    if not len(prediction):
        return {}
    edges = np.unique(np.quantile(prediction, np.linspace(0, 1, bands + 1)[1:-1]))
    place = np.searchsorted(edges, prediction, side="right")
    return {str(i + 1): place == b for i, b in enumerate(np.unique(place))}


def _mondays(times: np.ndarray) -> np.ndarray:
    """Return the Monday on or before each time; day 0 was a Thursday."""
    days = times.astype("datetime64[D]")
    past = np.where(np.isnat(days), 0, (days.astype(np.int64) + 3) % 7)
    return np.asarray(days - past.astype("timedelta64[D]"))


def by_time(times: np.ndarray, most: int = MOST_SPANS) -> tuple[str, dict[str, np.ndarray]]:
    """Return spans of time, the finest unit that gives at most so many of them.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,)
    most : int

    Returns
    -------
    unit : str
        ``"week"``, ``"month"`` or ``"year"``.
    spans : dict of str to ndarray of bool, shape (n,)
        By the ISO date of their first day (weeks: Monday), in order; rows without a time are in none.
    """
    known = ~np.isnat(times)
    unit, starts = "year", times.astype("datetime64[Y]")
    for name, code in SPANS:
        unit, starts = name, times.astype(f"datetime64[{code}]")
        if len(np.unique(starts[known])) <= most:
            break
    firsts = _mondays(times) if unit == "week" else starts.astype("datetime64[D]")
    return unit, {str(first): (firsts == first) & known for first in np.unique(firsts[known])}


@dataclass(frozen=True)
class Day:
    """One day: how many rows, and their means."""

    day: str
    n: int
    actual: float
    predicted: float
    cost: float

    @property
    def error(self) -> float:
        """Mean prediction minus mean actual."""
        return self.predicted - self.actual


def worst_days(
    times: np.ndarray, y: np.ndarray, prediction: np.ndarray, cost: np.ndarray, most: int = 12
) -> tuple[Day, ...]:
    """Return the days that cost most, dearest first.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,)
    y, prediction, cost : ndarray of float, shape (n,)
    most : int

    Returns
    -------
    tuple of Day
        ``cost`` is the sum of the day; rows without a time are left out.
    """
    known = ~np.isnat(times)
    days, codes = np.unique(times[known].astype("datetime64[D]"), return_inverse=True)
    count = np.bincount(codes, minlength=len(days))
    sums = [
        np.bincount(codes, weights=v[known], minlength=len(days)) for v in (y, prediction, cost)
    ]
    order = np.argsort(-sums[2], kind="stable")[:most]
    return tuple(
        Day(
            str(days[i]),
            int(count[i]),
            float(sums[0][i] / count[i]),
            float(sums[1][i] / count[i]),
            float(sums[2][i]),
        )
        for i in order
    )


@dataclass(frozen=True)
class Spread:
    """Where the squared error comes from.

    Parameters
    ----------
    explained : float
        Share of the variance of the target that the predictions explain (R²).
    systematic : float
        Share of the mean squared error that a shift of all predictions would take away.
    largest : float
        Share of the squared error in the one percent of rows with the largest errors.
    """

    explained: float
    systematic: float
    largest: float


def spread_of(y: np.ndarray, prediction: np.ndarray) -> Spread:
    """Return how much of the variance is explained, and where the rest comes from.

    Parameters
    ----------
    y, prediction : ndarray of float, shape (n,)

    Returns
    -------
    Spread
        NaN where the target does not vary, or nothing is wrong.

    References
    ----------
    Theil (1966), Applied Economic Forecasting: the bias proportion of the mean squared error.
    """
    off = prediction - y
    square = off**2
    total = float(square.sum())
    variance = float(((y - y.mean()) ** 2).sum()) if len(y) else 0.0
    explained = 1 - total / variance if variance > 0 else float("nan")
    if total <= 0:
        return Spread(explained, float("nan"), float("nan"))
    top = max(1, round(0.01 * len(y)))
    largest = float(np.sort(square)[-top:].sum()) / total
    return Spread(explained, float(len(y) * off.mean() ** 2) / total, largest)


def age_of(times: np.ndarray, folds: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return how many days each row lies behind the newest row its fold had learned from.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,)
    folds : list of (ndarray of int, ndarray of int)
        Rows learned from and rows checked, by position.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN for rows that no fold checked, or without a time.
    """
    found = np.full(len(times), np.nan)
    for train, checked in folds:
        learned = times[train]
        learned = learned[~np.isnat(learned)]
        if len(learned):
            behind = (times[checked] - learned.max()) / np.timedelta64(1, "s") / 86_400
            found[checked] = behind
    return found
