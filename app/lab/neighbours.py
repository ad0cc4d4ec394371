"""The nearest rows in columns of any type, each column counting as much as it matters."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

SPREAD = (0.05, 0.95)


@dataclass(frozen=True)
class Ruler:
    """How far apart two rows are: 0 when they agree in all that matters, 1 when in nothing.

    Parameters
    ----------
    weights : dict of str to float
        What each column counts; they sum to one. Columns that count nothing are left out.
    scales : dict of str to float
        Distance at which two numbers (dates: in nanoseconds) count as wholly different.
    """

    weights: dict[str, float]
    scales: dict[str, float] = field(default_factory=dict)

    def apart(
        self, rows: pd.DataFrame, others: pd.DataFrame, column: str, paired: bool = False
    ) -> np.ndarray:
        """Return how far apart rows are in one column.

        Parameters
        ----------
        rows : DataFrame, n rows
        others : DataFrame, m rows
        column : str
        paired : bool
            Compare each row with the one at the same place only; then m is n.

        Returns
        -------
        ndarray of float, shape (n, m), or (n,) when paired
            In [0, 1]; a missing value is wholly different from any known one, and like another.
        """
        if column in self.scales:
            mine, theirs = as_numbers(rows[column]), as_numbers(others[column])
        else:
            codes = pd.factorize(pd.concat([as_words(rows[column]), as_words(others[column])]))[0]
            mine, theirs = (codes[: len(rows)].astype(float), codes[len(rows) :].astype(float))
        if not paired:
            mine, theirs = mine[:, None], theirs[None, :]
        if column not in self.scales:
            return np.asarray(mine != theirs, dtype=float)
        with np.errstate(invalid="ignore"):
            gap = np.abs(mine - theirs) / self.scales[column]
        one, two = np.isnan(mine), np.isnan(theirs)
        found = np.where(one & two, 0.0, np.where(one | two, 1.0, np.minimum(gap, 1.0)))
        return np.asarray(np.nan_to_num(found, nan=0.0))

    def distances(self, rows: pd.DataFrame, others: pd.DataFrame) -> np.ndarray:
        """Return how far apart rows are.

        Parameters
        ----------
        rows : DataFrame, n rows
        others : DataFrame, m rows

        Returns
        -------
        ndarray of float, shape (n, m)
            In [0, 1].

        References
        ----------
        Gower (1971), https://doi.org/10.2307/2528823
        """
        total = np.zeros((len(rows), len(others)))
        for column, weight in self.weights.items():
            total += weight * self.apart(rows, others, column)
        return total


def ruler(frame: pd.DataFrame, importance: dict[str, float]) -> Ruler:
    """Return a ruler for rows like those of a frame.

    Parameters
    ----------
    frame : DataFrame
        Rows that show how far values lie apart.
    importance : dict of str to float
        At least 0 a column; where all are 0, every column counts alike.

    Returns
    -------
    Ruler
    """
    total = sum(max(importance.get(str(c), 0.0), 0.0) for c in frame.columns)
    weights = {
        str(c): max(importance.get(str(c), 0.0), 0.0) / total if total else 1 / frame.shape[1]
        for c in frame.columns
    }
    weights = {column: weight for column, weight in weights.items() if weight > 0}
    scales = {c: scale for c in weights if (scale := _scale(frame[c])) is not None}
    return Ruler(weights, scales)


def _scale(series: pd.Series) -> float | None:
    if not measured(series):
        return None
    numbers = as_numbers(series)
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return 1.0
    low, high = np.quantile(known, SPREAD)
    wide = float(high - low) or float(known.max() - known.min())
    return wide or 1.0


def measured(series: pd.Series) -> bool:
    """Say whether values of a column can lie more or less far apart.

    Parameters
    ----------
    series : Series

    Returns
    -------
    bool
        True for numbers and dates, False for texts and flags.
    """
    if pd.api.types.is_bool_dtype(series):
        return False
    return bool(
        pd.api.types.is_numeric_dtype(series) or pd.api.types.is_datetime64_any_dtype(series)
    )


def as_numbers(series: pd.Series) -> np.ndarray:
    """Return numbers, dates as nanoseconds; NaN where missing.

    Parameters
    ----------
    series : Series, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)
    """
    if pd.api.types.is_datetime64_any_dtype(series):
        dates = pd.to_datetime(series, utc=True).astype("datetime64[ns, UTC]")
        numbers = dates.astype("int64").to_numpy(dtype=float)
        return np.where(dates.isna().to_numpy(), np.nan, numbers)
    return np.asarray(series.to_numpy(dtype=float, na_value=np.nan))


def as_words(series: pd.Series) -> pd.Series:
    """Return values as texts, with one text for all that is missing.

    Parameters
    ----------
    series : Series, shape (n,)

    Returns
    -------
    Series of str, shape (n,)
    """
    words = series.astype(object)
    return words.where(series.notna().to_numpy(), "\0missing").astype(str)


def nearest(distances: np.ndarray, allowed: np.ndarray, count: int) -> list[np.ndarray]:
    """Return the nearest of the allowed rows, nearest first.

    Parameters
    ----------
    distances : ndarray of float, shape (n, m)
    allowed : ndarray of bool, shape (n, m)
        A row is never its own neighbour: say so here.
    count : int

    Returns
    -------
    list of ndarray of int
        Up to ``count`` columns for each of the n rows.
    """
    open_ = np.where(allowed, distances, np.inf)
    count = min(count, open_.shape[1])
    if count == 0:
        return [np.zeros(0, dtype=np.int64) for _ in range(len(open_))]
    some = np.argpartition(open_, count - 1, axis=1)[:, :count]
    found = []
    for row, places in enumerate(some):
        order = np.lexsort((places, open_[row, places]))
        ordered = places[order]
        found.append(ordered[np.isfinite(open_[row, ordered])])
    return found
