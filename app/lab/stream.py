"""Held-out rows as a stream of days, and what can be seen of them each day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from app.lab.drift import Bins, psi_by_day

LEAST_PER_DAY = 15
LEAST_TYPICAL = 5
WEEK = 7
STEPS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12}

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
    step : {"day", "week", "month"}
        What a "day" really is, where rows are too few for single days.
    """

    of_row: np.ndarray
    names: tuple[str, ...]
    weekday: np.ndarray
    step: str = "day"

    @property
    def length(self) -> float:
        """Calendar days in one step."""
        return STEPS[self.step]

    @property
    def count(self) -> int:
        """Number of days."""
        return len(self.names)


def step_of(times: np.ndarray | None) -> str:
    """Return the shortest step whose typical size is enough to look at.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,), or None

    Returns
    -------
    {"day", "week", "month"}
    """
    if times is None:
        return "day"
    for step in ("day", "week"):
        counts = np.unique(_starts(times, step), return_counts=True)[1]
        span = int(np.ptp(_starts(times, step).astype(int))) / STEPS[step] + 1
        # Steps without a row count as well: a field trip once a month is no daily stream.
        if np.median(counts) >= LEAST_TYPICAL and len(counts) >= 0.5 * span:
            return step
    return "month"


def _starts(times: np.ndarray, step: str) -> np.ndarray:
    days = times.astype("datetime64[D]")
    if step == "week":
        return np.asarray(days - ((days.astype(int) + 3) % WEEK).astype("timedelta64[D]"))
    if step == "month":
        return np.asarray(times.astype("datetime64[M]"))
    return np.asarray(days)


def days_of(
    times: np.ndarray | None,
    n: int,
    rng: np.random.Generator,
    pretend: int = 60,
    step: str = "day",
) -> Days:
    """Lay rows out in days.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,), or None
        Without times the rows are spread evenly, at random, over days of at least 15 rows.
    n : int
    rng : Generator
    pretend : int
        Number of days to spread over when there is no time.
    step : {"day", "week", "month"}

    Returns
    -------
    Days
        Calendar days (or weeks, or months) without a gap, from the first row to the last.
    """
    if times is None:
        count = max(1, min(pretend, n // (2 * LEAST_PER_DAY)))
        of_row = rng.permutation(np.arange(n) * count // max(n, 1))
        names = tuple(f"day {i + 1}" for i in range(count))
        return Days(of_row, names, np.zeros(count, dtype=int))
    starts = _starts(times, step)
    first = starts.min()
    each = WEEK if step == "week" else 1
    of_row = (starts - first).astype(int) // each
    span = first + each * np.arange(int(of_row.max()) + 1)
    weekday = (span.astype(int) + 3) % WEEK if step == "day" else np.zeros(len(span), dtype=int)
    names = tuple(str(day) for day in span.astype("datetime64[D]"))
    return Days(of_row, names, weekday, step)


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
    cohorts : mapping of str to ndarray of bool, shape (n,)
        Rows of the slices under watch, by name.
    """

    frame: pd.DataFrame
    prediction: np.ndarray
    acted: np.ndarray
    loss: np.ndarray
    cost: np.ndarray
    y: np.ndarray
    days: Days
    cohorts: Mapping[str, np.ndarray] = field(default_factory=dict)


LOSS = "smoothed loss"
TARGET = "smoothed target"
COST = "smoothed cost per 1,000"


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
    floors : dict
        Group and signal to the least spread that counts as usual, for signals that may stand still.
    """

    values: dict[str, dict[str, np.ndarray]]
    days: Days
    delay: dict[str, int]
    floors: dict[tuple[str, str], float] = field(default_factory=dict)


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
    some = counts >= LEAST_TYPICAL
    predictions = {
        "mean prediction": _mean(stream.prediction, stream.days, some),
        "drift of the prediction": np.where(enough, drift, np.nan),
    }
    if np.isfinite(stream.acted).all() and len(stream.acted):
        predictions["share acted upon"] = _mean(stream.acted, stream.days, some)
    quality = {LOSS: _smooth(stream.loss, stream.days)}
    quality[TARGET] = _smooth(stream.y, stream.days)
    business = {COST: 1000 * _smooth(stream.cost, stream.days)}
    delay = int(np.ceil(delay_days / stream.days.length))
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


def _smooth(values: np.ndarray, days: Days) -> np.ndarray:
    """Mean over a day and the six before it (or one week, one month); NaN with too few rows."""
    wide = usual_width(days)
    least = min(LEAST_PER_DAY, max(LEAST_TYPICAL, 2 * wide))
    return rolling_mean(values, days.of_row, days.count, wide, least)


def usual_width(days: Days) -> int:
    """Return over how many steps a noisy signal is smoothed.

    Parameters
    ----------
    days : Days

    Returns
    -------
    int
        A week of days; one step where a step is longer.
    """
    return WEEK if days.step == "day" else 1


def rolling_mean(
    values: np.ndarray, of_row: np.ndarray, count: int, width: int, least: int
) -> np.ndarray:
    """Return the mean over all rows of a day and the days before it.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
    of_row : ndarray of int, shape (n,)
        Day of each row, from 0.
    count : int
        Number of days.
    width : int
        Days that are taken together.
    least : int
        Fewer rows than this say nothing.

    Returns
    -------
    ndarray of float, shape (count,)
        NaN with too few rows, and before the first full width.
    """
    counts = np.bincount(of_row, minlength=count).astype(float)
    sums = np.bincount(of_row, weights=values, minlength=count)
    rows = np.convolve(counts, np.ones(width))[:count]
    total = np.convolve(sums, np.ones(width))[:count]
    full = (rows >= least) & (np.arange(count) >= width - 1)
    return np.where(full, total / np.maximum(rows, 1), np.nan)


Predict = Callable[[pd.DataFrame], np.ndarray]
