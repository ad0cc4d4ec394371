"""What a column holds as far as a condition cares: numbers, texts, dates, or yes and no."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

Kind = Literal["number", "text", "date", "boolean", "other"]
Scalar = str | bool | int | float

DATE = re.compile(
    r"\d{4}-\d{1,2}(-\d{1,2})?([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?"
)
INFERRED: dict[str, Kind] = {
    "boolean": "boolean",
    "integer": "number",
    "floating": "number",
    "mixed-integer-float": "number",
    "decimal": "number",
    "datetime": "date",
    "datetime64": "date",
    "date": "date",
    "string": "text",
    "mixed": "text",
    "mixed-integer": "text",
    "categorical": "text",
    "empty": "text",
}


class ConditionError(ValueError):
    """A condition that cannot be used: which part, what is allowed, what to do."""


def kind_of(series: pd.Series) -> Kind:
    """Return what a column holds.

    Parameters
    ----------
    series : Series

    Returns
    -------
    str
        ``"other"`` for what cannot be compared, such as durations or lists.
    """
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return kind_of(dtype.categories.to_series())
    if pd.api.types.is_bool_dtype(dtype):
        return "boolean"
    if pd.api.types.is_numeric_dtype(dtype):
        return "other" if dtype.kind == "c" else "number"
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return "date"
    if pd.api.types.is_timedelta64_dtype(dtype):
        return "other"
    return INFERRED.get(pd.api.types.infer_dtype(series, skipna=True), "other")


def column_of(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return one column of a frame.

    Parameters
    ----------
    frame : DataFrame
    name : str

    Returns
    -------
    Series

    Raises
    ------
    ConditionError
        If there is no such column, or several.
    """
    names = [str(column) for column in frame.columns]
    count = names.count(name)
    if count == 1:
        return frame.iloc[:, names.index(name)]
    if count > 1:
        raise ConditionError(f"the frame has {count} columns named {name!r}; rename all but one")
    listed = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    raise ConditionError(
        f"there is no column {name[:60]!r}.{close_match(name, names)} The columns are: {listed}"
    )


def close_match(word: str, known: Sequence[str]) -> str:
    """Return a hint such as ``" Did you mean origin?"``, or nothing.

    Parameters
    ----------
    word : str
    known : sequence of str

    Returns
    -------
    str
    """
    folded = {name.lower(): name for name in known[:2000]}
    near = difflib.get_close_matches(word[:100].lower(), list(folded), n=1)
    return f" Did you mean {folded[near[0]]!r}?" if near else ""


def numbers(series: pd.Series) -> np.ndarray:
    """Return a numeric column as floats.

    Parameters
    ----------
    series : Series, n rows

    Returns
    -------
    ndarray of float, shape (n,)
        Missing values are NaN; infinite ones stay.
    """
    if isinstance(series.dtype, pd.CategoricalDtype) or series.dtype == object:
        series = pd.to_numeric(series.astype(object), errors="coerce")
    return series.to_numpy(dtype=float, na_value=np.nan)


def dates(series: pd.Series) -> pd.Series:
    """Return a column of dates in one zone, UTC where a zone is known, without it.

    Parameters
    ----------
    series : Series of dates, n rows

    Returns
    -------
    Series of datetime64, n rows
    """
    if isinstance(series.dtype, pd.CategoricalDtype) or series.dtype == object:
        series = pd.to_datetime(series.astype(object), errors="coerce", utc=True)
    if getattr(series.dt, "tz", None) is not None:
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    return series


def timestamp(value: Any) -> pd.Timestamp:
    """Return an ISO date as a time without a zone (UTC where one is given).

    Parameters
    ----------
    value : str
        Such as ``"2026-11-24"`` or ``"2026-11-24 13:05"``.

    Returns
    -------
    Timestamp

    Raises
    ------
    ConditionError
        If it is no date.
    """
    if not isinstance(value, str) or not DATE.fullmatch(value.strip()):
        raise ConditionError(
            f"{str(value)[:60]!r} is no date; write it as 2026-11-24 or 2026-11-24 13:05"
        )
    try:
        found = pd.Timestamp(value.strip())
    except (ValueError, OverflowError):
        raise ConditionError(f"{value[:60]!r} is no day of the calendar; check it") from None
    return found.tz_convert("UTC").tz_localize(None) if found.tzinfo else found


def texts(series: pd.Series) -> pd.Series:
    """Return a column of texts, whatever it is stored as; missing values stay missing.

    Parameters
    ----------
    series : Series, n rows

    Returns
    -------
    Series of str, n rows
    """
    plain = series.astype(object)
    if pd.api.types.infer_dtype(plain, skipna=True) == "string":
        return plain
    return plain.map(str, na_action="ignore")
