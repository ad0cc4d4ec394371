"""From the user's columns to numbers a model can take, fitted on training rows only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

MOST_LEVELS = 250
TWO_YEARS_DAYS = 730
LARGEST = 1e38


@dataclass
class Encoder:
    """Turns columns into a matrix of numbers.

    Numbers stay, infinite ones (and beyond 1e38) become missing; texts become the rank of their name among the
    training values (the 250 most frequent ones, the rest together), unseen ones -1; a date
    becomes weekday and hour, and month only when training spans two years, for otherwise the
    months to come were never seen.

    Attributes
    ----------
    names : list of str
        Output columns.
    sources : list of str
        The user's column behind each output column.
    levels : dict of str to list of str
        Known values of each text column, in order of their code.
    """

    names: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    levels: dict[str, list[str]] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)

    def fit(self, frame: pd.DataFrame) -> Encoder:
        """Learn levels and date parts from training rows.

        Parameters
        ----------
        frame : DataFrame
            Training rows only.

        Returns
        -------
        Encoder
            Itself.
        """
        for column in frame.columns:
            name = str(column)
            series = frame[column]
            if pd.api.types.is_datetime64_any_dtype(series):
                self.parts[name] = _date_parts(series)
                for part in self.parts[name]:
                    self._add(f"{name} ({part})", name)
                continue
            if not _numeric(series):
                self.levels[name] = _levels(series)
            self._add(name, name)
        return self

    def _add(self, name: str, source: str) -> None:
        self.names.append(name)
        self.sources.append(source)

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the matrix of numbers.

        Parameters
        ----------
        frame : DataFrame, n rows
            With the columns it was fitted on.

        Returns
        -------
        ndarray of float, shape (n, len(names))
            NaN where missing.
        """
        found = []
        for source in dict.fromkeys(self.sources):
            series = frame[source]
            if source in self.parts:
                found += [_date_part(series, part) for part in self.parts[source]]
            elif source in self.levels:
                found.append(_codes(series, self.levels[source]))
            else:
                found.append(_numbers(series))
        return np.column_stack(found) if found else np.empty((len(frame), 0))

    def fold(self, values: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
        """Add up output columns that come from one user column.

        Parameters
        ----------
        values : ndarray of float, shape (n, len(names))

        Returns
        -------
        columns : tuple of str
        folded : ndarray of float, shape (n, len(columns))
        """
        columns = tuple(dict.fromkeys(self.sources))
        place = [columns.index(source) for source in self.sources]
        folded = np.zeros((len(values), len(columns)))
        for i, at in enumerate(place):
            folded[:, at] += values[:, i]
        return columns, folded


def _numeric(series: pd.Series) -> bool:
    return bool(
        pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)
    ) or bool(pd.api.types.is_bool_dtype(series))


def _numbers(series: pd.Series) -> np.ndarray:
    values = pd.to_numeric(series, errors="coerce") if not _numeric(series) else series
    numbers = values.to_numpy(dtype=float, na_value=np.nan, copy=True)
    # Trees work in single precision: what it cannot hold is as good as infinite.
    numbers[~(np.abs(numbers) < LARGEST)] = np.nan
    return numbers


def _levels(series: pd.Series) -> list[str]:
    counts = series.dropna().astype(str).value_counts()
    return sorted(counts.index[:MOST_LEVELS])


def _codes(series: pd.Series, levels: list[str]) -> np.ndarray:
    # Whole columns hold few distinct values: look each of them up once.
    codes, values = pd.factorize(series)
    places = pd.Index(levels, dtype=object).get_indexer(
        pd.Index([str(v) for v in values], dtype=object)
    )
    found = np.append(places.astype(float), np.nan)
    return found[codes]


def _date_parts(series: pd.Series) -> list[str]:
    known = series.dropna()
    parts = ["weekday"]
    if len(known) and (known.dt.hour.nunique() > 1):
        parts.append("hour")
    if len(known) and (known.max() - known.min()).days >= TWO_YEARS_DAYS:
        parts.append("month")
    return parts


def _date_part(series: pd.Series, part: str) -> np.ndarray:
    dates = pd.to_datetime(series, errors="coerce")
    found = {"weekday": dates.dt.day_of_week, "hour": dates.dt.hour, "month": dates.dt.month}[part]
    return found.to_numpy(dtype=float, na_value=np.nan)
