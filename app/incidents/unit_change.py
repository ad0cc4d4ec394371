"""A source starts to send a number in another unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from app.incidents.incident import Incident, Strike, changed, needs_number, ranked

if TYPE_CHECKING:
    import pandas as pd

MILES_TO_KM = 1.609344


def strike(
    rows: pd.DataFrame,
    y: np.ndarray,
    struck: np.ndarray,
    importance: Mapping[str, float],
    rng: np.random.Generator,
) -> Strike:
    """Scale the most important number as if miles had become kilometers, and ten-fold shifted."""
    column = ranked(rows, importance, numeric=True)[0]
    values = rows[column].to_numpy(dtype=float, na_value=np.nan) * MILES_TO_KM * 10
    everything = np.ones(len(rows), dtype=bool)
    return Strike(changed(rows, column, struck, values), y, y, everything)


INCIDENT = Incident(
    key="unit_change",
    title="A unit changes overnight",
    symptom="One input jumps to another scale; scores move with it.",
    cause="An upstream team changed the unit of a field and told nobody.",
    decoy="Looks like drift, and drift looks like a reason to retrain.",
    remedy="Fix the data: convert the field or quarantine its rows, then agree on a contract.",
    right_action="fix_data",
    strike=strike,
    applies=needs_number,
)
