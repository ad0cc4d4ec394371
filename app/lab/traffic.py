"""How held-out rows come in: as they happened, or drawn again for a year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.stream import Days, days_of

YEAR = 365
# Day to day the volume of a service varies by about a fifth.
VARIES = 0.2
# Without times: a usual week, Monday first, and a day between 6 and 22 hours.
WEEKLY = np.array([1.05, 1.08, 1.08, 1.06, 1.04, 0.88, 0.81])
HOURS = (6 * 60, 22 * 60)
MADE_UP_START = np.datetime64("2025-01-06")


@dataclass(frozen=True)
class Traffic:
    """Which row comes when, in order of time.

    Parameters
    ----------
    rows : ndarray of int, shape (n,)
        Positions among the rows that were given; some may come more than once.
    days : Days
        Day of each of the n requests.
    minute : ndarray of int, shape (n,)
        Minute of the day, 0 to 1439.
    draw : ndarray of int, shape (n,)
        The list each request stands in, anew for every time that a list comes; empty without.
    """

    rows: np.ndarray
    days: Days
    minute: np.ndarray
    draw: np.ndarray


def as_it_happened(
    times: np.ndarray | None,
    n: int,
    rng: np.random.Generator,
    step: str = "day",
    queries: np.ndarray | None = None,
) -> Traffic:
    """Let rows come at their own times, or spread over made-up days where there are none.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,), or None
    n : int
    rng : Generator
    step : {"day", "week", "month"}
    queries : ndarray of int, shape (n,), optional
        Rows of one list come together.

    Returns
    -------
    Traffic
    """
    days = days_of(times, n, rng, step=step)
    if times is None and queries is not None:
        days = Days(_whole_lists(days.of_row, queries), days.names, days.weekday, days.step)
    minute = _minutes(times, days.of_row, rng, queries)
    order = np.lexsort((minute, days.of_row))
    days = Days(days.of_row[order], days.names, days.weekday, days.step)
    draw = np.empty(0, dtype=int) if queries is None else _numbered(queries)[order]
    return Traffic(order, days, minute[order], draw)


def _whole_lists(of_row: np.ndarray, queries: np.ndarray) -> np.ndarray:
    first, codes = np.unique(queries, return_index=True, return_inverse=True)[1:]
    return np.asarray(of_row[first][codes])


def _numbered(queries: np.ndarray) -> np.ndarray:
    return np.asarray(np.unique(queries, return_inverse=True)[1])


def _minutes(
    times: np.ndarray | None,
    of_row: np.ndarray,
    rng: np.random.Generator,
    queries: np.ndarray | None,
) -> np.ndarray:
    drawn = rng.integers(*HOURS, len(of_row))
    if queries is not None:
        drawn = _whole_lists(drawn, queries)
    if times is None:
        return drawn
    told = times.astype("datetime64[m]") - times.astype("datetime64[D]").astype("datetime64[m]")
    minute = np.asarray(told).astype(int)
    # Dates without a time of day: nobody knows when, so it is drawn.
    return minute if len(np.unique(minute)) > 1 else drawn


def a_year(
    times: np.ndarray | None,
    n: int,
    rng: np.random.Generator,
    queries: np.ndarray | None = None,
    per_day: float = 0.0,
) -> Traffic:
    """Draw a year of days from the rows: seasonal where they have times, of varying volume.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,), or None
    n : int
    rng : Generator
    queries : ndarray of int, shape (n,), optional
        Lists are drawn whole.
    per_day : float
        Mean number of requests a day; 0 for as many as there are rows over their own days, or a
        sixtieth of the rows where they have no times.

    Returns
    -------
    Traffic
        A day of the year is drawn from rows of the same weekday and the month nearest to its own.
    """
    units, first = _units(n, queries)
    start = MADE_UP_START if times is None else times.astype("datetime64[D]").min()
    calendar = start + np.arange(YEAR)
    weekday = (calendar.astype(int) + 3) % 7
    stamps = None if times is None else times[first]
    pools, usual = _pools(stamps, len(first), calendar, weekday, per_day * len(first) / max(n, 1))
    # A gamma of mean one: quiet days, busy days, none below zero.
    shape = 1 / VARIES**2
    counts = rng.poisson(usual * rng.gamma(shape, 1 / shape, YEAR))
    chosen = [rng.choice(pools[day], counts[day]) for day in range(YEAR) if counts[day]]
    drawn = np.concatenate(chosen) if chosen else np.empty(0, dtype=int)
    day_of_unit = np.repeat(np.arange(YEAR), counts)
    rows, which = _rows_of(units, drawn)
    of_row = day_of_unit[which]
    minute = _minutes(None if times is None else times[rows], of_row, rng, None)
    if queries is not None:
        minute = minute[np.searchsorted(which, which)]
    order = np.lexsort((which, minute, of_row))
    names = tuple(str(day) for day in calendar)
    draw = which[order] if queries is not None else np.empty(0, dtype=int)
    return Traffic(rows[order], Days(of_row[order], names, weekday), minute[order], draw)


def _units(n: int, queries: np.ndarray | None) -> tuple[list[np.ndarray] | None, np.ndarray]:
    """Return the rows of each list and its first one; each row is its own list without."""
    if queries is None:
        return None, np.arange(n)
    codes = _numbered(queries)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(codes[order]) > 0])
    return np.split(order, starts[1:]), order[starts]


def _rows_of(units: list[np.ndarray] | None, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if units is None:
        return drawn, np.arange(len(drawn))
    sizes = np.array([len(units[unit]) for unit in drawn], dtype=int)
    rows = np.concatenate([units[unit] for unit in drawn]) if len(drawn) else drawn
    return rows, np.repeat(np.arange(len(drawn)), sizes)


def _pools(
    stamps: np.ndarray | None,
    n: int,
    calendar: np.ndarray,
    weekday: np.ndarray,
    per_day: float,
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return from which units each day is drawn, and how many usually come."""
    if stamps is None:
        mean = per_day or n / 60
        return [np.arange(n)] * len(calendar), mean * WEEKLY[weekday]
    days = stamps.astype("datetime64[D]")
    span = float((days.max() - days.min()).astype(int)) + 1
    month = stamps.astype("datetime64[M]").astype(int) % 12
    of_week = (days.astype(int) + 3) % 7
    wanted = calendar.astype("datetime64[M]").astype(int) % 12
    near = _nearest(month)
    pools: dict[tuple[int, int], np.ndarray] = {}
    for m, w in {(int(near[m]), int(w)) for m, w in zip(wanted, weekday, strict=True)}:
        pool = np.flatnonzero((month == m) & (of_week == w))
        pools[m, w] = pool if len(pool) else np.flatnonzero(month == m)
    shares = np.array([(of_week == w).sum() for w in range(7)]) * 7 / n
    usual = (per_day or n / span) * np.maximum(shares, 0.02)[weekday]
    return [pools[int(near[m]), int(w)] for m, w in zip(wanted, weekday, strict=True)], usual


def _nearest(month: np.ndarray) -> np.ndarray:
    """Return for every month of the year the nearest one of which there are rows."""
    there = np.unique(month)
    apart = np.abs(np.arange(12)[:, None] - there[None, :])
    return np.asarray(there[np.minimum(apart, 12 - apart).argmin(axis=1)])
