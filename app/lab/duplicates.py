"""Rows that are copies, and columns that say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from app.lab.estimate import Estimate
from app.lab.proportion import wilson

# Rows looked at before a pair of columns is compared on all of them.
GLANCE = 2_000


@dataclass(frozen=True)
class TwinColumns:
    """Two columns that determine one another in the rows looked at.

    Parameters
    ----------
    first, second : str
    share : float
        Share of rows that follow the one-to-one mapping, in [0, 1].
    distinct : int
        Number of distinct values of the first.
    """

    first: str
    second: str
    share: float
    distinct: int


def row_hashes(frame: pd.DataFrame) -> np.ndarray:
    """Return a 64-bit hash of every row; equal rows have equal hashes.

    Parameters
    ----------
    frame : DataFrame, n rows

    Returns
    -------
    ndarray of uint64, shape (n,)
    """
    return pd.util.hash_pandas_object(frame, index=False, categorize=True).to_numpy()


def duplicate_share(hashes: np.ndarray) -> Estimate:
    """Return the share of rows that have an exact copy elsewhere in the table.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)
        From `row_hashes` over all the columns.

    Returns
    -------
    Estimate
        Every row of a set of copies counts, the first one too.
    """
    _, inverse, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    return wilson(float((counts[inverse] > 1).sum()), len(hashes))


def twins_across(hashes: np.ndarray, train: np.ndarray, test: np.ndarray) -> Estimate:
    """Return the share of test rows with an exact copy among the training rows.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)
    train, test : ndarray of int
        Positions.

    Returns
    -------
    Estimate
    """
    seen = np.isin(hashes[test], hashes[train])
    return wilson(float(seen.sum()), len(test))


def overlap(groups: np.ndarray, train: np.ndarray, test: np.ndarray) -> Estimate:
    """Return the share of test rows whose group also occurs in training.

    Parameters
    ----------
    groups : ndarray of int, shape (n,)
        Group number, negative where it is missing.
    train, test : ndarray of int

    Returns
    -------
    Estimate
        Over the test rows that have a group.
    """
    named = test[groups[test] >= 0]
    seen = np.isin(groups[named], groups[train])
    return wilson(float(seen.sum()), len(named))


def twin_columns(
    frame: pd.DataFrame, least_distinct: int = 10, least_share: float = 0.99
) -> tuple[TwinColumns, ...]:
    """Find pairs of columns that map onto one another one to one.

    Parameters
    ----------
    frame : DataFrame
        Training rows only; a date also counts as its day of the year.
    least_distinct : int
        Columns with fewer values are left out: they agree by chance.
    least_share : float
        Share of the rows that must follow the mapping.

    Returns
    -------
    tuple of TwinColumns
    """
    candidates = []
    for name, source, series in _with_days(frame):
        codes = pd.factorize(series)[0]
        distinct = int(codes.max()) + 1 if len(codes) else 0
        # A column that is nearly unique maps onto anything.
        if least_distinct <= distinct <= 0.5 * len(frame):
            candidates.append(_Candidate(name, source, codes, distinct))
    pairs = []
    for first, second in combinations(candidates, 2):
        if first.source == second.source or not _alike(first, second, least_share):
            continue
        share = _agreement(first.codes, second.codes)
        if share >= least_share:
            pairs.append(TwinColumns(first.name, second.name, share, first.distinct))
    return tuple(pairs)


@dataclass(frozen=True)
class _Candidate:
    name: str
    source: str
    codes: np.ndarray
    distinct: int


def _with_days(frame: pd.DataFrame) -> Iterator[tuple[str, str, pd.Series]]:
    for name in frame.columns:
        series = frame[name]
        yield str(name), str(name), series
        if pd.api.types.is_datetime64_any_dtype(series):
            yield f"{name} (day of year)", str(name), series.dt.day_of_year


def _alike(first: _Candidate, second: _Candidate, least_share: float) -> bool:
    low, high = sorted((first.distinct, second.distinct))
    if high > 1.1 * low:
        return False
    # A pair that agrees on all rows but a few agrees on nearly all of these.
    glance = slice(None, None, max(1, len(first.codes) // GLANCE))
    seen = _agreement(first.codes[glance], second.codes[glance], least=1)
    return np.isnan(seen) or seen >= least_share - 0.04


def _agreement(a: np.ndarray, b: np.ndarray, least: int = 100) -> float:
    """Return the share of rows that follow the best mapping in the worse direction."""
    both = (a >= 0) & (b >= 0)
    if both.sum() < least:
        return float("nan")
    a, b = a[both].astype(np.int64), b[both].astype(np.int64)
    width = int(b.max()) + 1
    pairs, counts = np.unique(a * width + b, return_counts=True)
    return min(_largest(pairs // width, counts), _largest(pairs % width, counts)) / len(a)


def _largest(keys: np.ndarray, counts: np.ndarray) -> float:
    best = np.zeros(int(keys.max()) + 1, dtype=np.int64)
    np.maximum.at(best, keys, counts)
    return float(best.sum())
