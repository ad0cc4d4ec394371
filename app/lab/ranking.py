"""Ranking: how good the top of each list is, one value a query."""

from __future__ import annotations

import numpy as np

# Items with equal scores stand in an order that has nothing to do with how they came in.
TIES = 20_231_117


def positions(score: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Return the place of every item in its list, best first.

    Parameters
    ----------
    score : ndarray of float, shape (n,)
        Higher is better; equal scores are shuffled the same way at every call.
    queries : ndarray of int, shape (n,)

    Returns
    -------
    ndarray of int, shape (n,)
        From 0.
    """
    n = len(score)
    ties = np.random.default_rng(TIES).permutation(n)
    order = np.lexsort((ties, -score, queries))
    ordered = queries[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if n else np.empty(0, int)
    lengths = np.diff(np.r_[starts, n])
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n) - np.repeat(starts, lengths)
    return place


def _sums(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return np.asarray(np.bincount(codes, weights=values), dtype=float)


def _shares(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    found = np.full(len(whole), np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found


def ndcg(y: np.ndarray, score: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    """Return the normalized discounted cumulative gain of the first k items of every query.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
        Grade of every item, 0 for one that is no answer; the gain of a grade g is 2**g - 1.
    score : ndarray of float, shape (n,)
    queries : ndarray of int, shape (n,)
    k : int

    Returns
    -------
    ndarray of float, shape (number of queries,)
        In [0, 1], queries in ascending order; NaN where no item has a grade above zero.

    References
    ----------
    Järvelin & Kekäläinen (2002), https://doi.org/10.1145/582415.582418
    Burges et al. (2005), https://doi.org/10.1145/1102351.1102363
    """
    codes = np.unique(queries, return_inverse=True)[1]
    gain = np.exp2(y) - 1
    found = _sums(_discounted(gain, positions(score, queries), k), codes)
    ideal = _sums(_discounted(gain, positions(y, queries), k), codes)
    return _shares(found, ideal)


def _discounted(gain: np.ndarray, place: np.ndarray, k: int) -> np.ndarray:
    return np.where(place < k, gain / np.log2(place + 2), 0.0)


def reciprocal_rank(
    y: np.ndarray, score: np.ndarray, queries: np.ndarray, relevant_from: float
) -> np.ndarray:
    """Return one over the rank of the first good item of every query.

    Parameters
    ----------
    y, score : ndarray of float, shape (n,)
    queries : ndarray of int, shape (n,)
    relevant_from : float
        Grade from which an item is good.

    Returns
    -------
    ndarray of float, shape (number of queries,)
        0 where no item is good.
    """
    codes = np.unique(queries, return_inverse=True)[1]
    good = y >= relevant_from
    first = np.full(int(codes.max()) + 1 if len(codes) else 0, np.inf)
    np.minimum.at(first, codes[good], positions(score, queries)[good] + 1.0)
    return np.asarray(1.0 / first)


def recall_at(
    y: np.ndarray, score: np.ndarray, queries: np.ndarray, k: int, relevant_from: float
) -> np.ndarray:
    """Return the share of good items among the first k of every query.

    Parameters
    ----------
    y, score : ndarray of float, shape (n,)
    queries : ndarray of int, shape (n,)
    k : int
    relevant_from : float

    Returns
    -------
    ndarray of float, shape (number of queries,)
        NaN where no item is good.
    """
    codes = np.unique(queries, return_inverse=True)[1]
    good = (y >= relevant_from).astype(float)
    top = np.where(positions(score, queries) < k, good, 0.0)
    all_good = _sums(good, codes)
    found = _sums(top, codes)
    return _shares(found, all_good)


def success_at(
    y: np.ndarray, score: np.ndarray, queries: np.ndarray, k: int, relevant_from: float
) -> np.ndarray:
    """Return 1.0 for every query with a good item among the first k, else 0.0.

    Parameters
    ----------
    y, score : ndarray of float, shape (n,)
    queries : ndarray of int, shape (n,)
    k : int
    relevant_from : float

    Returns
    -------
    ndarray of float, shape (number of queries,)
    """
    codes = np.unique(queries, return_inverse=True)[1]
    top = (y >= relevant_from) & (positions(score, queries) < k)
    return np.asarray(np.minimum(_sums(top.astype(float), codes), 1.0))


def spread(values: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Return one value a row whose mean over the rows is the mean over the queries.

    What is known of whole lists can then be averaged, sliced and resampled like rows.

    Parameters
    ----------
    values : ndarray of float, shape (number of queries,)
        In ascending order of the queries; NaN counts as the mean of the others.
    queries : ndarray of int, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)
    """
    codes, sizes = np.unique(queries, return_inverse=True, return_counts=True)[1:]
    known = np.isfinite(values)
    filled = np.where(known, values, values[known].mean() if known.any() else np.nan)
    return np.asarray((filled * len(queries) / (len(sizes) * sizes))[codes])
