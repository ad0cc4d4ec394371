"""People asked for deletion, and their rows are still used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.feeds import DELETIONS
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace

if TYPE_CHECKING:
    from app.lab.world import Answers, World

# Of all rows in a usual incident, and what each costs in fees, in usual costs of a row.
SHARE = 0.06
FEE = 10.0
DAY_HOURS = 24.0


def mark(world: World, strength: Strength, context: Context) -> World:
    """Mark rows of people whose deletion the service was never told of."""
    hit = context.struck(strength, 2 * SHARE * context.severity)
    feeds = dict(world.feed_age_hours)
    if DELETIONS in feeds:
        feeds[DELETIONS] = _stopped(world, feeds[DELETIONS], strength)
    return world.but(erased=world.erased | hit, feed_age_hours=feeds)


def _stopped(world: World, usual: np.ndarray, strength: Strength) -> np.ndarray:
    days, struck = world.days, strength > 0
    onset = int(days.of_row[struck].min()) if struck.any() else days.count
    since = np.maximum(0, np.arange(days.count) - onset + 1)
    return np.asarray(usual + since * DAY_HOURS * days.length)


def charge(
    world: World, answers: Answers, strength: Strength, context: Context
) -> tuple[World, Answers]:
    """Owe a fee for each answer from the data of such a person."""
    owed = world.erased & world.arrived & (strength > 0)
    return world, answers.but(fee=answers.fee + np.where(owed, FEE * context.money, 0.0))


def still_used(quiet: Seen, struck: Seen) -> bool:
    """Say whether rows are answered that should have been deleted."""
    return bool(struck.world.erased[struck.after].any())


INCIDENT = Incident(
    key="deletion_missed",
    title="A deletion was not passed on",
    group="people",
    symptom="One complaint: I asked you to delete me. Every signal of the model is green.",
    cause="The list of deletions is applied to the source; copies, features and training rows are "
    "not told.",
    remedy="Stop using these rows, purge every copy, report it; test deletions from end to end.",
    mends={"quarantine": "contains", "stop_automation": "contains", "fix_data": "ends"},
    wrong_move="leave_alone",
    strike_inputs=mark,
    strike_answers=charge,
    check=Check(
        "lineage",
        "Followed by their ids, rows of people who asked for deletion still reach the model.",
        still_used,
    ),
    traces=(
        Trace(
            "complaint", "I asked for deletion last month, and you still decide about me.", 640, 1
        ),
        Trace("log", "deletions: list read, target of the copy job not set, skipped", 60),
    ),
    decoys=(
        Decoy(
            "false_alarm",
            Trace("rumour", "Surely they have only seen an old letter.", 690, 1),
        ),
        Decoy(
            "biased_harm",
            Trace("complaint", "Cases with {group} are treated differently, one writes.", 720, 2),
        ),
    ),
)
