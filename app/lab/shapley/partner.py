"""Which other column bends the effect of a column."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.shapley.attribution import Attribution

BINS = 10
LEAST_ROWS = 20


def strongest_partner(found: Attribution, frame: pd.DataFrame, column: str) -> str | None:
    """Return the column to color a dependence plot by.

    Rows are cut into ten bins by the value of ``column``, so that what still varies within a bin is
    due to other columns; the partner is the one whose value goes along with that most.

    Parameters
    ----------
    found : Attribution
        Of the rows of ``frame``.
    frame : DataFrame, n rows
    column : str

    Returns
    -------
    str or None
        None where nothing varies within the bins, or there are fewer than twenty rows.

    References
    ----------
    Lundberg et al. (2020), https://doi.org/10.1038/s42256-019-0138-9
    """
    if len(frame) < LEAST_ROWS:
        return None
    bins = _bins(_ordered(frame[column]))
    rest = _within(found.values[:, found.columns.index(column)], bins)
    scale = float(rest @ rest)
    if scale <= 1e-18 * max(1.0, float((found.values**2).sum())):
        return None
    others = [c for c in found.columns if c != column and c in frame.columns]
    strength = {other: _shared(rest, _ordered(frame[other]), bins) for other in others}
    best = max(strength, key=lambda name: strength[name], default=None)
    return best if best is not None and strength[best] > 0 else None


def _ordered(series: pd.Series) -> np.ndarray:
    """Return the values as numbers, texts by their code; -1 for missing categories."""
    if pd.api.types.is_numeric_dtype(series) or pd.api.types.is_datetime64_any_dtype(series):
        return np.asarray(pd.to_numeric(series).to_numpy(dtype=float, na_value=np.nan))
    return np.asarray(pd.factorize(series)[0].astype(float))


def _bins(values: np.ndarray) -> np.ndarray:
    ranks = pd.Series(values).rank(method="average", pct=True).fillna(2.0).to_numpy()
    return np.asarray(np.minimum((ranks * BINS).astype(int), 2 * BINS))


def _within(values: np.ndarray, bins: np.ndarray) -> np.ndarray:
    counts = np.maximum(np.bincount(bins), 1)
    return np.asarray(values - (np.bincount(bins, weights=values) / counts)[bins])


def _shared(rest: np.ndarray, other: np.ndarray, bins: np.ndarray) -> float:
    """Return the share of what is left that goes along with steps of the other column."""
    steps = _bins(other)
    cells = bins * (2 * BINS + 1) + steps
    sums = np.bincount(cells, weights=rest)
    counts = np.bincount(cells)
    used = counts > 0
    # What as many cells would share by chance is taken off.
    variance = float(rest @ rest) / len(rest)
    between = float((sums[used] ** 2 / counts[used]).sum())
    free = int(used.sum()) - len(np.unique(bins))
    return between - variance * free
