"""Means of many columns whose intervals hold all together."""

from __future__ import annotations

import numpy as np
from scipy import stats

from app.lab.column_means import LEAST_BLOCKS, drawn_means
from app.lab.estimate import Estimate

LEVEL = 0.95


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
        Normal intervals with the bootstrap's standard error, at 95 % over all that are compared;
        without an interval when there are fewer than five blocks.

    References
    ----------
    Efron & Tibshirani (1993), section 13.3, https://doi.org/10.1201/9780429246593
    Dunn (1961), https://doi.org/10.1080/01621459.1961.10482090
    """
    n = len(values)
    means = values.mean(axis=0) if n else np.full(values.shape[1], np.nan)
    if (n if blocks is None else len(np.unique(blocks))) < LEAST_BLOCKS:
        words = f"fewer than five blocks ({name})"
        return tuple(Estimate(float(mean), None, None, n, LEVEL, words) for mean in means)
    error = drawn_means(values, rng, blocks).std(axis=0, ddof=1)
    half = float(stats.norm.ppf(1 - (1 - LEVEL) / 2 / max(1, compared))) * error
    words = f"bootstrap by {name}, normal"
    words += f", 95 % over {compared} at once (Bonferroni)" if compared > 1 else ""
    return tuple(
        Estimate(float(mean), float(mean - by), float(mean + by), n, LEVEL, words)
        for mean, by in zip(means, half, strict=True)
    )
