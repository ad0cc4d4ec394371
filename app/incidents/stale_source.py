"""A feed stops, and yesterday's values are served again and again."""

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
    """Serve the last value before the strike of the most important number to every row."""
    column = ranked(rows, importance, numeric=True)[0]
    values = rows[column].to_numpy(dtype=float, na_value=np.nan)
    before = values[~struck & np.isfinite(values)]
    pool = before if len(before) else values[np.isfinite(values)]
    frozen = np.full(len(rows), pool[-1] if len(pool) else 0.0)
    everything = np.ones(len(rows), dtype=bool)
    return Strike(changed(rows, column, struck, frozen), y, y, everything)


INCIDENT = Incident(
    key="stale_source",
    title="A feed goes stale",
    symptom="One input no longer changes; nothing is missing and nothing is out of range.",
    cause="The feed stopped and a cache keeps serving the last value.",
    decoy="Every range and null check is green.",
    remedy="Fix the data: alarm on the age of the feed, not only on its values.",
    right_action="fix_data",
    strike=strike,
    applies=needs_number,
)
