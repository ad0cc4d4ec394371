"""A column as groups of rows: levels of a text, bands of a number, spans of time."""

from __future__ import annotations

import numpy as np
import pandas as pd

BANDS = 4
FEW_VALUES = 6
MOST_LEVELS = 8
MISSING = "missing"
OTHERS = "all others"


def groups_of(series: pd.Series, most: int = MOST_LEVELS) -> dict[str, np.ndarray]:
    """Return the groups of a column: every row stands in exactly one.

    Parameters
    ----------
    series : Series, shape (n,)
        Numbers with many values are cut into bands of about equal count, dates into quarters or
        years; of texts the most frequent levels stay, all others are one group.
    most : int
        Most levels of a text (all others and missing come on top).

    Returns
    -------
    dict of str to ndarray of bool, shape (n,)
        Missing values are a group of their own.
    """
    known = series.notna().to_numpy()
    found = _known_groups(series, known, most) if known.any() else {}
    groups = {name: mask & known for name, mask in found.items() if (mask & known).any()}
    if not known.all():
        groups[MISSING] = ~known
    return groups


def _known_groups(series: pd.Series, known: np.ndarray, most: int) -> dict[str, np.ndarray]:
    if pd.api.types.is_datetime64_any_dtype(series):
        return _spans(series, known, most)
    plain = not pd.api.types.is_bool_dtype(series)
    if plain and pd.api.types.is_numeric_dtype(series) and series.nunique() > FEW_VALUES:
        return _bands(series.to_numpy(dtype=float, na_value=np.nan), known)
    return _levels(series, most)


def _levels(series: pd.Series, most: int) -> dict[str, np.ndarray]:
    written = series.astype(object).map(_word, na_action="ignore").to_numpy(dtype=object)
    counts = pd.Series(written[series.notna().to_numpy()], dtype=object).value_counts()
    names = counts.index.tolist()
    # A single other level is named like the rest.
    kept = names if len(names) <= most + 1 else names[:most]
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        kept = sorted(kept, key=float)
    groups = {_apart(str(name)): written == name for name in kept}
    if len(kept) < len(names):
        groups[OTHERS] = ~np.isin(written.astype(str), [str(name) for name in kept])
    return groups


def _apart(name: str) -> str:
    """Keep a level that is itself called “missing” apart from what is missing."""
    return f"“{name}”" if name in (MISSING, OTHERS, "") else name


def _word(value: object) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)[:60]


def _bands(values: np.ndarray, known: np.ndarray) -> dict[str, np.ndarray]:
    inner = np.quantile(values[known], np.linspace(0, 1, BANDS + 1)[1:-1])
    edges = np.unique(inner[inner > values[known].min()])
    # Values from an edge on belong to the band above it.
    place = np.searchsorted(edges, values, side="right")
    shown = _distinct(edges)
    groups = {}
    for band in range(len(edges) + 1):
        if band == 0:
            name = f"below {shown[0]}"
        elif band == len(edges):
            name = f"{shown[-1]} or more"
        else:
            name = f"{shown[band - 1]} to {shown[band]}"
        groups[name] = place == band
    return groups


def _distinct(edges: np.ndarray) -> list[str]:
    """Write edges down with as many digits as keep them apart."""
    for digits in range(3, 16):
        shown = [_number(float(edge), digits) for edge in edges]
        if len(set(shown)) == len(shown):
            break
    return shown


def _number(value: float, digits: int) -> str:
    text = f"{float(f'{value:.{digits}g}'):,.12f}"
    return text.rstrip("0").rstrip(".")


def _spans(series: pd.Series, known: np.ndarray, most: int) -> dict[str, np.ndarray]:
    times = series.dt.tz_localize(None)
    written = times.dt.to_period("Q")
    if written.nunique() > most:
        written = times.dt.to_period("Y")
    names = sorted(written[known].unique())
    kept = names[-most:]
    groups = {str(name): (written == name).to_numpy() for name in kept}
    if len(kept) < len(names):
        groups = {f"before {kept[0]}": (written < kept[0]).to_numpy(), **groups}
    return groups
