"""Drift of inputs against a reference, for all days at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

MOST_LEVELS = 20
NUMERIC_BINS = 10
FLOOR = 0.5


@dataclass(frozen=True)
class ColumnBins:
    """Bins of one column; the last two are "never seen" and "missing"."""

    edges: np.ndarray | None
    levels: tuple[str, ...]
    size: int
    reference: np.ndarray


Bins = dict[str, ColumnBins]


def fit_bins(frame: pd.DataFrame) -> Bins:
    """Learn bins and their counts from reference rows.

    Parameters
    ----------
    frame : DataFrame
        Rows of a time in which all was well.

    Returns
    -------
    dict of str to ColumnBins
        Deciles of numbers, the 20 most frequent values of texts.
    """
    found: Bins = {}
    for column in frame.columns:
        series = frame[column]
        if pd.api.types.is_datetime64_any_dtype(series):
            continue
        edges, levels = _shape(series)
        size = (len(edges) + 1 if edges is not None else len(levels)) + 2
        empty = ColumnBins(edges, levels, size, np.zeros(size))
        counts = np.bincount(codes_of(empty, series), minlength=size).astype(float)
        found[str(column)] = ColumnBins(edges, levels, size, counts)
    return found


def _shape(series: pd.Series) -> tuple[np.ndarray | None, tuple[str, ...]]:
    if pd.api.types.is_numeric_dtype(series) and series.nunique() > MOST_LEVELS:
        values = series.to_numpy(dtype=float, na_value=np.nan)
        values = values[np.isfinite(values)]
        inner = np.linspace(0, 1, NUMERIC_BINS + 1)[1:-1]
        # The outermost edges hold what lies beyond anything seen before.
        edges = np.unique(np.r_[values.min(), np.quantile(values, inner), values.max()])
        return edges, ()
    return None, tuple(series.dropna().map(_name).value_counts().index[:MOST_LEVELS])


def _name(value: object) -> str:
    if isinstance(value, float | int | np.number):
        return f"{float(value):g}"
    return str(value)


def codes_of(bins: ColumnBins, series: pd.Series) -> np.ndarray:
    """Return the bin of every row.

    Parameters
    ----------
    bins : ColumnBins
    series : Series, shape (n,)

    Returns
    -------
    ndarray of int, shape (n,)
    """
    unseen, missing = bins.size - 2, bins.size - 1
    if bins.edges is not None:
        values = pd.to_numeric(series, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        places = np.searchsorted(bins.edges, values, side="right")
        # At the very top of the reference range a value is inside, not beyond.
        places = np.where(values == bins.edges[-1], len(bins.edges) - 1, places)
        return np.where(np.isnan(values), missing, places)
    codes, distinct = pd.factorize(series)
    index = pd.Index(list(bins.levels), dtype=object)
    places = index.get_indexer(pd.Index([_name(v) for v in distinct], dtype=object))
    places = np.append(np.where(places < 0, unseen, places), missing)
    return places[codes]


def psi(expected: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Return the population stability index, without the part that chance alone adds.

    Parameters
    ----------
    expected, actual : ndarray of float, shape (days, bins)
        Counts.

    Returns
    -------
    ndarray of float, shape (days,)
        0 for equal shares; may fall a little below. NaN where there is nothing to compare.

    References
    ----------
    Yurdakul & Naranjo (2020), expectation under no drift,
    https://doi.org/10.21314/JRMV.2020.227
    """
    n_expected = expected.sum(axis=1, keepdims=True)
    n_actual = actual.sum(axis=1, keepdims=True)
    size = expected.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        p = (expected + FLOOR) / (n_expected + FLOOR * size)
        q = (actual + FLOOR) / (n_actual + FLOOR * size)
        raw = ((q - p) * np.log(q / p)).sum(axis=1)
        used = ((expected > 0) | (actual > 0)).sum(axis=1)
        chance = (used - 1) * (1 / n_expected[:, 0] + 1 / n_actual[:, 0])
        found = raw - chance
    return np.where((n_expected[:, 0] > 0) & (n_actual[:, 0] > 0), found, np.nan)


def psi_by_day(
    bins: Bins, frame: pd.DataFrame, day: np.ndarray, n_days: int, window: int | None = None
) -> dict[str, np.ndarray]:
    """Return the drift of every column on every day.

    Parameters
    ----------
    bins : dict of str to ColumnBins
    frame : DataFrame, n rows
    day : ndarray of int, shape (n,)
    n_days : int
    window : int, optional
        Compare each day with this many days before it; with the reference when left out or
        while there are fewer than seven days before.

    Returns
    -------
    dict of str to ndarray of float, shape (n_days,)
    """
    found = {}
    for name, column in bins.items():
        codes = codes_of(column, frame[name])
        flat = np.bincount(day * column.size + codes, minlength=n_days * column.size)
        actual = flat.reshape(n_days, column.size).astype(float)
        expected = np.tile(column.reference, (n_days, 1))
        if window is not None:
            expected = _before(actual, column.reference, window)
        found[name] = psi(expected, actual)
    return found


def _before(actual: np.ndarray, reference: np.ndarray, window: int) -> np.ndarray:
    total = np.vstack([np.zeros(actual.shape[1]), np.cumsum(actual, axis=0)])
    expected = np.empty_like(actual)
    for day in range(len(actual)):
        start = max(0, day - window)
        expected[day] = total[day] - total[start] if day >= 7 else reference
    return expected
