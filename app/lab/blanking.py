"""What a model is handed when columns do not come: nothing, or what is usual."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd


def blanked(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """Return rows in which some columns are missing everywhere.

    Parameters
    ----------
    frame : DataFrame, n rows
    columns : iterable of str
        Those that are not in the frame are left out.

    Returns
    -------
    DataFrame, n rows
        Each column of a kind with the one it was, so that rules and encoders still read it.
    """
    there = [name for name in columns if name in frame.columns]
    return frame.assign(**{name: _nothing(frame[name]) for name in there})


def _nothing(series: pd.Series) -> pd.Series:
    n = len(series)
    if pd.api.types.is_datetime64_any_dtype(series):
        return pd.Series(pd.DatetimeIndex([pd.NaT] * n), index=series.index)
    # Flags count as numbers: a column of flags without a value has no type that a rule could read.
    if pd.api.types.is_numeric_dtype(series):
        return pd.Series(np.full(n, np.nan), index=series.index)
    names = (
        series.cat.categories
        if isinstance(series.dtype, pd.CategoricalDtype)
        else pd.Index(series.dropna().astype(str).unique())
    )
    codes = np.full(n, -1)
    return pd.Series(pd.Categorical.from_codes(codes, categories=names), index=series.index)


def with_usual(frame: pd.DataFrame, columns: Iterable[str], before: pd.DataFrame) -> pd.DataFrame:
    """Return rows in which some columns hold everywhere what was usual before.

    Parameters
    ----------
    frame : DataFrame, n rows
    columns : iterable of str
        Those that are not in the frame are left out.
    before : DataFrame
        Training rows with the same columns.

    Returns
    -------
    DataFrame, n rows
        The median of numbers and dates, the most frequent text or flag; missing where training
        holds nothing.
    """
    there = [name for name in columns if name in frame.columns]
    filled = blanked(frame, there)
    for name in there:
        value = _usual(before[name])
        if value is not None:
            filled[name] = _all_of(filled[name], value)
    return filled


def _usual(series: pd.Series) -> object:
    known = series.dropna()
    if not len(known):
        return None
    texts = not pd.api.types.is_numeric_dtype(known)
    dates = pd.api.types.is_datetime64_any_dtype(known)
    if pd.api.types.is_bool_dtype(known) or (texts and not dates):
        return known.value_counts().index[0]
    return known.median()


def _all_of(empty: pd.Series, value: object) -> pd.Series:
    if isinstance(empty.dtype, pd.CategoricalDtype):
        names = empty.cat.categories
        text = value if value in names else str(value)
        codes = np.full(len(empty), list(names).index(text) if text in names else -1)
        return pd.Series(pd.Categorical.from_codes(codes, categories=names), index=empty.index)
    return pd.Series([value] * len(empty), index=empty.index, dtype=empty.dtype)
