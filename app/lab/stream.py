"""Held-out rows as a stream of days, and what can be seen of them each day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.drift import Bins, psi_by_day

LEAST_PER_DAY = 15
WEEK = 7

Rows = np.ndarray


@dataclass(frozen=True)
class Days:
    """Which day each row belongs to.

    Parameters
    ----------
    of_row : ndarray of int, shape (n,)
        Day number from 0.
    names : tuple of str
        ISO dates, or ``"day 1"`` … where there is no time.
    weekday : ndarray of int, shape (number of days,)
        0 to 6; all zero where there is no time.
    """

    of_row: np.ndarray
    names: tuple[str, ...]
    weekday: np.ndarray

    @property
    def count(self) -> int:
        """Number of days."""
        return len(self.names)


def days_of(times: np.ndarray | None, n: int, rng: np.random.Generator, pretend: int = 60) -> Days:
    """Lay rows out in days.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,), or None
        Without times the rows are spread evenly, at random, over days of at least 15 rows.
    n : int
    rng : Generator
    pretend : int
        Number of days to spread over when there is no time.

    Returns
    -------
    Days
        Calendar days without a gap, from the first row to the last.
    """
    if times is None:
        count = max(1, min(pretend, n // (2 * LEAST_PER_DAY)))
        of_row = rng.permutation(np.arange(n) * count // max(n, 1))
        names = tuple(f"day {i + 1}" for i in range(count))
        return Days(of_row, names, np.zeros(count, dtype=int))
    dates = times.astype("datetime64[D]")
    first = dates.min()
    of_row = (dates - first).astype(int)
    span = first + np.arange(int(of_row.max()) + 1)
    weekday = (span.astype(int) + 3) % WEEK
    return Days(of_row, tuple(str(day) for day in span), weekday)


@dataclass(frozen=True)
class Stream:
    """Rows that reached the service, with what it answered and what came of it.

    Parameters
    ----------
    frame : DataFrame, n rows
    prediction : ndarray of float, shape (n,)
    acted : ndarray of float, shape (n,)
        1.0 where the decision was to act; NaN for regression.
    loss, cost : ndarray of float, shape (n,)
        By the recorded label: loss of the metric's kind, cost in currency.
    y : ndarray of float, shape (n,)
        Recorded label.
    days : Days
    """

    frame: pd.DataFrame
    prediction: np.ndarray
    acted: np.ndarray
    loss: np.ndarray
    cost: np.ndarray
    y: np.ndarray
    days: Days


GROUPS = ("input", "prediction", "quality", "business")


@dataclass(frozen=True)
class Signals:
    """Daily series by group and name, NaN on days with too few rows.

    Parameters
    ----------
    values : dict
        Group, then signal name, to an ndarray of shape (number of days,).
    days : Days
    delay : dict of str to int
        Days until a group's values are known.
    """

    values: dict[str, dict[str, np.ndarray]]
    days: Days
    delay: dict[str, int]


def watch(
    stream: Stream, bins: Bins, score_bins: Bins, delay_days: float, window: int | None
) -> Signals:
    """Measure every signal of every day.

    Parameters
    ----------
    stream : Stream
    bins, score_bins : Bins
        Reference bins of the inputs and of the prediction.
    delay_days : float
        Days until a label is known.
    window : int or None
        Compare with this many days before each day instead of with the reference.

    Returns
    -------
    Signals
    """
    n_days = stream.days.count
    counts = np.bincount(stream.days.of_row, minlength=n_days).astype(float)
    enough = counts >= LEAST_PER_DAY
    inputs: dict[str, np.ndarray] = {"rows": np.log1p(counts)}
    for name, found in psi_by_day(bins, stream.frame, stream.days.of_row, n_days, window).items():
        inputs[f"drift of {name}"] = np.where(enough, found, np.nan)
    scores = pd.DataFrame({"score": stream.prediction})
    drift = psi_by_day(score_bins, scores, stream.days.of_row, n_days, window)["score"]
    predictions = {
        "mean prediction": _mean(stream.prediction, stream.days, enough),
        "drift of the prediction": np.where(enough, drift, np.nan),
    }
    if np.isfinite(stream.acted).all() and len(stream.acted):
        predictions["share acted upon"] = _mean(stream.acted, stream.days, enough)
    quality = {"loss, 7 days": _weekly(stream.loss, stream.days)}
    quality["target, 7 days"] = _weekly(stream.y, stream.days)
    business = {"cost per 1,000, 7 days": 1000 * _weekly(stream.cost, stream.days)}
    delay = int(np.ceil(delay_days))
    return Signals(
        {
            "input": inputs,
            "prediction": predictions,
            "quality": quality,
            "business": business,
        },
        stream.days,
        {"input": 0, "prediction": 0, "quality": delay, "business": delay},
    )


def _mean(values: np.ndarray, days: Days, enough: np.ndarray) -> np.ndarray:
    counts = np.bincount(days.of_row, minlength=days.count)
    sums = np.bincount(days.of_row, weights=values, minlength=days.count)
    return np.where(enough, sums / np.maximum(counts, 1), np.nan)


def _weekly(values: np.ndarray, days: Days) -> np.ndarray:
    """Mean over the day and the six before it; NaN until the week has enough rows."""
    counts = np.bincount(days.of_row, minlength=days.count).astype(float)
    sums = np.bincount(days.of_row, weights=values, minlength=days.count)
    rows = np.convolve(counts, np.ones(WEEK))[: days.count]
    total = np.convolve(sums, np.ones(WEEK))[: days.count]
    full = (rows >= LEAST_PER_DAY) & (np.arange(days.count) >= WEEK - 1)
    return np.where(full, total / np.maximum(rows, 1), np.nan)


Predict = Callable[[pd.DataFrame], np.ndarray]
