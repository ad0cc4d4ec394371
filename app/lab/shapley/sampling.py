"""Shapley values of any model, from orders of columns drawn at random, with their error."""

from __future__ import annotations

import numpy as np

from app.lab.shapley.attribution import Attribution, attribution
from app.lab.shapley.mixture import Mixture

LEAST_DRAWS, MOST_DRAWS = 5, 24
# Rows that may be predicted in all before only the least number of draws is made.
ROWS = 100_000


def explain_by_draws(mixture: Mixture, form: str) -> Attribution:
    """Split each answer along random orders of the columns, each walked both ways.

    Parameters
    ----------
    mixture : Mixture
    form : {"binary", "multiclass", "regression"}

    Returns
    -------
    Attribution
        Base plus values is the row's answer exactly; each value is a mean over draws, with its
        standard error.

    References
    ----------
    Castro et al. (2009), https://doi.org/10.1016/j.cor.2008.04.004
    Mitchell et al. (2022), https://www.jmlr.org/papers/v23/21-0439.html
    """
    n, p = mixture.n, len(mixture.columns)
    unknown = mixture.size - n
    draws = int(np.clip(ROWS // max(1, 2 * n * (p + 1)), LEAST_DRAWS, MOST_DRAWS))
    starts = n + (np.arange(draws) * unknown // draws + unknown // (2 * draws)) % unknown
    # The same rows are explained alike whenever they are asked about.
    rng = np.random.default_rng(0)
    total, squares = np.zeros((n, p)), np.zeros((n, p))
    bases = np.zeros(n)
    for start in starts:
        order = rng.permutation(p)
        drawn, base = _both_ways(mixture, int(start), order)
        total += drawn
        squares += drawn**2
        bases += base / draws
    mean = total / draws
    spread = np.maximum(squares / draws - mean**2, 0) * draws / (draws - 1)
    return attribution(
        mixture.columns,
        mean,
        bases,
        "target" if form == "regression" else "probability",
        f"sampled: {2 * draws} random orders of the columns",
        error=np.sqrt(spread / draws),
        classes=mixture.asked,
    )


def _both_ways(mixture: Mixture, start: int, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what each column changes when it becomes known, over both ways, and the start."""
    n, p = mixture.n, len(mixture.columns)
    rows = np.full((2, p + 1, n, p), start)
    for way, columns in enumerate((order, order[::-1])):
        for step, column in enumerate(columns):
            rows[way, step + 1 :, :, column] = np.arange(n)
    about = np.tile(np.arange(n), 2 * (p + 1))
    told = mixture.answer(rows.reshape(-1, p), about).reshape(2, p + 1, n)
    changes = np.diff(told, axis=1)
    values = np.zeros((n, p))
    values[:, order] += changes[0].T / 2
    values[:, order[::-1]] += changes[1].T / 2
    return values, told[0, 0]
