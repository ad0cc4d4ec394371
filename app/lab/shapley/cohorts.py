"""What predictions are built from in one part of the rows, beside the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap_mean, holm
from app.lab.shapley.attribution import Attribution

LEAST_ROWS = 5
ROUNDS = 300
LEVEL = 0.95


@dataclass(frozen=True)
class CohortColumn:
    """Mean absolute contribution of a column inside a cohort and outside.

    Parameters
    ----------
    column : str
    inside, outside : Estimate
    difference : Estimate
        Inside minus outside.
    p_value : float
        Of no difference (Welch), corrected for the number of columns (Holm); NaN with fewer than
        five rows on a side.
    """

    column: str
    inside: Estimate
    outside: Estimate
    difference: Estimate
    p_value: float


def compare_cohorts(
    found: Attribution, mask: np.ndarray, rng: np.random.Generator
) -> tuple[CohortColumn, ...]:
    """Compare mean absolute contributions of some rows with those of the others.

    Parameters
    ----------
    found : Attribution
    mask : ndarray of bool, shape (n,)
        Rows of the cohort.
    rng : Generator

    Returns
    -------
    tuple of CohortColumn
        Largest difference first.

    References
    ----------
    Welch (1947), https://doi.org/10.1093/biomet/34.1-2.28
    """
    sizes = np.abs(found.values)
    inside, outside = sizes[mask], sizes[~mask]
    differences = [_difference(inside[:, i], outside[:, i], rng) for i in range(len(found.columns))]
    p_values = holm([_welch(inside[:, i], outside[:, i]) for i in range(len(found.columns))])
    compared = [
        CohortColumn(
            column,
            bootstrap_mean(inside[:, i], rng=rng, rounds=ROUNDS),
            bootstrap_mean(outside[:, i], rng=rng, rounds=ROUNDS),
            differences[i],
            float(p_values[i]),
        )
        for i, column in enumerate(found.columns)
    ]
    return tuple(sorted(compared, key=lambda c: -np.nan_to_num(abs(c.difference.value))))


def _difference(inside: np.ndarray, outside: np.ndarray, rng: np.random.Generator) -> Estimate:
    n = min(len(inside), len(outside))
    value = float(inside.mean() - outside.mean()) if n else float("nan")
    if n < LEAST_ROWS:
        return Estimate(value, None, None, n, LEVEL, "not enough data for an interval")
    draws = _means(inside, rng) - _means(outside, rng)
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(
        value, float(low), float(high), n, LEVEL, f"bootstrap of both sides, {ROUNDS} rounds"
    )


def _means(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    drawn = [values[rng.integers(0, len(values), len(values))].mean() for _ in range(ROUNDS)]
    return np.array(drawn)


def _welch(inside: np.ndarray, outside: np.ndarray) -> float:
    if min(len(inside), len(outside)) < LEAST_ROWS:
        return float("nan")
    if inside.var() + outside.var() == 0:
        return 1.0 if inside[0] == outside[0] else 0.0
    return float(stats.ttest_ind(inside, outside, equal_var=False).pvalue)
