"""A deploy failed without a word, and the old model goes on answering."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.distortion import answered, by_model, pushed, spread_of
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.releases import announced_not_served

if TYPE_CHECKING:
    from app.lab.world import Answers, World

# By how many standard deviations an old answer is off, at full severity after so many days.
AWAY = 2.0
AGED_DAYS = 14.0
FRESH = 0.3


def strike(
    world: World, answers: Answers, strength: Strength, context: Context
) -> tuple[World, Answers]:
    """Answer as the old model does: further and further off as the days go by."""
    hit = by_model(answers, context.struck(strength))
    noise = context.rng.normal(size=answers.prediction.shape)
    age = _age(world, strength)
    size = context.severity * AWAY * np.minimum(1.0, FRESH + age / AGED_DAYS)
    size = size if noise.ndim == 1 else size[:, None]

    def aged(z: np.ndarray) -> np.ndarray:
        return np.asarray(z + size * spread_of(z) * noise)

    prediction = pushed(context.form, answers.prediction, hit, aged)
    return world, answered(answers, prediction, hit, context)


def _age(world: World, strength: Strength) -> np.ndarray:
    days = world.days
    struck = days.of_row[strength > 0]
    onset = struck.min() if len(struck) else days.count
    return np.asarray(np.maximum(0, days.of_row - onset) * days.length)


def never_arrived(quiet: Seen, struck: Seen) -> bool:
    """Say whether the version that was announced answers nobody."""
    return announced_not_served(struck)


INCIDENT = Incident(
    key="stale_artefact",
    title="The new model never arrived",
    group="model",
    symptom="Quality decays slowly, although a new model was announced.",
    cause="The deploy failed after its success message, and the old model goes on answering.",
    remedy="Deploy again as recorded; write the version into every log line, and alarm on its age.",
    mends={"restore_config": "ends", "fall_back": "contains"},
    wrong_move="retrain",
    strike_answers=strike,
    check=Check(
        "release_diff",
        "The release notes announce a newer model version than the log shows in any answer.",
        never_arrived,
    ),
    traces=(
        Trace("release", "Model version {next_version} is live as of {day}.", 600, announces=True),
        Trace("log", "deploy: upload finished; switch of the link: permission denied", 596),
    ),
    decoys=(
        Decoy(
            "concept_shift",
            Trace("rumour", "The market is moving, everyone says so.", 875, 1),
        ),
        Decoy(
            "harmless_shift",
            Trace("log", "drift: {minor} is over its limit", 421, 1),
        ),
        Decoy(
            "stale_source",
            Trace("log", "cache: {number} refreshed 20 minutes later than planned", 400),
        ),
    ),
)
