"""Editing one row: what each column may hold, what the model has seen of it, and the edited row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

Value = bool | int | float | str | None
MOST_LEVELS = 200
LARGEST = 1e38


class EditError(ValueError):
    """A value that a column cannot hold; one plain sentence, ready to show."""


@dataclass(frozen=True)
class Field:
    """What a column holds among the training rows.

    Parameters
    ----------
    column : str
    kind : {"number", "whole", "flag", "text", "date"}
    low, high : float or str or None
        Smallest and largest value seen; dates as ISO texts. None where nothing was seen.
    levels : tuple of str
        Texts seen, the most frequent first, at most 200.
    all_levels : int
        How many different texts were seen.
    holes : bool
        Whether any value was missing.
    """

    column: str
    kind: Literal["number", "whole", "flag", "text", "date"]
    low: float | str | None = None
    high: float | str | None = None
    levels: tuple[str, ...] = ()
    all_levels: int = 0
    holes: bool = False


def fields_of(frame: pd.DataFrame) -> tuple[Field, ...]:
    """Return what every column holds.

    Parameters
    ----------
    frame : DataFrame
        Training rows.

    Returns
    -------
    tuple of Field
        In the order of the columns.
    """
    return tuple(
        replace(_field(str(c), frame[c]), holes=bool(frame[c].isna().any())) for c in frame.columns
    )


def _field(column: str, series: pd.Series) -> Field:
    known = series.dropna()
    if pd.api.types.is_bool_dtype(series):
        return Field(column, "flag")
    if pd.api.types.is_datetime64_any_dtype(series):
        if not len(known):
            return Field(column, "date")
        return Field(column, "date", known.min().isoformat(), known.max().isoformat())
    if pd.api.types.is_numeric_dtype(series):
        whole = bool(pd.api.types.is_integer_dtype(series))
        numbers = known.to_numpy(dtype=float)
        numbers = numbers[np.isfinite(numbers)]
        ends = (float(numbers.min()), float(numbers.max())) if len(numbers) else (None, None)
        return Field(column, "whole" if whole else "number", *ends)
    counts = known.astype(str).value_counts()
    counts = counts[counts > 0]
    levels = tuple(str(level) for level in counts.index[:MOST_LEVELS])
    return Field(column, "text", levels=levels, all_levels=len(counts))


def value_of(field: Field, cell: object) -> Value:
    """Return a cell as plain JSON data.

    Parameters
    ----------
    field : Field
    cell : object
        As a table holds it.

    Returns
    -------
    bool, int, float, str or None
        None where missing or infinite; dates as ISO texts.
    """
    if cell is None or pd.isna(cell):  # type: ignore[call-overload]
        return None
    if field.kind == "flag":
        return bool(cell)
    if field.kind == "date":
        return str(pd.Timestamp(cell).isoformat())  # type: ignore[arg-type]
    if field.kind == "text":
        return str(cell)
    number = float(cell)  # type: ignore[arg-type]
    if not np.isfinite(number):
        return None
    return int(number) if field.kind == "whole" else number


def checked(field: Field, value: Value) -> Value:
    """Return a value that a column can hold.

    Parameters
    ----------
    field : Field
    value : bool, int, float, str or None
        None is a missing value, always allowed.

    Returns
    -------
    bool, int, float, str or None

    Raises
    ------
    EditError
        Names column, value and what is allowed.
    """
    if value is None:
        return None
    if field.kind == "text":
        return str(value)[:500]
    if field.kind == "flag":
        if isinstance(value, bool):
            return value
        raise EditError(f"{field.column}: {value!r} is neither true nor false")
    if field.kind == "date":
        return _checked_date(field, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise EditError(f"{field.column}: {value!r} is no number")
    if not abs(value) < LARGEST:
        raise EditError(f"{field.column}: {value!r} is no number a model can take; leave it empty")
    return value


def _checked_date(field: Field, value: Value) -> str:
    try:
        found = pd.Timestamp(str(value)).isoformat()
    except (ValueError, TypeError) as error:
        raise EditError(
            f"{field.column}: {value!r} is no date; write it like 2024-05-31"
        ) from error
    return str(found)


def unseen(field: Field, value: Value) -> str:
    """Return in what a value lies outside what the model has seen, empty when it does not.

    Parameters
    ----------
    field : Field
    value : bool, int, float, str or None

    Returns
    -------
    str
        One sentence.
    """
    if value is None:
        return "" if field.holes else f"{field.column}: the model has never seen it missing."
    if field.kind == "flag":
        return ""
    return _unseen_text(field, value) if field.kind == "text" else _outside(field, value)


def _unseen_text(field: Field, value: Value) -> str:
    if str(value) in field.levels:
        return ""
    if field.all_levels > len(field.levels):
        return f"{field.column}: “{value}” is not among its {len(field.levels)} most frequent."
    return f"{field.column}: the model has never seen “{value}”."


def _outside(field: Field, value: Value) -> str:
    if field.low is None or field.high is None:
        return f"{field.column}: the model has seen no value of it."
    if field.kind == "date":
        low, high, at = (_naive(v) for v in (field.low, field.high, value))
        inside, ends = low <= at <= high, [str(field.low)[:10], str(field.high)[:10]]
    else:
        inside = float(field.low) <= float(str(value)) <= float(field.high)
        ends = [f"{v:.6g}" for v in (field.low, field.high)]
    if inside:
        return ""
    return f"{field.column}: outside what the model has seen ({ends[0]} to {ends[1]})."


def _naive(value: Value) -> pd.Timestamp:
    """Return a date as its clock showed it, whatever the zone."""
    return pd.Timestamp(str(value)).tz_localize(None)


def loosened(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose columns can take any value of their kind.

    Parameters
    ----------
    frame : DataFrame, n rows

    Returns
    -------
    DataFrame, n rows
        Categories as plain texts, whole numbers as floats, flags that may be missing.
    """
    found = {}
    for column in frame.columns:
        series = frame[column]
        if isinstance(series.dtype, pd.CategoricalDtype):
            found[column] = series.astype(object)
        elif pd.api.types.is_bool_dtype(series):
            found[column] = series.astype("boolean") if series.isna().any() else series
        elif pd.api.types.is_integer_dtype(series):
            found[column] = pd.Series(
                series.to_numpy(dtype=float, na_value=np.nan), index=series.index
            )
        else:
            found[column] = series
    return pd.DataFrame(found, index=frame.index)


def edited(
    row: pd.DataFrame, fields: Mapping[str, Field], changes: Mapping[str, Value]
) -> pd.DataFrame:
    """Return a row with some of its values changed.

    Parameters
    ----------
    row : DataFrame, 1 row
        As `loosened` returns it.
    fields : mapping of str to Field
    changes : mapping of str to value
        New values by column.

    Returns
    -------
    DataFrame, 1 row

    Raises
    ------
    EditError
        If a column is not among the fields or cannot hold its value.
    """
    found = row.copy()
    for column, value in changes.items():
        if column not in fields:
            raise EditError(f"the model does not look at a column {column!r}")
        found[column] = _cell(found[column], fields[column], checked(fields[column], value))
    return found


def _cell(series: pd.Series, field: Field, value: Value) -> pd.Series:
    if field.kind == "flag":
        return pd.Series([value], index=series.index, dtype="boolean" if value is None else bool)
    if field.kind == "text":
        return pd.Series([value], index=series.index, dtype=object)
    if field.kind == "date":
        return _date(series, value)
    return pd.Series([np.nan if value is None else float(value)], index=series.index)


def _date(series: pd.Series, value: Value) -> pd.Series:
    zone = getattr(series.dtype, "tz", None)
    if value is None:
        return pd.Series([None], index=series.index, dtype=series.dtype)
    stamp = pd.Timestamp(str(value))
    if zone is not None and stamp.tzinfo is None:
        stamp = stamp.tz_localize(zone)
    return pd.Series([stamp], index=series.index).astype(series.dtype)
