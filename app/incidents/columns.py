"""Which columns an incident strikes, and how one is changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from app.incidents.incident import Context
    from app.lab.world import World


def is_numeric(series: pd.Series) -> bool:
    """Say whether a column holds numbers or booleans."""
    # Late: the catalogue of incidents is read at start-up, long before a frame is.
    from pandas.api import types

    return bool(types.is_numeric_dtype(series))


def ranked(rows: pd.DataFrame, importance: Mapping[str, float], numeric: bool) -> list[str]:
    """Return the columns of one kind, most important first.

    Numbers have more than two values; the other kind is texts and categories; flags are neither.
    """
    found = []
    for column in rows.columns:
        series = rows[column]
        if series.dtype.kind == "M" or is_numeric(series) != numeric:
            continue
        if series.nunique() > (2 if numeric else 1):
            found.append(str(column))
    return sorted(found, key=lambda c: (-importance.get(c, 0.0), c))


def varying(rows: pd.DataFrame, importance: Mapping[str, float]) -> list[str]:
    """Return all numbers and texts, most important first."""
    both = ranked(rows, importance, numeric=True) + ranked(rows, importance, numeric=False)
    return sorted(both, key=lambda c: (-importance.get(c, 0.0), c))


def needs_number(world: World, context: Context) -> str:
    """Say why an incident on a number cannot strike."""
    return "" if ranked(world.rows, {}, numeric=True) else "there is no numeric column"


def needs_category(world: World, context: Context) -> str:
    """Say why an incident on a category cannot strike."""
    return "" if ranked(world.rows, {}, numeric=False) else "there is no text column"


def needs_column(world: World, context: Context) -> str:
    """Say why an incident on any column cannot strike."""
    return "" if varying(world.rows, {}) else "there is no column that varies"


def changed(rows: pd.DataFrame, column: str, hit: np.ndarray, values: np.ndarray) -> pd.DataFrame:
    """Return the rows with one column changed where hit; the others keep their values exactly."""
    if not hit.any():
        return rows
    series = rows[column]
    new = series.astype(float if is_numeric(series) else object).copy()
    new.iloc[np.flatnonzero(hit)] = values[hit]
    return rows.assign(**{column: new})


def numbers(rows: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column as floats, NaN where nothing is known."""
    return rows[column].to_numpy(dtype=float, na_value=np.nan)


def values_of(rows: pd.DataFrame, column: str) -> np.ndarray:
    """Return a copy of a column: floats, or objects for texts and categories."""
    if is_numeric(rows[column]):
        return numbers(rows, column).copy()
    return np.asarray(rows[column].astype(object).to_numpy(copy=True))


def equal_to(rows: pd.DataFrame, column: str, value: object) -> np.ndarray:
    """Return which rows hold a value."""
    return (rows[column] == value).fillna(False).to_numpy(dtype=bool)
