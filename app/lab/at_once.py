"""Intervals of means that hold all together, also where there are few blocks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats

from app.lab.column_means import LEAST_BLOCKS
from app.lab.estimate import Estimate

LEVEL = 0.95


def half_width(error: np.ndarray, blocks: int, compared: int = 1) -> np.ndarray:
    """Return how far intervals reach to either side, by the bootstrap's standard errors.

    A bootstrap of few blocks is too narrow: it divides by their number, and knows no doubt about
    its own spread. Both are made good here, by Student's t.

    Parameters
    ----------
    error : ndarray of float
        Standard errors of bootstrap means.
    blocks : int
        Number of blocks (days, groups, rows) that were drawn, at least 2.
    compared : int
        How many comparisons are made together, at least 1 (Bonferroni).

    Returns
    -------
    ndarray of float
        Like ``error``; at 95 % over all that are compared.

    References
    ----------
    Dunn (1961), https://doi.org/10.1080/01621459.1961.10482090
    Cameron, Gelbach & Miller (2008), https://doi.org/10.1162/rest.90.3.414
    """
    level = 1 - (1 - LEVEL) / compared
    reach = np.sqrt(blocks / (blocks - 1)) * stats.t.ppf((1 + level) / 2, blocks - 1)
    return np.asarray(error * reach)


def at_once(mean: Estimate, compared: int, blocks: int = LEAST_BLOCKS) -> Estimate:
    """Widen the bootstrap interval of one mean until all that are compared hold together.

    Resamples of few blocks do not reach far into the tails: the spread is taken, see `half_width`.

    Parameters
    ----------
    mean : Estimate
        With a bootstrap interval, or without one.
    compared : int
        How many comparisons are made together, at least 1 (Bonferroni).
    blocks : int
        Number of blocks (days, groups, rows) it was drawn from, at least 5; where it is not known,
        5, the fewest for which there is an interval.

    Returns
    -------
    Estimate
        Around the value, at the level of a single one; without an interval when there was none.

    Raises
    ------
    ValueError
        If there is an interval and fewer than five blocks, or nothing is compared.
    """
    if compared < 1:
        raise ValueError(f"compared is {compared}; at least 1 comparison")
    if mean.low is None or mean.high is None:
        return mean
    if blocks < LEAST_BLOCKS:
        raise ValueError(f"blocks is {blocks}; an interval takes at least {LEAST_BLOCKS}")
    # The ends of a percentile interval are unsteady: the wider side counts for both.
    reach = max(mean.high - mean.value, mean.value - mean.low)
    error = np.asarray(reach / stats.norm.ppf((1 + mean.level) / 2))
    half = float(half_width(error, blocks, compared))
    level = 1 - (1 - LEVEL) / compared
    method = f"{mean.method}, t of {blocks:,} blocks, 95 % over {compared} at once (Bonferroni)"
    return replace(mean, low=mean.value - half, high=mean.value + half, level=level, method=method)
