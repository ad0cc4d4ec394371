"""The world changes while the inputs look the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.changes import happening, otherwise, room, whole
from app.incidents.columns import numbers, ranked
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import (
    answers_drifted,
    answers_moved,
    labels_wrong,
    mix_changed,
    moved_at_source,
    moved_in_service,
    parity_broken,
    quality_fell,
    silent_more,
)
from app.incidents.verdict import said

if TYPE_CHECKING:
    from app.lab.world import World


# In standard deviations: answers that moved this far are not as always.
MOVED = 0.05


def strike(world: World, strength: Strength, context: Context) -> World:
    """Let the outcome come about where the model does not expect it: low values, or whole lists."""
    hit = context.struck(strength, min(1.0, 1.4 * context.severity) * room(world, context))
    columns = ranked(world.rows, context.importance, numeric=True)
    if columns and world.lists is None:
        values = numbers(world.rows, columns[0])
        middle = float(np.nanmedian(values))
        hit &= np.nan_to_num(values, nan=middle) <= middle
    hit = whole(world, hit)
    return happening(world, hit, _unexpected(world, context))


def _unexpected(world: World, context: Context) -> np.ndarray:
    if context.form == "binary" and context.prediction is not None:
        return 1.0 - said("binary", context.quiet_score(world), world.y, None)
    return otherwise(world, context)


def only_the_world(quiet: Seen, struck: Seen) -> bool:
    """Say whether right labels are further from the answers while nothing else differs."""
    return (
        quality_fell(quiet, struck)
        and not moved_at_source(quiet, struck)
        and not moved_in_service(struck)
        and not labels_wrong(struck)
        and not parity_broken(struck)
        and not answers_drifted(quiet, struck)
        and not mix_changed(quiet, struck)
        and not silent_more(quiet, struck)
        and answers_moved(quiet, struck) < MOVED
    )


INCIDENT = Incident(
    key="concept_shift",
    title="The world changes, the inputs do not",
    group="world",
    symptom="Every input and every score looks as always; the outcomes do not.",
    cause="A new process, a new competitor, a new rule outside: the old relation no longer holds.",
    remedy="Fall back first, then retrain on rows from after the change, once there are enough.",
    mends={"fall_back": "contains", "stop_automation": "contains", "retrain": "ends"},
    wrong_move="fix_data",
    strike_inputs=strike,
    check=Check(
        "slice_view",
        "On matured labels the answers are further off in many groups, while inputs, versions and "
        "a sample of labels are as they were.",
        only_the_world,
    ),
    traces=(
        Trace("rumour", "A competitor changed the rules of the game this week, says sales.", 960),
    ),
    decoys=(
        Decoy(
            "label_bug",
            Trace("release", "Label job: moved to the new scheduler, no change of content.", 120),
        ),
        Decoy(
            "library_skew",
            Trace("release", "Service build 217: security update of the base image.", 555, -1),
        ),
        Decoy(
            "unit_change",
            Trace("release", "Upstream notes: field {number} gets a longer description.", 430),
        ),
    ),
)
