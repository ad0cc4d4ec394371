"""What is in a table: kinds, holes, ranges, and the target over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.estimate import Estimate
from app.lab.proportion import wilson


@dataclass(frozen=True)
class ColumnProfile:
    """One column in numbers.

    Parameters
    ----------
    name, kind : str
        Kind is number, category, text, date, flag, constant or empty.
    missing : float
        Share of missing values (infinite ones apart), in [0, 1].
    distinct : int
    infinite : int
        Number of infinite values.
    low, typical, high : str
        Smallest, median and largest, or the most frequent value, in words.
    """

    name: str
    kind: str
    missing: float
    distinct: int
    infinite: int
    low: str
    typical: str
    high: str


def kind_of(series: pd.Series) -> str:
    """Return what kind of column it is.

    Parameters
    ----------
    series : Series

    Returns
    -------
    str
        number, category, text, date, flag, constant or empty.
    """
    if series.isna().all():
        return "empty"
    distinct = series.nunique()
    if distinct == 1 and not series.isna().any():
        return "constant"
    if pd.api.types.is_datetime64_any_dtype(series):
        return "date"
    if pd.api.types.is_bool_dtype(series):
        return "flag"
    if pd.api.types.is_numeric_dtype(series):
        return "flag" if distinct == 2 and set(series.dropna().unique()) <= {0, 1} else "number"
    return "text" if distinct > max(50, 0.5 * len(series)) else "category"


def profile(frame: pd.DataFrame) -> tuple[ColumnProfile, ...]:
    """Profile every column.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    tuple of ColumnProfile
    """
    return tuple(_column(str(name), frame[name]) for name in frame.columns)


def _column(name: str, series: pd.Series) -> ColumnProfile:
    kind = kind_of(series)
    infinite = 0
    low = typical = high = ""
    known = series.dropna()
    if kind in ("number", "flag") and pd.api.types.is_numeric_dtype(series):
        numbers = known.to_numpy(dtype=float)
        infinite = int(np.isinf(numbers).sum())
        numbers = numbers[np.isfinite(numbers)]
        if len(numbers):
            low, typical, high = (f"{v:.4g}" for v in np.quantile(numbers, [0, 0.5, 1]))
    elif kind == "date":
        low, high = f"{known.min():%Y-%m-%d}", f"{known.max():%Y-%m-%d}"
    elif len(known):
        top = known.astype(str).value_counts()
        typical = f"{top.index[0]} ({top.iloc[0] / len(known):.0%})"
    missing = float(series.isna().mean())
    return ColumnProfile(name, kind, missing, int(series.nunique()), infinite, low, typical, high)


@dataclass(frozen=True)
class Period:
    """The target in one stretch of time."""

    start: str
    target: Estimate


def target_over_time(times: np.ndarray, y: np.ndarray, form: str) -> tuple[str, tuple[Period, ...]]:
    """Return the target by day, week or month, whichever gives a readable number of points.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,)
    y : ndarray of float, shape (n,)
    form : {"binary", "multiclass", "regression"}
        For several classes, ``y`` is 1.0 for the most frequent one.

    Returns
    -------
    unit : {"day", "week", "month"}
    periods : tuple of Period
        Wilson intervals of the rate, or normal intervals of the mean.
    """
    days = times.astype("datetime64[D]")
    span = int((days.max() - days.min()) / np.timedelta64(1, "D")) + 1
    unit, starts = "month", times.astype("datetime64[M]").astype("datetime64[D]")
    if span <= 70:
        unit, starts = "day", days
    elif span <= 500:
        unit = "week"
        starts = days - ((days.astype(int) + 3) % 7).astype("timedelta64[D]")
    found = []
    for start in np.unique(starts):
        part = y[starts == start]
        found.append(Period(str(start), _center(part, form)))
    return unit, tuple(found)


def _center(part: np.ndarray, form: str) -> Estimate:
    if form != "regression":
        return wilson(float(part.sum()), len(part))
    half = 1.96 * float(part.std(ddof=1) / np.sqrt(len(part))) if len(part) > 1 else None
    mean = float(part.mean())
    low, high = (None, None) if half is None else (mean - half, mean + half)
    return Estimate(mean, low, high, len(part), 0.95, "normal interval of the mean")
