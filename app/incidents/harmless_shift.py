"""An input moves that hardly matters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from app.incidents.incident import Incident, Strike, changed, needs_number, ranked

if TYPE_CHECKING:
    import pandas as pd


def strike(
    rows: pd.DataFrame,
    y: np.ndarray,
    struck: np.ndarray,
    importance: Mapping[str, float],
    rng: np.random.Generator,
) -> Strike:
    """Shift the least important number by one standard deviation."""
    column = ranked(rows, importance, numeric=True)[-1]
    values = rows[column].to_numpy(dtype=float, na_value=np.nan)
    finite = values[np.isfinite(values)]
    moved = values + (np.std(finite) if len(finite) else 0.0)
    everything = np.ones(len(rows), dtype=bool)
    return Strike(changed(rows, column, struck, moved), y, y, everything)


INCIDENT = Incident(
    key="harmless_shift",
    title="A harmless input moves",
    symptom="A drift alarm on one input; scores, quality and cost are as before.",
    cause="The population changed in a way that the prediction hardly depends on.",
    decoy="A large drift number is taken for a large problem.",
    remedy="Leave it alone: note it, and rank alarms by harm instead of distance.",
    right_action="leave_alone",
    strike=strike,
    applies=needs_number,
)
