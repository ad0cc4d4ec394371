"""Splits that mirror production: the past before the future, a group on one side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Split:
    """Positions of the rows on each side, each sorted.

    Parameters
    ----------
    kind : {"time", "group", "random"}
    train, test : ndarray of int
    later : ndarray of int
        Rows after the test period, which play production.
    dropped : ndarray of int
        Rows in the gap whose label is not known yet when the test period starts.
    """

    kind: str
    train: np.ndarray
    test: np.ndarray
    later: np.ndarray
    dropped: np.ndarray


@dataclass(frozen=True)
class Fold:
    """Positions to fit on and to validate on."""

    train: np.ndarray
    validation: np.ndarray


def _none() -> np.ndarray:
    return np.empty(0, dtype=np.int64)


def random_split(n: int, test_share: float, rng: np.random.Generator) -> Split:
    """Shuffle the rows and set a share of them apart.

    Parameters
    ----------
    n : int
    test_share : float
        In (0, 1).
    rng : Generator

    Returns
    -------
    Split

    Raises
    ------
    ValueError
        If a side would be empty.
    """
    order = rng.permutation(n)
    size = round(n * test_share)
    _both_sides(n - size, size, f"a test share of {test_share:g} of {n:,} rows")
    return Split("random", np.sort(order[size:]), np.sort(order[:size]), _none(), _none())


def group_split(groups: np.ndarray, test_share: float, rng: np.random.Generator) -> Split:
    """Set whole groups apart, as many as come closest to the test share.

    Parameters
    ----------
    groups : ndarray of int, shape (n,)
        Group number of each row.
    test_share : float
        In (0, 1).
    rng : Generator

    Returns
    -------
    Split

    Raises
    ------
    ValueError
        If there are fewer than two groups.
    """
    names, codes = np.unique(groups, return_inverse=True)
    order = rng.permutation(len(names))
    reached = np.cumsum(np.bincount(codes)[order])[:-1]
    # One group at least on each side, however uneven their sizes.
    count = int(np.abs(reached - test_share * len(groups)).argmin()) + 1 if len(reached) else 0
    test = np.isin(codes, order[:count])
    _both_sides(int((~test).sum()), int(test.sum()), f"{len(names)} groups")
    return Split("group", np.flatnonzero(~test), np.flatnonzero(test), _none(), _none())


def time_split(
    times: np.ndarray,
    test_from: np.datetime64,
    test_until: np.datetime64 | None = None,
    gap_days: float = 0.0,
) -> Split:
    """Train before a day, test from it on.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,)
    test_from : datetime64
        First moment of the test period.
    test_until : datetime64, optional
        End of the test period, not included; rows from then on are ``later``.
    gap_days : float
        Rows this close before the test period are dropped: their label is not known yet. Rows
        without a time are dropped as well.

    Returns
    -------
    Split

    Raises
    ------
    ValueError
        If a side would be empty, naming the dates there are.
    """
    gap = np.timedelta64(round(gap_days * 86_400), "s")
    train = times < test_from - gap
    test = times >= test_from
    later = np.zeros(len(times), dtype=bool)
    if test_until is not None:
        later = times >= test_until
        test &= ~later
    known = times[~np.isnat(times)]
    span = f"{np.min(known)!s:.10} to {np.max(known)!s:.10}" if len(known) else "no dates"
    until = f" until {test_until!s:.10}" if test_until is not None else ""
    what = f"testing from {test_from!s:.10}{until} with a gap of {gap_days:g} days ({span})"
    _both_sides(int(train.sum()), int(test.sum()), what)
    dropped = ~(train | test | later)
    return Split("time", *(np.flatnonzero(part) for part in (train, test, later, dropped)))


def _both_sides(train: int, test: int, what: str) -> None:
    if train < 1 or test < 1:
        side = "training" if train < 1 else "test"
        raise ValueError(f"no {side} rows are left by {what}; change where the test part begins")


def default_test_from(times: np.ndarray, test_share: float) -> np.datetime64:
    """Return the day on which the last share of the rows begins.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,)
    test_share : float
        In (0, 1).

    Returns
    -------
    datetime64[D]

    Raises
    ------
    ValueError
        If there is no date at all.
    """
    ordered = np.sort(times[~np.isnat(times)])
    if not len(ordered):
        raise ValueError(
            "no row has a date, so nothing can be split by time; choose another column"
        )
    at = ordered[min(len(ordered) - 1, int((1 - test_share) * len(ordered)))]
    day: np.datetime64 = at.astype("datetime64[D]")
    first = ordered[0].astype("datetime64[D]")
    return day if day > first else first + DAY


def folds(
    split: Split,
    k: int,
    times: np.ndarray | None,
    groups: np.ndarray | None,
    gap_days: float,
    rng: np.random.Generator,
) -> tuple[Fold, ...]:
    """Return folds inside the training rows that follow the same logic as the split.

    Parameters
    ----------
    split : Split
    k : int
        Number of folds.
    times, groups : ndarray or None
        Of all rows; needed by the kind of the split.
    gap_days : float
        Gap before each validation period of a split by time.
    rng : Generator

    Returns
    -------
    tuple of Fold
        By time: an expanding past, each validated on the period that follows.

    Raises
    ------
    ValueError
        If there are fewer rows, groups or days than the folds need.
    """
    train = split.train
    if split.kind == "time" and times is not None:
        return _time_folds(train, times[train], k, gap_days)
    codes, units = np.arange(len(train)), "rows"
    if split.kind == "group" and groups is not None:
        codes, units = np.unique(groups[train], return_inverse=True)[1], "groups"
    count = int(codes.max()) + 1
    if count < k:
        raise ValueError(
            f"{k} folds need at least {k} {units} in training; there are {count}. "
            "Lower the number of folds"
        )
    place = (rng.permutation(count) % k)[codes]
    return tuple(Fold(train[place != i], train[place == i]) for i in range(k))


def _time_folds(train: np.ndarray, times: np.ndarray, k: int, gap_days: float) -> tuple[Fold, ...]:
    gap = np.timedelta64(round(gap_days * 86_400), "s")
    days = np.sort(times.astype("datetime64[D]"))
    at = [int(len(days) * part / (k + 1)) for part in range(1, k + 1)]
    edges = list(dict.fromkeys(days[i] for i in at))
    ends = [*edges[1:], days[-1] + DAY]
    found = []
    for start, end in zip(edges, ends, strict=True):
        fit = times < start - gap
        check = (times >= start) & (times < end)
        if fit.sum() >= 10 and check.any():
            found.append(Fold(train[fit], train[check]))
    if len(found) < 2:
        raise ValueError(
            f"the training part spans {len(np.unique(days))} days, too few for {k} folds by "
            "time; begin the test part later or lower the number of folds"
        )
    return tuple(found)


def as_times(series: pd.Series) -> np.ndarray:
    """Return a column as datetime64, NaT where it is no date.

    Parameters
    ----------
    series : Series, shape (n,)

    Returns
    -------
    ndarray of datetime64[us], shape (n,)

    Raises
    ------
    ValueError
        If fewer than half of the values are dates.
    """
    found = series
    if not pd.api.types.is_datetime64_any_dtype(series):
        if pd.api.types.is_numeric_dtype(series):
            raise ValueError(
                f"the time column {series.name!r} holds numbers, not dates; bring dates such as "
                "2026-03-31 or choose another column"
            )
        found = _read(series)
    if found.isna().mean() > 0.5:
        raise ValueError(
            f"the time column {series.name!r} holds dates in {found.notna().sum():,} of "
            f"{len(series):,} rows only; choose another column or mend the dates"
        )
    if getattr(found.dt, "tz", None) is not None:
        found = found.dt.tz_convert("UTC").dt.tz_localize(None)
    return found.to_numpy(dtype="datetime64[us]")


def _read(series: pd.Series) -> pd.Series:
    values = series.astype(object)
    written = values.where(values.notna(), "").astype(str).str.strip()
    # A time of day alone would be read as today's.
    values = values.mask(written.str.match(r"\d{1,2}:\d{2}"))
    # A first part above twelve can only be a day, so it is one in every row.
    day_first = bool(written.str.match(r"(1[3-9]|2\d|3[01])[-/.]\d{1,2}[-/.]").any())
    return pd.to_datetime(
        values, errors="coerce", format="mixed", dayfirst=day_first, utc=True
    ).dt.tz_localize(None)
