"""Means of many columns whose intervals hold all together."""

from __future__ import annotations

import numpy as np

from app.lab.at_once import LEVEL, half_width
from app.lab.column_means import LEAST_BLOCKS, drawn_means
from app.lab.estimate import Estimate


def joint_means(
    values: np.ndarray,
    rng: np.random.Generator,
    blocks: np.ndarray | None = None,
    name: str = "row",
    compared: int = 1,
) -> tuple[Estimate, ...]:
    """Return the mean of every column with an interval that allows for how many are looked at.

    Parameters
    ----------
    values : ndarray of float, shape (n, p)
    rng : Generator
    blocks : ndarray of int, shape (n,), optional
        Rows with one block number are drawn together.
    name : str
        What a block is.
    compared : int
        How many comparisons are made together, at least 1 (Bonferroni).

    Returns
    -------
    tuple of Estimate
        With the bootstrap's standard error and Student's t of the blocks, at 95 % over all that
        are compared; without an interval when there are fewer than five blocks.

    References
    ----------
    Efron & Tibshirani (1993), section 13.3, https://doi.org/10.1201/9780429246593
    """
    n = len(values)
    means = values.mean(axis=0) if n else np.full(values.shape[1], np.nan)
    count = n if blocks is None else len(np.unique(blocks))
    if count < LEAST_BLOCKS:
        words = f"fewer than five blocks ({name})"
        return tuple(Estimate(float(mean), None, None, n, LEVEL, words) for mean in means)
    error = drawn_means(values, rng, blocks).std(axis=0, ddof=1)
    half = half_width(error, count, max(1, compared))
    words = f"bootstrap by {name}, t of {count:,} blocks"
    words += f", 95 % over {compared} at once (Bonferroni)" if compared > 1 else ""
    return tuple(
        Estimate(float(mean), float(mean - by), float(mean + by), n, LEVEL, words)
        for mean, by in zip(means, half, strict=True)
    )
