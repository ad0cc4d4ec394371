"""The labels go wrong, the model does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from app.incidents.incident import Incident, Strike

if TYPE_CHECKING:
    import pandas as pd

SHARE = 0.3


def strike(
    rows: pd.DataFrame,
    y: np.ndarray,
    struck: np.ndarray,
    importance: Mapping[str, float],
    rng: np.random.Generator,
) -> Strike:
    """Record wrong labels for three in ten struck rows; what really happens stays the same."""
    hit = struck & (rng.random(len(rows)) < SHARE)
    seen = y.copy()
    binary = set(np.unique(y)) <= {0.0, 1.0}
    if binary:
        seen[hit] = 1 - seen[hit]
    elif hit.any():
        seen[hit] = rng.permutation(y)[: int(hit.sum())]
    return Strike(rows, y, seen, np.ones(len(rows), dtype=bool))


INCIDENT = Incident(
    key="label_bug",
    title="The labels go wrong",
    symptom="Measured quality collapses overnight; inputs and scores are as always.",
    cause="The job that writes labels was changed and now gets some of them wrong.",
    decoy="Looks exactly like a broken model, and retraining would learn the wrong labels.",
    remedy="Fix the data: audit a few labels by hand before anyone retrains.",
    right_action="fix_data",
    strike=strike,
)
