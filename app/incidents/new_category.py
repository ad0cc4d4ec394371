"""A value is written differently from today on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.changes import upstream
from app.incidents.columns import changed, equal_to, is_numeric, needs_category, ranked
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import archived, moved_at_source

if TYPE_CHECKING:
    import pandas as pd

    from app.lab.world import World


# Producers that send the new spelling however mild the incident, as a share.
LEAST = 0.4


def strike(world: World, strength: Strength, context: Context) -> World:
    """Rename the most frequent value of the most important category."""
    column = ranked(world.rows, context.importance, numeric=False)[0]
    top = world.rows[column].value_counts().index[0]
    hit = context.struck(strength, min(1.0, LEAST + context.severity))
    hit &= equal_to(world.rows, column, top)
    renamed = np.full(world.n, f"{str(top).lower()}_v2", dtype=object)
    return upstream(world, changed(world.rows, column, hit, renamed))


def respelled(quiet: Seen, struck: Seen) -> bool:
    """Say whether an unseen value stands where the archive has one and the same known value."""
    sent = struck.world.sent
    return any(
        _one_for_one(sent[column], archived(quiet, struck, column), rows)
        for column, rows in moved_at_source(quiet, struck).items()
    )


def _one_for_one(now: pd.Series, before: pd.Series, rows: np.ndarray) -> bool:
    if is_numeric(now):
        return False
    new, old = set(now[rows].dropna()), set(before[rows].dropna())
    return len(new) == 1 == len(old) and not new & set(before.dropna())


INCIDENT = Incident(
    key="new_category",
    title="A value gets a new spelling",
    group="data",
    symptom="The most frequent value of a category vanishes and an unknown one appears.",
    cause="A release upstream renamed a code.",
    remedy="Fix the data: map the new spelling to the old one, then test for unseen values.",
    mends={
        "quarantine": "contains",
        "fall_back": "contains",
        "fix_data": "ends",
        "retrain": "worse",
    },
    wrong_move="retrain",
    strike_inputs=strike,
    why_not=needs_category,
    check=Check(
        "log_query",
        "Counted by value: one unseen value of a category came, one known value went, and in the "
        "source's archive these are the same rows.",
        respelled,
    ),
    traces=(
        Trace("release", "Upstream notes: codes of {category} follow version 2 of the list.", 420),
        Trace("log", "encode: {category} has 1 value that the model has never seen", 545),
    ),
    decoys=(
        Decoy(
            "new_segment",
            Trace("calendar", "A new market opens this month.", 480),
        ),
        Decoy(
            "volume_drop",
            Trace(
                "rumour",
                "Hardly any rows with {category} = {value}? Perhaps they stopped sending.",
                820,
            ),
        ),
    ),
)
