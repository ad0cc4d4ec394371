"""A value is written differently from today on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from app.incidents.incident import Incident, Strike, changed, needs_category, ranked

if TYPE_CHECKING:
    import pandas as pd


def strike(
    rows: pd.DataFrame,
    y: np.ndarray,
    struck: np.ndarray,
    importance: Mapping[str, float],
    rng: np.random.Generator,
) -> Strike:
    """Rename the most frequent value of the most important category."""
    column = ranked(rows, importance, numeric=False)[0]
    top = rows[column].value_counts().index[0]
    hit = struck & (rows[column] == top).fillna(False).to_numpy(dtype=bool)
    renamed = np.full(len(rows), f"{str(top).lower()}_v2", dtype=object)
    return Strike(changed(rows, column, hit, renamed), y, y, np.ones(len(rows), dtype=bool))


INCIDENT = Incident(
    key="new_category",
    title="A value gets a new spelling",
    symptom="The most frequent value of a category vanishes and an unknown one appears.",
    cause="A release upstream renamed a code.",
    decoy="Counts add up and nothing is missing.",
    remedy="Fix the data: map the new spelling to the old one, then test for unseen values.",
    right_action="fix_data",
    strike=strike,
    applies=needs_category,
)
