"""Rows that are copies, and columns that say the same."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from app.lab.estimate import Estimate
from app.lab.proportion import wilson


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
    codes = {}
    for name, series in _with_days(frame).items():
        found = pd.factorize(series)[0]
        distinct = int(found.max()) + 1 if len(found) else 0
        # A column that is nearly unique maps onto anything.
        if least_distinct <= distinct <= 0.5 * len(frame):
            codes[name] = (found, distinct)
    pairs = []
    for (first, (a, n_a)), (second, (b, n_b)) in combinations(codes.items(), 2):
        if max(n_a, n_b) > 1.1 * min(n_a, n_b) or first.split(" ")[0] == second.split(" ")[0]:
            continue
        share = min(_follows(a, b), _follows(b, a))
        if share >= least_share:
            pairs.append(TwinColumns(first, second, share, n_a))
    return tuple(pairs)


def _with_days(frame: pd.DataFrame) -> dict[str, pd.Series]:
    found: dict[str, pd.Series] = {}
    for name in frame.columns:
        series = frame[name]
        found[str(name)] = series
        if pd.api.types.is_datetime64_any_dtype(series):
            found[f"{name} (day of year)"] = series.dt.day_of_year
    return found


def _follows(a: np.ndarray, b: np.ndarray) -> float:
    both = (a >= 0) & (b >= 0)
    if both.sum() < 100:
        return 0.0
    pairs, counts = np.unique(np.c_[a[both], b[both]], axis=0, return_counts=True)
    order = np.lexsort((-counts, pairs[:, 0]))
    first = np.r_[True, np.diff(pairs[order, 0]) != 0]
    return float(counts[order][first].sum() / both.sum())
