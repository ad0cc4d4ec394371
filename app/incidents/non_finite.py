"""A derived value becomes infinite, and the answer is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.columns import changed, needs_number, numbers, ranked
from app.incidents.distortion import silenced
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import moved_in_service

if TYPE_CHECKING:
    from app.lab.world import Answers, World

# Of the rows of a usual incident: those with the smallest values.
SHARE = 0.3


def strike(
    world: World, answers: Answers, strength: Strength, context: Context
) -> tuple[World, Answers]:
    """Break the most important number in the service where it is smallest; no answer comes."""
    column = ranked(world.rows, context.importance, numeric=True)[0]
    values = numbers(world.rows, column)
    small = values <= np.nanquantile(values, min(0.9, 2 * SHARE * context.severity))
    hit = context.struck(strength) & small & world.arrived
    rows = changed(world.rows, column, hit, np.full(world.n, np.nan))
    return world.but(rows=rows), silenced(answers, hit)


def empty_where_not_finite(quiet: Seen, struck: Seen) -> bool:
    """Say whether the model is silent exactly where the service made a sent number not finite."""
    world = struck.world
    for column, rows in moved_in_service(struck).items():
        lost = rows & world.rows[column].isna().to_numpy() & world.sent[column].notna().to_numpy()
        if lost.any() and (struck.answers.rung[lost] != 0).mean() > 0.9:
            return True
    return False


INCIDENT = Incident(
    key="non_finite",
    title="Answers come back empty",
    group="service",
    symptom="A share of the answers is empty; the inputs were sent complete.",
    cause="A step of the feature code divides by a number that can be nearly zero.",
    remedy="Answer these rows by a rung below; guard the division, and test inputs and answers for "
    "numbers that are not finite.",
    mends={
        "quarantine": "contains",
        "fall_back": "contains",
        "fix_data": "ends",
        "retrain": "nothing",
    },
    wrong_move="roll_back",
    strike_answers=strike,
    why_not=needs_number,
    check=Check(
        "log_query",
        "The first value that is not finite is made in the service: wherever it stands the answer "
        "is empty, and the source had sent a number.",
        empty_where_not_finite,
    ),
    traces=(
        Trace(
            "log", "features: divide by zero in the ratio over {number}, result is not finite", 545
        ),
        Trace("log", "answer: not a number, nothing returned", 546),
    ),
    decoys=(
        Decoy(
            "lost_replicas",
            Trace("release", "Service build 221: one more copy of the service.", 560, -1),
        ),
        Decoy(
            "null_flood",
            Trace("release", "Upstream notes: {minor} may be empty for old rows.", 410),
        ),
        Decoy(
            "latency_creep",
            Trace("log", "memory of copy 1: 62 % used", 1325),
        ),
    ),
)
