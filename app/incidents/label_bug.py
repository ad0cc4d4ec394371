"""The labels go wrong, the model does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.agreement import side_with_answers
from app.incidents.changes import otherwise, recorded, whole
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import labels_wrong

if TYPE_CHECKING:
    from app.lab.world import World

# Of the labels of a usual incident.
SHARE = 0.3


def strike(world: World, strength: Strength, context: Context) -> World:
    """Record wrong labels; what really happens stays the same."""
    hit = context.struck(strength, min(1.0, 2 * SHARE * context.severity))
    hit = whole(world, hit)
    return recorded(world, hit, np.asarray(otherwise(world, context), dtype=float))


def wrongly_recorded(quiet: Seen, struck: Seen) -> bool:
    """Say whether a person finds wrong labels that do not side with the model."""
    return labels_wrong(struck) and not side_with_answers(struck)


INCIDENT = Incident(
    key="label_bug",
    title="The labels go wrong",
    group="labels",
    symptom="Measured quality collapses overnight; inputs and scores are as always.",
    cause="The job that writes labels was changed and now gets some of them wrong.",
    remedy="Fix the data: audit a few labels by hand before anyone retrains.",
    mends={"fix_data": "ends", "retrain": "worse", "roll_back": "nothing"},
    wrong_move="retrain",
    strike_inputs=strike,
    check=Check(
        "label_audit",
        "A person labels forty rows again: many of the recorded labels are wrong, whatever the "
        "model had said.",
        wrongly_recorded,
    ),
    traces=(
        Trace("release", "Label job: the rule for late corrections was rewritten.", 120),
        Trace("log", "labels: job finished in half the usual time", 185),
    ),
    decoys=(
        Decoy(
            "concept_shift",
            Trace("rumour", "Customers are said to behave differently since the new law.", 880),
        ),
        Decoy(
            "stale_artefact",
            Trace(
                "rumour", "The new model was to come this week; perhaps it is just worse.", 935, -1
            ),
        ),
        Decoy(
            "feedback_loop",
            Trace("rumour", "Reviewers see the score before they decide, by the way.", 990, -1),
        ),
    ),
)
