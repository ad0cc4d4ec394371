"""A release joins features to the wrong rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.columns import changed, is_numeric, needs_column, ranked, values_of
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import moved_in_service

if TYPE_CHECKING:
    import pandas as pd

    from app.lab.world import World

MOST = 3
# Of the rows, however mild the incident.
LEAST = 0.4


def strike(world: World, strength: Strength, context: Context) -> World:
    """Feed the model its inputs in the wrong order of rows, as a mismatched release does."""
    columns = ranked(world.rows, context.importance, numeric=True)[:MOST]
    columns += ranked(world.rows, context.importance, numeric=False)[:1]
    places = np.flatnonzero(context.struck(strength, min(1.0, LEAST + context.severity)))
    hit = np.zeros(world.n, dtype=bool)
    hit[places] = True
    found = world.rows
    for column in columns:
        values = values_of(found, column)
        values[places] = values[context.rng.permutation(places)]
        found = changed(found, column, hit, values)
    return world.but(rows=found)


def shuffled(quiet: Seen, struck: Seen) -> bool:
    """Say whether the service saw the right values in the wrong rows."""
    world, moved = struck.world, moved_in_service(struck)
    return bool(moved) and all(
        _same_values(world.rows[column], world.sent[column], struck.after) for column in moved
    )


def _same_values(seen: pd.Series, sent: pd.Series, rows: np.ndarray) -> bool:
    if is_numeric(seen):
        one, other = (np.sort(c[rows].to_numpy(float, na_value=np.nan)) for c in (seen, sent))
        return bool(np.array_equal(one, other, equal_nan=True))
    counts = (c[rows].astype(str).value_counts().to_dict() for c in (seen, sent))
    return next(counts) == next(counts)


INCIDENT = Incident(
    key="feature_mixup",
    title="A release mixes up the features",
    group="service",
    symptom="Each input looks right on its own and the scores have their usual spread, yet "
    "quality falls the day after a release.",
    cause="The release joined features to the wrong rows.",
    remedy="Roll back: the date of the release is the evidence; then test parity row by row.",
    mends={"roll_back": "ends", "fall_back": "contains", "retrain": "worse"},
    wrong_move="retrain",
    strike_inputs=strike,
    why_not=needs_column,
    check=Check(
        "parity_check",
        "Row by row the service saw other inputs than were sent; taken together they are the "
        "same values, in other rows.",
        shuffled,
    ),
    traces=(
        Trace(
            "release", "Service build 215: features are now fetched in batches, twice as fast.", 525
        ),
        Trace("log", "features: batch of 64 joined by position, 0 missing", 530),
    ),
    decoys=(
        Decoy(
            "concept_shift",
            Trace(
                "rumour", "No input has drifted, says the dashboard; so the world must have.", 900
            ),
        ),
        Decoy(
            "unit_change",
            Trace(
                "release",
                "Upstream notes: field {number} is documented with its unit at last.",
                700,
                -1,
            ),
        ),
    ),
)
