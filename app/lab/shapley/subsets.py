"""Shapley's own formula, over all subsets of a few columns."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np

from app.lab.shapley.attribution import Attribution, attribution
from app.lab.shapley.mixture import Mixture

MOST_COLUMNS = 6
BACKGROUND_ROWS = 20


def explain_by_subsets(mixture: Mixture, form: str) -> Attribution:
    """Split each answer by the worth of every subset of known columns.

    Parameters
    ----------
    mixture : Mixture
        Of at most six columns and few rows of background.
    form : {"binary", "multiclass", "regression"}

    Returns
    -------
    Attribution
        Exact for this background.

    References
    ----------
    Shapley (1953), https://doi.org/10.1515/9781400881970-018
    """
    p = len(mixture.columns)
    worth = {
        frozenset(known): _worth(mixture, known)
        for size in range(p + 1)
        for known in combinations(range(p), size)
    }
    values = np.zeros((mixture.n, p))
    for place in range(p):
        others = [other for other in range(p) if other != place]
        for size in range(p):
            weight = factorial(size) * factorial(p - size - 1) / factorial(p)
            for subset in combinations(others, size):
                key = frozenset(subset)
                values[:, place] += weight * (worth[key | {place}] - worth[key])
    used = mixture.size - mixture.n
    return attribution(
        mixture.columns,
        values,
        worth[frozenset()],
        "target" if form == "regression" else "probability",
        f"Shapley's formula, all subsets, against {used} training rows",
        classes=mixture.asked,
    )


def _worth(mixture: Mixture, known: tuple[int, ...]) -> np.ndarray:
    """Return the mean answer where some columns are known and the others come from elsewhere."""
    n, p = mixture.n, len(mixture.columns)
    whole = len(known) == p
    m = 1 if whole else mixture.size - n
    about = np.repeat(np.arange(n), m)
    rows = np.tile(np.arange(n, n + m), n)[:, None] * np.ones(p, dtype=int)
    rows[:, list(known)] = about[:, None]
    return np.asarray(mixture.answer(rows, about).reshape(n, m).mean(axis=1))
