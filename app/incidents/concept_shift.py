"""The world changes while the inputs look the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from app.incidents.incident import Incident, Strike, is_code, ranked

if TYPE_CHECKING:
    import pandas as pd

SHARE = 0.35
SPREADS = 1.5


def strike(
    rows: pd.DataFrame,
    y: np.ndarray,
    struck: np.ndarray,
    importance: Mapping[str, float],
    rng: np.random.Generator,
) -> Strike:
    """Make the outcome come about where the model does not expect it."""
    numbers = ranked(rows, importance, numeric=True)
    hit = struck & (rng.random(len(rows)) < SHARE)
    if numbers:
        values = rows[numbers[0]].to_numpy(dtype=float, na_value=np.nan)
        finite = values[np.isfinite(values)]
        middle = float(np.median(finite)) if len(finite) else 0.0
        hit = struck & (np.nan_to_num(values, nan=middle) <= middle)
        hit &= rng.random(len(rows)) < 2 * SHARE
    new = y.copy()
    binary = set(np.unique(y)) <= {0.0, 1.0}
    if binary:
        new[hit] = 1.0
    elif is_code(y):
        new[hit] = rng.permutation(y)[: int(hit.sum())]
    else:
        new[hit] = y[hit] + SPREADS * float(np.std(y))
    return Strike(rows, new, new, np.ones(len(rows), dtype=bool))


INCIDENT = Incident(
    key="concept_shift",
    title="The world changes, the inputs do not",
    symptom="Every input and every score looks as always; the outcomes do not.",
    cause="A new process, a new competitor, a new rule outside: the old relation no longer holds.",
    decoy="All input monitors are green, so the labels must be wrong. They are not.",
    remedy="Fall back first, then retrain on rows from after the change, once there are enough.",
    right_action="retrain",
    strike=strike,
)
