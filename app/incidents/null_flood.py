"""A join breaks and a column arrives mostly empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from app.incidents.incident import Incident, Strike, changed, is_numeric, ranked

if TYPE_CHECKING:
    import pandas as pd

SHARE = 0.8


def strike(
    rows: pd.DataFrame,
    y: np.ndarray,
    struck: np.ndarray,
    importance: Mapping[str, float],
    rng: np.random.Generator,
) -> Strike:
    """Empty four in five values of the most important column."""
    both = ranked(rows, importance, numeric=True) + ranked(rows, importance, numeric=False)
    column = max(both, key=lambda c: importance.get(c, 0.0))
    hit = struck & (rng.random(len(rows)) < SHARE)
    nothing = np.full(len(rows), np.nan)
    if not is_numeric(rows[column]):
        nothing = np.full(len(rows), None, dtype=object)
    return Strike(changed(rows, column, hit, nothing), y, y, np.ones(len(rows), dtype=bool))


def _applies(rows: pd.DataFrame) -> str:
    return "" if any(rows[c].nunique() > 1 for c in rows.columns) else "no column varies"


INCIDENT = Incident(
    key="null_flood",
    title="A column arrives empty",
    symptom="Four in five values of an important input are missing.",
    cause="A join upstream lost its key after a release.",
    decoy="The service is up, latency is fine, and the scores still look like scores.",
    remedy="Fix the data at the join; fall back on the rule until the column is back.",
    right_action="fix_data",
    strike=strike,
    applies=_applies,
)
