"""More cases wait for a person than people can look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.distortion import silenced
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import waits_long

if TYPE_CHECKING:
    from app.lab.world import Answers, World

# Hours that a case waits more for each day of a usual incident, at most so many days' worth.
HOURS_A_DAY = 12.0
MOST_DAYS = 10.0
# Of the waiting cases of a usual incident: decided without a look.
UNSEEN = 0.6
# Where no decision waits for a person: how many answers do.
CHECKED = 0.4


def strike(
    world: World, answers: Answers, strength: Strength, context: Context
) -> tuple[World, Answers]:
    """Let cases wait longer every day; people wave through what they have no time for."""
    case = _cases(answers, context)
    hit = case & (strength > 0)
    age = np.maximum(0, world.days.of_row - _first(world, strength)) * world.days.length
    days = np.minimum(MOST_DAYS, 1.0 + age)
    longer = 2 * context.severity * strength * HOURS_A_DAY * days
    waits = answers.waits_hours + longer * (0.5 + context.rng.random(world.n))
    answers = answers.but(waits_hours=np.where(hit, waits, answers.waits_hours))
    unseen = hit & context.struck(strength, min(1.0, 2 * UNSEEN * context.severity))
    if not context.has_threshold:
        return world, silenced(answers, unseen)
    return world, answers.but(acted=np.where(unseen, 1.0 - answers.acted, answers.acted))


def _cases(answers: Answers, context: Context) -> np.ndarray:
    """Return the rows that wait for a person; where none does, some are looked at."""
    found = np.asarray(answers.waits_hours > 0)
    if context.has_threshold:
        found = found & np.isfinite(answers.acted)
    drawn = context.rng.random(len(found)) < CHECKED
    return found if found.any() else drawn


def _first(world: World, strength: Strength) -> int:
    struck = world.days.of_row[strength > 0]
    return int(struck.min()) if len(struck) else world.days.count


def queue_is_old(quiet: Seen, struck: Seen) -> bool:
    """Say whether cases wait many hours longer than usual."""
    return waits_long(quiet, struck)


INCIDENT = Incident(
    key="queue_overload",
    title="The review queue overflows",
    group="people",
    symptom="Cases wait for days, and approvals rise: people wave through what they cannot read.",
    cause="More cases go to review than there are people for them; nobody had counted both.",
    remedy="Send fewer cases, chosen by cost, and say so; then add reviewers. Watch the age of the "
    "queue and how often people overrule.",
    mends={
        "change_threshold": "contains",
        "fall_back": "contains",
        "scale_out": "ends",
        "stop_automation": "worse",
    },
    wrong_move="stop_automation",
    strike_answers=strike,
    check=Check(
        "dashboards",
        "The oldest case of the queue has waited for days, and people overrule hardly anything.",
        queue_is_old,
    ),
    traces=(
        Trace("calendar", "Two of five reviewers are away until the end of the month.", 478),
        Trace("log", "review: 312 cases open, 41 closed today", 1080),
    ),
    decoys=(
        Decoy(
            "latency_creep",
            Trace("rumour", "The page of the review tool loads slowly these days.", 815),
        ),
        Decoy(
            "threshold_overwritten",
            Trace("log", "settings: 14 keys read, none changed", 16),
        ),
        Decoy(
            "label_bug",
            Trace("release", "Label job: reads the review tool's new table.", 125, -1),
        ),
    ),
)
