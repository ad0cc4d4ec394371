"""A new model is unfair to one group, and the group says so in public."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.columns import needs_column
from app.incidents.coverage import groups_in
from app.incidents.distortion import Push, answered, by_model, pushed, spread_of
from app.incidents.groups import costliest_group
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import (
    labels_wrong,
    moved_at_source,
    moved_in_service,
    parity_broken,
    silent_more,
)
from app.incidents.verdict import error_of, known, mean_after, score_of

if TYPE_CHECKING:
    from app.lab.world import Answers, World

# How far the group's answers are pushed, in standard deviations, at full severity.
AWAY = 3.0
# Of a usual cost, owed for each answer to the group at full severity.
FEE = 0.3
WORSE = 1.2
AS_EVER = 1.1


def strike(
    world: World, answers: Answers, strength: Strength, context: Context
) -> tuple[World, Answers]:
    """Answer one group as a new, skewed model does."""
    _, group = costliest_group(world, context)
    new = by_model(answers, context.struck(strength)) & world.arrived
    hit = new & group
    push = _away_from(world.y, context)
    recomputed = pushed(context.form, answers.recomputed, hit, push)
    # The new model itself says so: the service and the model agree.
    prediction = answers.prediction.astype(float).copy()
    prediction[hit] = recomputed[hit]
    fee = np.where(hit, FEE * context.severity * context.money, 0.0)
    newer = int(answers.version.max(initial=0)) + 1
    found = answered(answers, prediction, hit, context).but(
        recomputed=recomputed,
        fee=answers.fee + fee,
        version=np.where(new, newer, answers.version),
    )
    return world, found


def _away_from(y: np.ndarray, context: Context) -> Push:
    """Return a push of answers away from what happens: the shortcut fails for the group."""
    away = AWAY * context.severity

    def push(z: np.ndarray) -> np.ndarray:
        if z.ndim == 2:
            found = z.copy()
            found[np.arange(len(y)), y.astype(int)] -= 2 * away
            return found
        side = np.sign(y - z) if context.form == "regression" else np.sign(y - y.mean())
        return np.asarray(z - side * away * spread_of(z))

    return push


def one_group_pays(quiet: Seen, struck: Seen) -> bool:
    """Say whether a model answers one group worse than it did, and all others as ever."""
    if (
        moved_at_source(quiet, struck)
        or moved_in_service(struck)
        or labels_wrong(struck)
        or parity_broken(struck)
        or silent_more(quiet, struck)
    ):
        return False
    return any(_pays(quiet, struck, rows) for rows in groups_in(struck))


def _pays(quiet: Seen, struck: Seen, rows: np.ndarray) -> bool:
    now, usual = error_of(struck), error_of(quiet)
    inside = mean_after(struck, now, rows) > WORSE * mean_after(quiet, usual, rows)
    outside = mean_after(struck, now, ~rows) < AS_EVER * mean_after(quiet, usual, ~rows)
    both = known(struck.answers.prediction) & known(quiet.answers.prediction)
    one, other = (score_of(s.answers.prediction) for s in (struck, quiet))
    moved = np.abs(one - other[struck.world.origin]) > 1e-9
    return inside and outside and mean_after(struck, moved.astype(float), rows & both) > 0.05


INCIDENT = Incident(
    key="biased_harm",
    title="One group is treated worse, in public",
    group="model",
    symptom="A newspaper asks why one group is always judged wrongly; the average is nearly fine.",
    cause="The newest model learned a shortcut that fails for one group; nobody had looked by group.",
    remedy="Let people decide for the group, roll the model back, say so openly; look at errors by "
    "group before each release.",
    mends={
        "quarantine": "contains",
        "stop_automation": "contains",
        "fall_back": "contains",
        "roll_back": "ends",
        "retrain": "nothing",
    },
    wrong_move="leave_alone",
    strike_answers=strike,
    why_not=needs_column,
    check=Check(
        "slice_view",
        "By group, on matured labels: one group's answers are worse since the new version, all "
        "others' are as ever.",
        one_group_pays,
    ),
    traces=(
        Trace(
            "release",
            "Model version {next_version}: better on average, live as of {day}.",
            600,
            announces=True,
        ),
        Trace(
            "complaint",
            "A newspaper asks about the cases with {group}: why are they judged so?",
            630,
            2,
        ),
        Trace(
            "complaint",
            "An appeal, a case with {group}: the answer was wrong, and wrong again.",
            760,
            3,
        ),
    ),
    decoys=(
        Decoy(
            "false_alarm",
            Trace("complaint", "A picture of one odd answer makes the rounds.", 655, 1),
        ),
        Decoy(
            "new_segment",
            Trace("calendar", "A new partner sends its first customers this week.", 481),
        ),
        Decoy(
            "concept_shift",
            Trace("rumour", "It is just a hard year for that group.", 910, 2),
        ),
    ),
)
