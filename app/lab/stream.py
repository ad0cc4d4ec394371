"""Rows as a stream of days, and how many days must be taken together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_PER_DAY = 15
LEAST_TYPICAL = 5
WEEK = 7
STEPS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12}


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
