"""Columns that say nearly the same, spoken of as one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from app.lab.shapley.attribution import Attribution

MOST_ROWS = 2000
MOST_LEVELS = 50
LIMIT = 0.8


def column_groups(
    frame: pd.DataFrame, columns: Sequence[str], limit: float = LIMIT
) -> tuple[tuple[str, ...], ...]:
    """Put columns together that go along with each other.

    Two numbers are compared by Spearman's rank correlation, two categories by Cramér's V (with its
    bias taken off), a number and a category by the correlation ratio of the ranks; groups are built
    by average linkage.

    Parameters
    ----------
    frame : DataFrame
        At most 2,000 rows, spread over it, are looked at.
    columns : sequence of str
    limit : float
        Mean association in (0, 1] from which columns are grouped.

    Returns
    -------
    tuple of tuple of str
        Every column in exactly one group, in the order of the columns.

    References
    ----------
    Bergsma (2013), https://doi.org/10.1016/j.jkss.2012.10.002
    """
    names = list(columns)
    if len(names) < 2:
        return tuple((name,) for name in names)
    some = frame.iloc[:: max(1, -(-len(frame) // MOST_ROWS))]
    near = _associations([_coded(some[name]) for name in names])
    tree = linkage(squareform(1 - near, checks=False), method="average")
    labels = fcluster(tree, t=1 - limit + 1e-12, criterion="distance")
    first = dict.fromkeys(labels)
    return tuple(
        tuple(n for n, label in zip(names, labels, strict=True) if label == one) for one in first
    )


def group_attribution(found: Attribution, groups: Sequence[Sequence[str]]) -> Attribution:
    """Add up the contributions of the columns of each group.

    Parameters
    ----------
    found : Attribution
    groups : sequence of sequence of str
        Disjoint; a column in none of them stays alone.

    Returns
    -------
    Attribution
        Columns are named "a + b"; base plus values is still the output.
    """
    named = {name: " + ".join(group) for group in groups for name in group}
    sources = tuple(named.get(name, name) for name in found.columns)
    return found.folded(tuple(dict.fromkeys(sources)), sources)


class _Coded:
    """A column as ranks, or as codes of its most frequent values."""

    def __init__(self, numbers: np.ndarray, by_name: bool) -> None:
        self.numbers = numbers
        self.by_name = by_name


def _coded(series: pd.Series) -> _Coded:
    dates = pd.api.types.is_datetime64_any_dtype(series)
    if dates or (pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)):
        ranks = series.rank().to_numpy(dtype=float, na_value=np.nan)
        return _Coded(ranks, False)
    codes = pd.factorize(series)[0]
    counts = np.bincount(codes[codes >= 0], minlength=1)
    kept = np.argsort(-counts, kind="stable")[:MOST_LEVELS]
    place = np.full(len(counts) + 1, MOST_LEVELS)
    place[kept] = np.arange(len(kept))
    return _Coded(np.where(codes < 0, MOST_LEVELS + 1, place[codes]), True)


def _associations(coded: list[_Coded]) -> np.ndarray:
    size = len(coded)
    found = np.eye(size)
    for i in range(size):
        for j in range(i):
            found[i, j] = found[j, i] = _association(coded[i], coded[j])
    return found


def _association(a: _Coded, b: _Coded) -> float:
    if a.by_name and b.by_name:
        return _cramer(a.numbers, b.numbers)
    if a.by_name or b.by_name:
        numbers, codes = (b.numbers, a.numbers) if a.by_name else (a.numbers, b.numbers)
        return _ratio(numbers, codes)
    both = np.isfinite(a.numbers) & np.isfinite(b.numbers)
    x, y = a.numbers[both], b.numbers[both]
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(min(1.0, abs(np.corrcoef(x, y)[0, 1])))


def _cramer(a: np.ndarray, b: np.ndarray) -> float:
    counts = np.unique(a, return_inverse=True)[1] * (MOST_LEVELS + 2) + b
    table = np.bincount(counts, minlength=(int(a.max()) + 1) * (MOST_LEVELS + 2))
    table = table[: len(table) // (MOST_LEVELS + 2) * (MOST_LEVELS + 2)]
    grid = table.reshape(-1, MOST_LEVELS + 2).astype(float)
    grid = grid[grid.sum(axis=1) > 0][:, grid.sum(axis=0) > 0]
    n, (r, k) = grid.sum(), grid.shape
    if n < 3 or r < 2 or k < 2:
        return 0.0
    expected = np.outer(grid.sum(axis=1), grid.sum(axis=0)) / n
    phi = float(((grid - expected) ** 2 / expected).sum() / n)
    phi = max(0.0, phi - (k - 1) * (r - 1) / (n - 1))
    rows, columns = r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)
    return float(min(1.0, np.sqrt(phi / max(1e-12, min(rows, columns) - 1))))


def _ratio(numbers: np.ndarray, codes: np.ndarray) -> float:
    known = np.isfinite(numbers)
    x, groups = numbers[known], np.unique(codes[known], return_inverse=True)[1]
    if len(x) < 3 or np.ptp(x) == 0 or groups.max() == 0:
        return 0.0
    counts = np.bincount(groups)
    centered = x - x.mean()
    between = float((np.bincount(groups, weights=centered) ** 2 / counts).sum())
    whole = float(centered @ centered)
    # Adjusted for the number of groups, as R² is.
    free = len(x) - len(counts)
    if free <= 0:
        return 0.0
    share = 1 - (1 - between / whole) * (len(x) - 1) / free
    return float(np.sqrt(np.clip(share, 0.0, 1.0)))
