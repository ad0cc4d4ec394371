"""Labels become what the model had said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.incidents.agreement import says, side_with_answers
from app.incidents.changes import happening, otherwise, recorded, room, whole
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import labels_wrong

if TYPE_CHECKING:
    from app.lab.world import Answers, World

# Of the rows of a usual incident: what is recorded as answered, and what turns out otherwise.
RECORDED = 0.9
OTHERWISE = 0.2


def move_on(world: World, strength: Strength, context: Context) -> World:
    """Let the world go on changing, unseen."""
    hit = context.struck(strength, 2 * OTHERWISE * context.severity * room(world, context))
    hit = whole(world, hit)
    return happening(world, hit, otherwise(world, context))


def record(
    world: World, answers: Answers, strength: Strength, context: Context
) -> tuple[World, Answers]:
    """Record as the label what had been answered."""
    hit = context.struck(strength, min(1.0, 2 * RECORDED * context.severity))
    return recorded(world, hit, says(context.form, world, answers)), answers


def self_fulfilling(quiet: Seen, struck: Seen) -> bool:
    """Say whether the labels that are wrong nearly all side with the answer."""
    return labels_wrong(struck) and side_with_answers(struck)


INCIDENT = Incident(
    key="feedback_loop",
    title="The model grades itself",
    group="labels",
    symptom="Measured quality rises week by week, and complaints do not fall.",
    cause="Who labels sees the answer first, or only what was acted upon is ever looked at: the label "
    "repeats the answer.",
    remedy="Bring the hold-out back: a share of rows decided and labelled without the model. Throw "
    "away the labels of these weeks.",
    mends={"fix_data": "ends", "fall_back": "contains", "retrain": "worse"},
    wrong_move="retrain",
    strike_inputs=move_on,
    strike_answers=record,
    check=Check(
        "label_audit",
        "A person labels forty rows again without the answer: the recorded labels that are wrong "
        "nearly all say what the model had said.",
        self_fulfilling,
    ),
    traces=(
        Trace(
            "release", "Review tool: the model's answer is filled in, one click confirms it.", 500
        ),
        Trace("log", "holdout: share set to 0 to save reviewing time", 510),
    ),
    decoys=(
        Decoy(
            "label_bug",
            Trace("release", "Label job: late corrections are read once a week only.", 120, -1),
        ),
        Decoy(
            "dropped_join",
            Trace("log", "join: 12 rows without a partner were left out", 351),
        ),
        Decoy(
            "concept_shift",
            Trace("rumour", "Those who complain say that times have changed.", 1010, 1),
        ),
    ),
)
