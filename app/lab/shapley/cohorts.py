"""What predictions are built from in one part of the rows, beside the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from app.lab.column_means import LEVEL, ROUNDS, column_means, drawn_means
from app.lab.estimate import Estimate
from app.lab.intervals import holm
from app.lab.shapley.attribution import Attribution
from app.lab.slices import measure_in

LEAST_ROWS = 5
ROUNDING = 1e-9


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
        Of no difference (Welch, by block where there are blocks), corrected for the number of
        columns (Holm) and of cohorts (Bonferroni); NaN with fewer than five rows or blocks on a
        side.
    """

    column: str
    inside: Estimate
    outside: Estimate
    difference: Estimate
    p_value: float


def compare_cohorts(
    found: Attribution,
    mask: np.ndarray,
    rng: np.random.Generator,
    blocks: np.ndarray | None = None,
    cohorts: int = 1,
) -> tuple[CohortColumn, ...]:
    """Compare mean absolute contributions of some rows with those of the others.

    Parameters
    ----------
    found : Attribution
    mask : ndarray of bool, shape (n,)
        Rows of the cohort.
    rng : Generator
    blocks : ndarray of int, shape (n,), optional
        Rows of one block (day, group, list) are alike: intervals and p values allow for it.
    cohorts : int
        Number of cohorts that are compared; p values are corrected for all of them.

    Returns
    -------
    tuple of CohortColumn
        Largest difference first.

    References
    ----------
    Welch (1947), https://doi.org/10.1093/biomet/34.1-2.28
    """
    sizes = np.abs(found.values)
    sides = sizes[mask], sizes[~mask]
    parts = (None, None) if blocks is None else (blocks[mask], blocks[~mask])
    inside, outside = (column_means(s, rng, b) for s, b in zip(sides, parts, strict=True))
    differences = _differences(*sides, rng)
    raw = [_welch(*(side[:, i] for side in sides)) for i in range(sizes.shape[1])]
    if blocks is not None and min(len(side) for side in sides) >= LEAST_ROWS:
        told = [measure_in(mask, np.ascontiguousarray(column), blocks) for column in sizes.T]
        differences = tuple(one.excess for one in told)
        # Whole blocks may say less than single rows do, never more; too few of them say nothing.
        raw = np.maximum(raw, [one.p_value for one in told]).tolist()
    p_values = np.minimum(holm(raw) * cohorts, 1.0)
    compared = [
        CohortColumn(column, inside[i], outside[i], differences[i], float(p_values[i]))
        for i, column in enumerate(found.columns)
    ]
    return tuple(sorted(compared, key=lambda c: -np.nan_to_num(abs(c.difference.value))))


def _differences(
    inside: np.ndarray, outside: np.ndarray, rng: np.random.Generator
) -> tuple[Estimate, ...]:
    n = min(len(inside), len(outside))
    if n == 0:
        words = "no rows on a side"
        return tuple(Estimate(float("nan"), None, None, 0, LEVEL, words) for _ in inside.T)
    values = inside.mean(axis=0) - outside.mean(axis=0)
    if n < LEAST_ROWS:
        words = "not enough data for an interval"
        return tuple(Estimate(float(v), None, None, n, LEVEL, words) for v in values)
    draws = drawn_means(inside, rng) - drawn_means(outside, rng)
    ends = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    words = f"bootstrap of both sides, {ROUNDS} rounds"
    return tuple(
        Estimate(float(v), float(low), float(high), n, LEVEL, words)
        for v, low, high in zip(values, *ends, strict=True)
    )


def _welch(inside: np.ndarray, outside: np.ndarray) -> float:
    if min(len(inside), len(outside)) < LEAST_ROWS:
        return float("nan")
    a, b = (_exactly_constant(side) for side in (inside, outside))
    if np.ptp(a) == 0 and np.ptp(b) == 0:
        return 1.0 if np.isclose(a[0], b[0], rtol=ROUNDING) else 0.0
    error = a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)
    free = error**2 / sum((s.var(ddof=1) / len(s)) ** 2 / (len(s) - 1) for s in (a, b))
    return float(2 * stats.t.sf(abs(a.mean() - b.mean()) / np.sqrt(error), free))


def _exactly_constant(values: np.ndarray) -> np.ndarray:
    """Return the values, without differences that are only rounding."""
    middle = float(values.mean())
    if np.ptp(values) <= ROUNDING * abs(middle):
        return np.full(len(values), middle)
    return values
