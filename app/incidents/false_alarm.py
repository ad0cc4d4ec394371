"""Nothing is wrong, and a picture says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.coverage import lost_share
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import labels_wrong, moved_at_source, moved_in_service, parity_broken

if TYPE_CHECKING:
    from app.lab.world import Answers, World


def strike(
    world: World, answers: Answers, strength: Strength, context: Context
) -> tuple[World, Answers]:
    """Leave everything as it is: the incident is only what people say."""
    return world, answers


def nothing_differs(quiet: Seen, struck: Seen) -> bool:
    """Say whether inputs, answers, decisions and labels are all as usual."""
    world = struck.world
    return not (
        moved_at_source(quiet, struck)
        or moved_in_service(struck)
        or labels_wrong(struck)
        or parity_broken(struck)
        or lost_share(struck) > lost_share(quiet)
        or _other(struck.answers.prediction, quiet.answers.prediction)
        or _other(struck.answers.acted, quiet.answers.acted)
        or _other(world.y, quiet.world.y)
        or _other(struck.answers.charge, quiet.answers.charge)
        or _other(struck.answers.waits_hours, quiet.answers.waits_hours)
        or world.erased.any()
    )


def _other(now: np.ndarray, usual: np.ndarray) -> bool:
    return not np.array_equal(now, usual, equal_nan=True)


INCIDENT = Incident(
    key="false_alarm",
    title="A false alarm",
    group="people",
    symptom="An important person sends a picture of an answer that looks absurd. All signals are "
    "green.",
    cause="The picture shows a box of the page (what was last seen), not the model's answer.",
    remedy="Find the request in the log, answer it again, explain what the picture shows; change the "
    "page so that nobody takes the box for the answer.",
    mends={"talk": "ends", "leave_alone": "nothing", "roll_back": "worse", "retrain": "worse"},
    wrong_move="roll_back",
    strike_answers=strike,
    harmless=True,
    check=Check(
        "trace_requests",
        "The request of the picture stands in the log with an ordinary answer; answered again it "
        "is the same. What the picture shows is another box of the page.",
        nothing_differs,
    ),
    traces=(
        Trace(
            "complaint", "A board member sends a picture: this cannot be what our model says!", 555
        ),
        Trace(
            "release", "Product notes: the page shows what was last seen above the answer.", 990, -3
        ),
    ),
    decoys=(
        Decoy(
            "biased_harm",
            Trace("complaint", "Mine is a case with {group}, and the same happened to me.", 710, 1),
        ),
        Decoy(
            "threshold_overwritten",
            Trace("log", "settings: 14 keys read, none changed", 17),
        ),
        Decoy(
            "library_skew",
            Trace("release", "Service build 223: fonts of the page are newer.", 551, -1),
        ),
    ),
)
