"""Values of a column, from pandas, numpy or Arrow, as numbers or as named levels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

MISSING = -1


def is_date(values: Any) -> bool:
    """Return whether a column holds times, which are no measure of anything by themselves.

    Parameters
    ----------
    values : Series or pyarrow.Array

    Returns
    -------
    bool
    """
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return bool(pa.types.is_temporal(values.type))
    kind = values.dtype
    if isinstance(kind, pd.ArrowDtype):
        return bool(pa.types.is_temporal(kind.pyarrow_dtype))
    return bool(
        pd.api.types.is_datetime64_any_dtype(kind)
        or pd.api.types.is_timedelta64_dtype(kind)
        or isinstance(kind, pd.PeriodDtype)
    )


def is_number(values: Any) -> bool:
    """Return whether a column holds numbers; truth values count as 0 and 1.

    Parameters
    ----------
    values : Series or pyarrow.Array

    Returns
    -------
    bool
    """
    if isinstance(values, pa.Array | pa.ChunkedArray):
        kind = values.type
        return bool(
            pa.types.is_integer(kind)
            or pa.types.is_floating(kind)
            or pa.types.is_boolean(kind)
            or pa.types.is_decimal(kind)
        )
    if isinstance(values.dtype, pd.CategoricalDtype):
        return False
    if values.dtype == object:
        return pd.api.types.infer_dtype(values, skipna=True) in {
            "boolean",
            "integer",
            "floating",
            "mixed-integer-float",
            "decimal",
        }
    return bool(pd.api.types.is_numeric_dtype(values.dtype))


def as_numbers(values: Any) -> np.ndarray:
    """Return a column as floats.

    Parameters
    ----------
    values : Series or pyarrow.Array, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)
        NaN where missing.
    """
    if isinstance(values, pa.Array | pa.ChunkedArray):
        kind = values.type
        if pa.types.is_boolean(kind) or pa.types.is_decimal(kind):
            values = values.cast(pa.int8() if pa.types.is_boolean(kind) else pa.float64())
        found = (
            values.to_numpy(zero_copy_only=False)
            if isinstance(values, pa.Array)
            else values.to_numpy()
        )
        return np.ascontiguousarray(found, dtype=float)
    if values.dtype == object:
        values = pd.to_numeric(values, errors="coerce")
    return np.ascontiguousarray(values.to_numpy(dtype=float, na_value=np.nan))


def unreadable(values: Any, numbers: np.ndarray) -> np.ndarray:
    """Return which values of a column that should hold numbers are there but are none.

    Parameters
    ----------
    values : Series or pyarrow.Array, shape (n,)
    numbers : ndarray of float, shape (n,)
        The same values, NaN where they could not be read.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    there = ~np.asarray(values.is_null() if isinstance(values, pa.Array) else values.isna())
    return np.asarray(there & np.isnan(numbers))


def texts_as_numbers(values: Any) -> np.ndarray:
    """Read numbers out of texts.

    Parameters
    ----------
    values : Series or pyarrow.Array, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)
        NaN where missing or not a number.
    """
    codes, names = as_levels(values)
    read = pd.to_numeric(pd.Series(names, dtype=object), errors="coerce")
    found = np.append(read.to_numpy(dtype=float, na_value=np.nan), np.nan)
    return np.asarray(found[codes])


def as_levels(values: Any) -> tuple[np.ndarray, list[str]]:
    """Return a column as codes of its distinct values.

    Parameters
    ----------
    values : Series or pyarrow.Array, shape (n,)

    Returns
    -------
    codes : ndarray of int, shape (n,)
        -1 where missing.
    names : list of str
        Numbers are written in the shortest form, so that 3 and 3.0 are one.
    """
    if isinstance(values, pd.Series) and isinstance(values.dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy()
        return _joined(codes, list(values.cat.categories))
    if isinstance(values, pd.Series) and isinstance(values.dtype, pd.StringDtype):
        values = pa.array(values)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.Array):
        if not pa.types.is_dictionary(values.type):
            values = values.dictionary_encode()
        indices = values.indices
        codes = indices.fill_null(MISSING) if indices.null_count else indices
        return _joined(codes.to_numpy(zero_copy_only=False), values.dictionary.to_pylist())
    codes, distinct = pd.factorize(values)
    return _joined(codes, list(distinct))


def _joined(codes: np.ndarray, distinct: list[Any]) -> tuple[np.ndarray, list[str]]:
    """Values that are written alike are one level; a value of None is missing."""
    if all(type(value) is str for value in distinct):
        return codes, distinct
    names = [None if _is_none(value) else name_of(value) for value in distinct]
    places: dict[str | None, int] = {None: MISSING}
    for name in names:
        places.setdefault(name, len(places) - 1)
    table = np.array([*(places[name] for name in names), MISSING], dtype=np.int64)
    return table[codes], [name for name in places if name is not None]


def _is_none(value: Any) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))


def name_of(value: object) -> str:
    """Return how a level is written.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
    """
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | int | np.number):
        return f"{float(value):.12g}"
    return str(value)
