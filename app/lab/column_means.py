"""Means of many columns over the same rows, with intervals, in one go."""

from __future__ import annotations

import numpy as np

from app.lab.estimate import Estimate

ROUNDS = 300
LEVEL = 0.95
LEAST_BLOCKS = 5


def drawn_means(
    values: np.ndarray, rng: np.random.Generator, blocks: np.ndarray | None = None
) -> np.ndarray:
    """Return the means of bootstrap resamples, all columns drawn together.

    Parameters
    ----------
    values : ndarray of float, shape (n, p)
        At least one row.
    rng : Generator
    blocks : ndarray of int, shape (n,), optional
        Rows with one block number are drawn together.

    Returns
    -------
    ndarray of float, shape (300, p)

    References
    ----------
    Efron & Tibshirani (1993), https://doi.org/10.1201/9780429246593
    """
    sums, sizes = values, np.ones(len(values))
    if blocks is not None:
        codes = np.unique(blocks, return_inverse=True)[1]
        sizes = np.bincount(codes).astype(float)
        sums = np.zeros((len(sizes), values.shape[1]))
        np.add.at(sums, codes, values)
    count = len(sizes)
    found = np.empty((ROUNDS, values.shape[1]))
    for i in range(ROUNDS):
        weights = np.bincount(rng.integers(0, count, count), minlength=count).astype(float)
        found[i] = weights @ sums / (weights @ sizes)
    return found


def column_means(
    values: np.ndarray,
    rng: np.random.Generator,
    blocks: np.ndarray | None = None,
    name: str = "",
) -> tuple[Estimate, ...]:
    """Return the mean of every column with its bootstrap interval.

    Parameters
    ----------
    values : ndarray of float, shape (n, p)
    rng : Generator
    blocks : ndarray of int, shape (n,), optional
        Rows with one block number are drawn together.
    name : str
        What a block is; "row" or "block" when left out.

    Returns
    -------
    tuple of Estimate
        Without an interval when there are fewer than five blocks.
    """
    n = len(values)
    name = name or ("row" if blocks is None else "block")
    if n == 0:
        return tuple(Estimate(float("nan"), None, None, 0, LEVEL, "no rows") for _ in values.T)
    means = values.mean(axis=0)
    if (n if blocks is None else len(np.unique(blocks))) < LEAST_BLOCKS:
        words = f"fewer than five blocks ({name})"
        return tuple(Estimate(float(mean), None, None, n, LEVEL, words) for mean in means)
    draws = drawn_means(values, rng, blocks)
    ends = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    words = f"bootstrap by {name}, {ROUNDS} rounds"
    return tuple(
        Estimate(float(mean), float(low), float(high), n, LEVEL, words)
        for mean, low, high in zip(means, *ends, strict=True)
    )
