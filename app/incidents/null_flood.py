"""A join breaks and a column arrives mostly empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.changes import upstream
from app.incidents.columns import changed, is_numeric, needs_column, varying
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import archived, moved_at_source

if TYPE_CHECKING:
    import pandas as pd

    from app.lab.world import World

# Of the values of a usual flood.
SHARE = 0.8


def strike(world: World, strength: Strength, context: Context) -> World:
    """Empty the most important column, four in five values of it in a usual incident."""
    column = varying(world.rows, context.importance)[0]
    hit = context.struck(strength, min(1.0, 2 * SHARE * context.severity))
    nothing = np.full(world.n, np.nan)
    if not is_numeric(world.rows[column]):
        nothing = np.full(world.n, None, dtype=object)
    return upstream(world, changed(world.rows, column, hit, nothing))


def emptied(quiet: Seen, struck: Seen) -> bool:
    """Say whether a field that moved at its source moved by becoming empty."""
    sent = struck.world.sent
    return any(
        _empty(sent[column], rows) and not _empty(archived(quiet, struck, column), rows)
        for column, rows in moved_at_source(quiet, struck).items()
    )


def _empty(values: pd.Series, rows: np.ndarray) -> bool:
    return bool(values.isna().to_numpy()[rows].mean() > 0.9)


INCIDENT = Incident(
    key="null_flood",
    title="A column arrives empty",
    group="data",
    symptom="Four in five values of an important input are missing.",
    cause="A join upstream lost its key after a release.",
    remedy="Fix the data at the join; fall back on the rule until the column is back.",
    mends={
        "quarantine": "contains",
        "fall_back": "contains",
        "fix_data": "ends",
        "retrain": "worse",
    },
    wrong_move="roll_back",
    strike_inputs=strike,
    why_not=needs_column,
    check=Check(
        "sample_rows",
        "Twenty rows side by side: a field has a value in the source's archive and none in the "
        "rows that came.",
        emptied,
    ),
    traces=(
        Trace(
            "release",
            "Upstream notes: the key of the reference table is now 12 characters long.",
            610,
        ),
        Trace(
            "log",
            "ingest: join on the reference table for {column}: no error, many rows unmatched",
            370,
        ),
    ),
    decoys=(
        Decoy(
            "feature_mixup",
            Trace(
                "release",
                "Service build 213 went out last week: features are fetched in batches.",
                600,
                -2,
            ),
        ),
        Decoy(
            "non_finite",
            Trace("rumour", "Someone saw a warning about a division in the feature code.", 780),
        ),
        Decoy(
            "dropped_join",
            Trace("calendar", "A holiday in one region; fewer requests are expected.", 480, 1),
        ),
    ),
)
