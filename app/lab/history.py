"""Columns made from the past of the target: only what was in when the forecast was made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

WINDOW_DAYS = 28
DAY_S = 86_400


@dataclass(frozen=True)
class History:
    """Past values of the target for every row.

    Parameters
    ----------
    frame : DataFrame, n rows
    past : dict of str to str
        Column by the simple statistic it is: last_value, seasonal_naive, moving_mean.
    """

    frame: pd.DataFrame
    past: dict[str, str]


def past_names(name: str, ahead_days: float, season_days: float) -> tuple[str, str, str, str]:
    """Return the names of the columns made from the past of the target.

    Parameters
    ----------
    name : str
        Name of the target.
    ahead_days, season_days : float
        As in `history`.

    Returns
    -------
    tuple of str
        Last known value, one season before, two seasons before, recent mean.
    """
    lag = _lag(ahead_days, season_days)
    return (
        f"{name}_last_known",
        f"{name}_{lag:g}_days_before",
        f"{name}_{lag + season_days:g}_days_before",
        f"{name}_mean_{WINDOW_DAYS}_days",
    )


def _lag(ahead_days: float, season_days: float) -> float:
    return max(1, int(np.ceil(ahead_days / season_days - 1e-9))) * season_days


def history(
    name: str,
    times: np.ndarray,
    y: np.ndarray,
    series: np.ndarray | None,
    ahead_days: float,
    season_days: float,
) -> History:
    """Return what the past of each series says, as known when the forecast was made.

    Parameters
    ----------
    name : str
        Name of the target; the columns are called after it.
    times : ndarray of datetime64, shape (n,)
    y : ndarray of float, shape (n,)
    series : ndarray of int, shape (n,), optional
        Which series each row belongs to.
    ahead_days : float
        The newest value in use is this many days old.
    season_days : float
        Length of one season; the lag is the least multiple of it that is old enough.

    Returns
    -------
    History
        NaN where the past does not reach back far enough.
    """
    seconds = times.astype("datetime64[s]").astype(np.int64)
    codes = np.zeros(len(y), dtype=np.int64) if series is None else series
    lag = _lag(ahead_days, season_days)
    found = np.full((len(y), 4), np.nan)
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        found[rows] = _of_series(seconds[rows], y[rows], ahead_days, lag, season_days)
    names = past_names(name, ahead_days, season_days)
    past = {"last_value": names[0], "seasonal_naive": names[1], "moving_mean": names[3]}
    return History(pd.DataFrame(found, columns=list(names)), past)


def _of_series(
    seconds: np.ndarray, y: np.ndarray, ahead: float, lag: float, season: float
) -> np.ndarray:
    order = np.argsort(seconds, kind="stable")
    when, values = seconds[order], y[order]
    sums = np.concatenate([[0.0], np.cumsum(values)])
    newest = seconds - round(ahead * DAY_S)
    to = np.searchsorted(when, newest, side="right")
    start = np.searchsorted(when, newest - WINDOW_DAYS * DAY_S, side="right")
    some = to > start
    last = np.where(some, values[np.maximum(to - 1, 0)], np.nan)
    mean = np.where(some, (sums[to] - sums[start]) / np.maximum(to - start, 1), np.nan)
    first = _at(when, values, seconds - round(lag * DAY_S))
    second = _at(when, values, seconds - round((lag + season) * DAY_S))
    return np.column_stack([last, first, second, mean])


def _at(when: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    place = np.clip(np.searchsorted(when, wanted), 0, len(when) - 1)
    return np.where(when[place] == wanted, values[place], np.nan)
