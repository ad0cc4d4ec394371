"""Half of the rows no longer arrive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from app.incidents.incident import Incident, Strike

if TYPE_CHECKING:
    import pandas as pd

SHARE = 0.6


def strike(
    rows: pd.DataFrame,
    y: np.ndarray,
    struck: np.ndarray,
    importance: Mapping[str, float],
    rng: np.random.Generator,
) -> Strike:
    """Lose three in five of the struck rows before they reach the service."""
    return Strike(rows, y, y, ~(struck & (rng.random(len(rows)) < SHARE)))


INCIDENT = Incident(
    key="volume_drop",
    title="Rows stop arriving",
    symptom="The rows that come look fine; there are far fewer of them.",
    cause="One of the producers stopped sending after a deploy.",
    decoy="Every share and every mean is unchanged.",
    remedy="Fix the data: find the silent producer; catch up on what was missed.",
    right_action="fix_data",
    strike=strike,
)
