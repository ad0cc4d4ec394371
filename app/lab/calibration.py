"""Do the numbers mean what they say?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.estimate import Estimate
from app.lab.proportion import wilson


@dataclass(frozen=True)
class Bin:
    """Rows with similar predictions: their mean prediction and what happened."""

    predicted: float
    observed: Estimate


@dataclass(frozen=True)
class Confusion:
    """Counts at a threshold, with the rates that follow."""

    hits: int
    false_alarms: int
    misses: int
    correct_rejections: int
    precision: Estimate
    recall: Estimate
    false_alarm_rate: Estimate


def reliability(
    form: str, y: np.ndarray, prediction: np.ndarray, bins: int = 10
) -> tuple[Bin, ...]:
    """Return equal-count bins of the prediction with what happened in each.

    Parameters
    ----------
    form : {"binary", "multiclass", "regression"}
    y, prediction : ndarray of float, shape (n,)
        For several classes whether the answer was right, and its probability.
    bins : int
        At most this many; equal predictions share a bin.

    Returns
    -------
    tuple of Bin
        Wilson intervals for binary, normal intervals of the mean for regression.
    """
    if len(y) == 0:
        return ()
    edges = np.unique(np.quantile(prediction, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(edges, prediction, side="right")
    return tuple(
        Bin(float(prediction[place == b].mean()), _observed(form, y[place == b]))
        for b in np.unique(place)
    )


def _observed(form: str, y: np.ndarray) -> Estimate:
    if form != "regression":
        return wilson(float(y.sum()), len(y))
    mean = float(y.mean())
    if len(y) < 2:
        return Estimate(mean, None, None, len(y))
    half = 1.96 * float(y.std(ddof=1)) / np.sqrt(len(y))
    return Estimate(mean, mean - half, mean + half, len(y), 0.95, "normal interval of the mean")


def calibration_error(bins: tuple[Bin, ...]) -> float:
    """Return the mean distance of prediction and outcome over the rows.

    Parameters
    ----------
    bins : tuple of Bin

    Returns
    -------
    float
        In the unit of the prediction; grows with few rows a bin even for a perfect model.

    References
    ----------
    Naeini et al. (2015), https://doi.org/10.1609/aaai.v29i1.9602
    """
    n = sum(b.observed.n for b in bins)
    if n == 0:
        return float("nan")
    return sum(b.observed.n * abs(b.predicted - b.observed.value) for b in bins) / n


def confusion(y: np.ndarray, act: np.ndarray) -> Confusion:
    """Return the counts of right and wrong decisions with their rates.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
    act : ndarray of bool, shape (n,)

    Returns
    -------
    Confusion
    """
    happened = y == 1
    hits = int((act & happened).sum())
    false_alarms = int((act & ~happened).sum())
    misses = int((~act & happened).sum())
    quiet = int((~act & ~happened).sum())
    return Confusion(
        hits,
        false_alarms,
        misses,
        quiet,
        precision=wilson(hits, hits + false_alarms),
        recall=wilson(hits, hits + misses),
        false_alarm_rate=wilson(false_alarms, false_alarms + quiet),
    )
