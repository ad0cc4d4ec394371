"""From the user's columns to numbers a model can take, fitted on training rows only."""

from __future__ import annotations

from collections.abc import Iterator
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

    def fit(self, frame: pd.DataFrame, rows: np.ndarray | None = None) -> Encoder:
        """Learn levels and date parts from training rows.

        Parameters
        ----------
        frame : DataFrame
            Training rows only, unless ``rows`` says which they are.
        rows : ndarray of int, optional
            Positions of the training rows; nothing is learned from any other.

        Returns
        -------
        Encoder
            Itself.
        """
        for column in frame.columns:
            name = str(column)
            series = taken(frame[column], rows)
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

    def transform(self, frame: pd.DataFrame, rows: np.ndarray | None = None) -> np.ndarray:
        """Return the matrix of numbers.

        Parameters
        ----------
        frame : DataFrame
            With the columns it was fitted on.
        rows : ndarray of int, shape (n,), optional
            Positions of the rows to encode; all when left out.

        Returns
        -------
        ndarray of float, shape (n, len(names))
            NaN where missing.
        """
        # Column by column into one matrix: neither the frame nor the matrix is there twice.
        found = np.empty((len(frame) if rows is None else len(rows), len(self.sources)))
        place = 0
        for source in dict.fromkeys(self.sources):
            for column in self._encoded(source, taken(frame[source], rows)):
                found[:, place] = column
                place += 1
        return found

    def _encoded(self, source: str, series: pd.Series) -> Iterator[np.ndarray]:
        if source in self.parts:
            yield from (_date_part(series, part) for part in self.parts[source])
        elif source in self.levels:
            yield _codes(series, self.levels[source])
        else:
            yield _numbers(series)

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


def taken(series: pd.Series, rows: np.ndarray | None) -> pd.Series:
    """Return some rows of a column, all of them without a copy.

    Parameters
    ----------
    series : Series
    rows : ndarray of int, shape (n,), optional

    Returns
    -------
    Series
        With a fresh index where rows are given.
    """
    return series if rows is None else series.take(rows).reset_index(drop=True)


def compact(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the same table with each different text kept once.

    Folds then copy a small number a row instead of the text. What a model learns about texts it
    still learns from its training rows alone, in `Encoder.fit`.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    DataFrame
        Columns of texts as categories, all others as they were.
    """
    texts = [name for name in frame.columns if _text(frame[name])]
    return frame.assign(**{name: frame[name].astype("category") for name in texts})


def _text(series: pd.Series) -> bool:
    if isinstance(series.dtype, pd.StringDtype):
        return True
    return series.dtype == object and pd.api.types.infer_dtype(series, skipna=True) == "string"


def _kept_once(series: pd.Series) -> bool:
    """Say whether a column holds categories that are texts."""
    return isinstance(series.dtype, pd.CategoricalDtype) and _text(
        series.cat.categories.to_series()
    )


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
    if _kept_once(series):
        codes, first, counts = np.unique(
            series.cat.codes.to_numpy(), return_index=True, return_counts=True
        )
        # The most frequent first, of equal ones that which came first, as below.
        order = [at for at in np.lexsort((first, -counts)) if codes[at] >= 0]
        return sorted(series.cat.categories[codes[order[:MOST_LEVELS]]])
    frequent = series.dropna().astype(str).value_counts().index
    return sorted(frequent[:MOST_LEVELS])


def _codes(series: pd.Series, levels: list[str]) -> np.ndarray:
    # Whole columns hold few distinct values: look each of them up once.
    if _kept_once(series) and len(series.cat.categories) <= len(series):
        codes, values = series.cat.codes.to_numpy(), series.cat.categories
    else:
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
