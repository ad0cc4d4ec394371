"""A release joins features to the wrong rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from app.incidents.incident import Incident, Strike, changed, is_numeric, ranked

if TYPE_CHECKING:
    import pandas as pd

MOST = 3


def strike(
    rows: pd.DataFrame,
    y: np.ndarray,
    struck: np.ndarray,
    importance: Mapping[str, float],
    rng: np.random.Generator,
) -> Strike:
    """Feed the model its inputs in the wrong order of rows, as a mismatched release does."""
    columns = ranked(rows, importance, numeric=True)[:MOST]
    columns += ranked(rows, importance, numeric=False)[:1]
    places = np.flatnonzero(struck)
    found = rows
    for column in columns:
        values = rows[column].astype(object).to_numpy(copy=True)
        values[places] = values[rng.permutation(places)]
        found = changed(found, column, struck, _typed(values, rows[column]))
    return Strike(found, y, y, np.ones(len(rows), dtype=bool))


def _typed(values: np.ndarray, like: pd.Series) -> np.ndarray:
    return values.astype(float) if is_numeric(like) else values


def _applies(rows: pd.DataFrame) -> str:
    enough = ranked(rows, {}, numeric=True) or ranked(rows, {}, numeric=False)
    return "" if enough else "no column varies"


INCIDENT = Incident(
    key="feature_mixup",
    title="A release mixes up the features",
    symptom="Each input looks right on its own and the scores have their usual spread, yet "
    "quality falls the day after a release.",
    cause="The release joined features to the wrong rows.",
    decoy="No single input has drifted, so it must be the world. It is the release.",
    remedy="Roll back: the date of the release is the evidence; then test parity row by row.",
    right_action="roll_back",
    strike=strike,
    applies=_applies,
)
