"""Intervals for measured numbers, and tests between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from scipy import stats

from app.lab.estimate import Estimate

DEGENERATE_LIMIT = 0.1

Statistic = Callable[..., float]


def bootstrap(
    statistic: Statistic,
    *arrays: np.ndarray,
    rng: np.random.Generator,
    blocks: np.ndarray | None = None,
    rounds: int = 400,
    level: float = 0.95,
    name: str = "row",
) -> Estimate:
    """Return a statistic with its percentile bootstrap interval.

    Parameters
    ----------
    statistic : callable
        Takes the resampled arrays, returns a float.
    *arrays : ndarray, shape (n, ...)
        Resampled together.
    rng : Generator
    blocks : ndarray of int, shape (n,), optional
        Rows with one block number are drawn together (days, groups).
    rounds : int
        Number of resamples.
    level : float
    name : str
        What a block is, for the name of the method.

    Returns
    -------
    Estimate
        Without an interval when more than a tenth of the resamples are degenerate (NaN).

    References
    ----------
    Efron & Tibshirani (1993), https://doi.org/10.1201/9780429246593
    """
    n = len(arrays[0])
    value = float(statistic(*arrays)) if n else float("nan")
    draws = np.array(
        [statistic(*(a[rows] for a in arrays)) for rows in _resamples(n, blocks, rounds, rng)]
    )
    return _percentiles(value, draws, n, level, f"bootstrap by {name}, {rounds} rounds")


def _resamples(
    n: int, blocks: np.ndarray | None, rounds: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Draw row numbers, block by block, one resample at a time."""
    if n == 0:
        return
    if blocks is None:
        for _ in range(rounds):
            yield rng.integers(0, n, n)
        return
    order = np.argsort(blocks, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(blocks[order]) != 0])
    sizes = np.diff(np.r_[starts, n])
    count = len(starts)
    for _ in range(rounds):
        drawn = rng.integers(0, count, count)
        long = sizes[drawn]
        ends = np.cumsum(long)
        # Position inside its block of every drawn row.
        inside = np.arange(ends[-1]) - np.repeat(ends - long, long)
        yield order[np.repeat(starts[drawn], long) + inside]


def _percentiles(value: float, draws: np.ndarray, n: int, level: float, method: str) -> Estimate:
    good = draws[np.isfinite(draws)]
    if len(draws) == 0 or len(good) < (1 - DEGENERATE_LIMIT) * len(draws):
        return Estimate(value, None, None, n, level, "not enough data for an interval")
    low, high = np.quantile(good, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(low), float(high), n, level, method)


def bootstrap_mean(
    values: np.ndarray,
    *,
    rng: np.random.Generator,
    blocks: np.ndarray | None = None,
    rounds: int = 1000,
    level: float = 0.95,
    name: str = "row",
) -> Estimate:
    """Return the mean of values with its (block) bootstrap interval, quickly.

    Block sums are formed once; a resample is a vector of block counts.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
    rng, blocks, rounds, level, name
        As in `bootstrap`.

    Returns
    -------
    Estimate
        Without an interval when there are fewer than five blocks.
    """
    n = len(values)
    if n == 0:
        return Estimate(float("nan"), None, None, 0, level, "no rows")
    codes = np.arange(n) if blocks is None else np.unique(blocks, return_inverse=True)[1]
    sums = np.bincount(codes, weights=values)
    sizes = np.bincount(codes).astype(float)
    count = len(sums)
    value = float(np.mean(values))
    if count < 5:
        return Estimate(value, None, None, n, level, f"fewer than five blocks ({name})")
    draws = np.empty(rounds)
    for i in range(rounds):
        weights = np.bincount(rng.integers(0, count, count), minlength=count)
        draws[i] = weights @ sums / (weights @ sizes)
    return _percentiles(value, draws, n, level, f"bootstrap by {name}, {rounds} rounds")


def corrected_resampled_t(
    differences: np.ndarray, n_train: float, n_test: float, level: float = 0.95
) -> tuple[Estimate, float]:
    """Return the mean of per-fold differences with the corrected resampled t interval.

    Folds share training rows, so the plain t interval is too narrow; the variance is inflated
    by the ratio of test to training rows.

    Parameters
    ----------
    differences : ndarray of float, shape (k,)
        One difference of scores a fold.
    n_train, n_test : float
        Mean number of training and validation rows of a fold.
    level : float

    Returns
    -------
    estimate : Estimate
        Mean difference; n is the number of folds.
    p_value : float
        Two-sided, of the mean being zero; NaN with fewer than two folds.

    References
    ----------
    Nadeau & Bengio (2003), https://doi.org/10.1023/A:1024068626366
    """
    d = np.asarray(differences, dtype=float)
    d = d[np.isfinite(d)]
    k = len(d)
    mean = float(d.mean()) if k else float("nan")
    method = "corrected resampled t over folds"
    if k < 2:
        return Estimate(mean, None, None, k, level, method), float("nan")
    spread = float(np.sqrt((1 / k + n_test / n_train) * d.var(ddof=1)))
    half = float(stats.t.ppf(0.5 + level / 2, k - 1)) * spread
    if spread == 0:
        p = 1.0 if mean == 0 else 0.0
    else:
        p = float(2 * stats.t.sf(abs(mean / spread), k - 1))
    return Estimate(mean, mean - half, mean + half, k, level, method), p


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Return p values corrected for their number by Holm's step-down method.

    Parameters
    ----------
    p_values : sequence of float
        NaN stays NaN and is not counted.

    Returns
    -------
    ndarray of float
        Same order, each at least the raw one, at most 1.

    References
    ----------
    Holm (1979), https://www.jstor.org/stable/4615733
    """
    p = np.asarray(p_values, dtype=float)
    found = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    running = 0.0
    for place, index in enumerate(order):
        running = max(running, (len(order) - place) * p[index])
        found[index] = min(1.0, running)
    return found
