"""An input moves that hardly matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.changes import upstream
from app.incidents.columns import changed, is_numeric, numbers, varying
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import answers_moved, labels_wrong, moved_at_source, quality_fell

if TYPE_CHECKING:
    from app.lab.world import World

# An input with more of all importance than this is not called minor.
MINOR = 0.03
# Of the rows, however mild the change; each takes the highest of its own and so many other values.
LEAST = 0.4
DRAWS = 3
# In standard deviations: answers that moved less are as they were.
MOVED = 0.15


def strike(world: World, strength: Strength, context: Context) -> World:
    """Let high values of the least important input come more often; none is new."""
    column = varying(world.rows, context.importance)[-1]
    if not is_numeric(world.rows[column]):
        hit = context.struck(strength, context.severity)
        top = world.rows[column].value_counts().index[0]
        return upstream(world, changed(world.rows, column, hit, np.full(world.n, top, object)))
    hit = context.struck(strength, min(1.0, LEAST + context.severity))
    values = numbers(world.rows, column)
    others = values[context.rng.integers(0, world.n, (DRAWS, world.n))]
    highest = np.maximum(values, others.max(axis=0))
    moved = np.where(np.isfinite(highest), highest, values)
    return upstream(world, changed(world.rows, column, hit, moved))


def moved_and_nothing_else(quiet: Seen, struck: Seen) -> bool:
    """Say whether an input moved while answers and outcomes are as before."""
    moved = moved_at_source(quiet, struck)
    return (
        bool(moved)
        and all(_all_seen(quiet, struck, column, rows) for column, rows in moved.items())
        and answers_moved(quiet, struck) < MOVED
        and not quality_fell(quiet, struck)
        and not labels_wrong(struck)
    )


def _all_seen(quiet: Seen, struck: Seen, column: str, rows: np.ndarray) -> bool:
    """Say whether a column that moved holds only values that it always held."""
    before = set(quiet.world.sent[column].dropna().unique())
    return bool(set(struck.world.sent[column][rows].unique()) <= before)


def _no_minor(world: World, context: Context) -> str:
    columns = varying(world.rows, context.importance)
    if not columns:
        return "there is no column that varies"
    total = sum(context.importance.values()) or 1.0
    if context.importance.get(columns[-1], 0.0) / total > MINOR:
        return "there is no input that hardly matters"
    return ""


INCIDENT = Incident(
    key="harmless_shift",
    title="A harmless input moves",
    group="world",
    symptom="A drift alarm on one input; scores, quality and cost are as before.",
    cause="The population changed in a way that the prediction hardly depends on.",
    remedy="Leave it alone: note it, and rank alarms by harm instead of distance.",
    mends={"leave_alone": "ends", "retrain": "worse", "fall_back": "worse"},
    wrong_move="retrain",
    strike_inputs=strike,
    why_not=_no_minor,
    harmless=True,
    check=Check(
        "shap_window",
        "The input that moved carries hardly any of the answers; answers and outcomes are as "
        "they were.",
        moved_and_nothing_else,
    ),
    traces=(
        Trace("calendar", "A partner joins on {day}; their people are a little different.", 480),
    ),
    decoys=(
        Decoy(
            "unit_change",
            Trace("release", "Upstream notes: {minor} is now read from the new system.", 430),
        ),
        Decoy(
            "concept_shift",
            Trace(
                "rumour",
                "The drift alarm on {minor} is red, so the model must be wrong by now.",
                610,
            ),
        ),
        Decoy(
            "null_flood",
            Trace("log", "ingest: {minor} has a new default for rows without a value", 372, -1),
        ),
    ),
)
