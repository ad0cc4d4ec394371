"""The service runs another version of a library than the training did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.distortion import answered, by_model, pushed, spread_of
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.releases import announced_not_served
from app.incidents.signs import moved_at_source, moved_in_service, parity_broken, unlike_recomputed

if TYPE_CHECKING:
    from app.lab.world import Answers, World

# How far answers are drawn together, and moved, in standard deviations, at full severity.
TOGETHER = 0.6
AWAY = 0.8


def strike(
    world: World, answers: Answers, strength: Strength, context: Context
) -> tuple[World, Answers]:
    """Bend the answers a little: their order nearly holds, their size does not."""
    hit = by_model(answers, context.struck(strength))
    noise = context.rng.normal(size=answers.prediction.shape)
    severity = context.severity

    def bend(z: np.ndarray) -> np.ndarray:
        middle, spread = float(np.nanmean(z)), spread_of(z)
        calm = middle + (z - middle) * (1 - TOGETHER * severity)
        return np.asarray(calm + severity * AWAY * spread * (0.5 + noise))

    prediction = pushed(context.form, answers.prediction, hit, bend)
    return world, answered(answers, prediction, hit, context)


def same_inputs_other_answers(quiet: Seen, struck: Seen) -> bool:
    """Say whether all copies answer otherwise than the model, from the inputs as they were sent."""
    unlike = unlike_recomputed(struck)
    distinct = np.unique(struck.answers.prediction[unlike].round(12), axis=0)
    return (
        parity_broken(struck)
        and len(distinct) > 1
        and not moved_in_service(struck)
        and not moved_at_source(quiet, struck)
        and not announced_not_served(struck)
    )


INCIDENT = Incident(
    key="library_skew",
    title="A library differs from the one in training",
    group="service",
    symptom="Calibration is a little worse; nothing stands out in any input.",
    cause="A rebuilt image brought a newer library, which computes a step of the model otherwise.",
    remedy="Pin the environment and go back to the last image; keep rows with known answers as a "
    "test of every build.",
    mends={"roll_back": "ends", "fall_back": "contains", "change_threshold": "worse"},
    wrong_move="change_threshold",
    strike_answers=strike,
    check=Check(
        "parity_check",
        "Rows with known answers, sent through the service, come back different although every "
        "input and the model version are the same.",
        same_inputs_other_answers,
    ),
    traces=(
        Trace("release", "Service build 219: image rebuilt, 31 packages are newer.", 570),
        Trace("log", "start: a package warns that the model was saved with an older version", 575),
    ),
    decoys=(
        Decoy(
            "harmless_shift",
            Trace("log", "drift: {minor} is over its limit for the third day", 420),
        ),
        Decoy(
            "concept_shift",
            Trace("rumour", "It is autumn; people always behave differently now.", 890),
        ),
        Decoy(
            "stale_artefact",
            Trace("rumour", "Is the model not rather old by now?", 930),
        ),
    ),
)
