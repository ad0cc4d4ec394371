"""What is predicted becomes more frequent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from app.incidents.incident import Incident, Strike

if TYPE_CHECKING:
    import pandas as pd

TIMES = 3.0


def strike(
    rows: pd.DataFrame,
    y: np.ndarray,
    struck: np.ndarray,
    importance: Mapping[str, float],
    rng: np.random.Generator,
) -> Strike:
    """Draw the struck rows anew, those with a high target three times as often."""
    places = np.flatnonzero(struck)
    weight = np.where(y[places] > np.median(y), TIMES, 1.0)
    drawn = np.arange(len(rows))
    if len(places):
        drawn[places] = rng.choice(places, size=len(places), p=weight / weight.sum())
    new = rows.iloc[drawn].set_axis(rows.index)
    return Strike(new, y[drawn], y[drawn], np.ones(len(rows), dtype=bool), drawn)


INCIDENT = Incident(
    key="prior_shift",
    title="It happens far more often",
    symptom="Scores and outcomes rise together; the ranking is as good as before.",
    cause="A season, a campaign or an outbreak: more cases, of the same kind.",
    decoy="Quality in absolute numbers falls, which looks like a broken model.",
    remedy="Change the threshold or the capacity; the ranking still holds.",
    right_action="change_threshold",
    strike=strike,
    redraws=True,
)
