"""Rows that try every side of a forest: on its thresholds, beside them, missing, far away."""

from __future__ import annotations

import numpy as np

from app.lab.trees.forest import Forest

PROBES = 64
FAR = 1e30


def probe_rows(forest: Forest, columns: int) -> np.ndarray:
    """Return rows made from a forest's own thresholds, always the same.

    Parameters
    ----------
    forest : Forest
    columns : int

    Returns
    -------
    ndarray of float, shape (64, columns)
    """
    rng = np.random.default_rng(0)
    found = np.zeros((PROBES, columns))
    for column in range(columns):
        asked = forest.feature == column
        choice = _values(forest, asked)
        found[:, column] = rng.choice(choice, PROBES)
    found[rng.random(found.shape) < 0.1] = np.nan
    return found


def _values(forest: Forest, asked: np.ndarray) -> np.ndarray:
    sets = forest.bits_at[asked]
    if (sets >= 0).any():
        most = max(32 * int(forest.bits[at]) for at in sets[sets >= 0])
        return np.arange(most, dtype=float)
    cuts = forest.threshold[asked]
    # A threshold without end only asks whether there is a value.
    cuts = cuts[np.isfinite(cuts)]
    beside = np.nextafter(cuts, np.inf)
    step = 1e-3 * (1 + np.abs(cuts))
    return np.concatenate([cuts, beside, cuts - step, cuts + step, [0.0, -FAR, FAR]])
