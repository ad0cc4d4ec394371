"""Answers take longer day by day, for those who call in bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.distortion import silenced
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import enough

if TYPE_CHECKING:
    from app.lab.world import Answers, World

# Bulk jobs start at the full hour and are done within these minutes.
BULK_MINUTES = 12
# Times slower at full severity, once the leak has grown for so many days.
SLOWER = 60.0
GROWN_DAYS = 6.0
# Times the usual time after which the caller no longer waits.
PATIENCE = 15.0
SLOW = 3.0


def strike(
    world: World, answers: Answers, strength: Strength, context: Context
) -> tuple[World, Answers]:
    """Slow the bulk calls down, more each day; the slowest are given up."""
    hit = context.struck(strength) & bulk(world)
    age = np.maximum(0, world.days.of_row - _first(world, strength)) * world.days.length
    grown = np.minimum(1.0, (1.0 + age) / GROWN_DAYS)
    usual = float(np.nanmedian(answers.latency_ms))
    slower = 1.0 + SLOWER * context.severity * grown * (0.5 + context.rng.random(world.n))
    latency = np.where(hit, answers.latency_ms * slower, answers.latency_ms)
    late = hit & (latency > PATIENCE * usual)
    return world, silenced(answers.but(latency_ms=latency), late)


def _first(world: World, strength: Strength) -> int:
    struck = world.days.of_row[strength > 0]
    return int(struck.min()) if len(struck) else world.days.count


def bulk(world: World) -> np.ndarray:
    """Return the rows of bulk jobs: those of the first minutes of an hour."""
    return np.asarray(world.minute % 60 < BULK_MINUTES)


def slow_in_bulk(quiet: Seen, struck: Seen) -> bool:
    """Say whether nearly all slow requests belong to bulk jobs, on every copy of the service."""
    usual = float(np.nanquantile(quiet.answers.latency_ms, 0.99))
    slow = struck.after & (struck.answers.latency_ms > SLOW * usual)
    if not enough(struck, slow):
        return False
    copies = np.unique(struck.answers.replica[struck.after])
    everywhere = all((slow & (struck.answers.replica == copy)).any() for copy in copies)
    return everywhere and bool(bulk(struck.world)[slow].mean() > 0.9)


INCIDENT = Incident(
    key="latency_creep",
    title="Answers get slower day by day",
    group="service",
    symptom="The slowest of a hundred answers take ever longer; half of all are as quick as before.",
    cause="Bulk jobs share the path of single requests, and each leaves some memory behind.",
    remedy="Limit the bulk callers now, then give them a path of their own; alarm on the slowest "
    "answers, not on the mean.",
    mends={
        "scale_out": "ends",
        "fall_back": "contains",
        "quarantine": "contains",
    },
    wrong_move="retrain",
    strike_answers=strike,
    check=Check(
        "trace_requests",
        "Traced one by one, the slow requests all come in the first minutes of an hour, from bulk "
        "jobs, and on every copy.",
        slow_in_bulk,
    ),
    traces=(
        Trace("log", "memory of copy 1: 71 % used, 64 % yesterday", 1320),
        Trace("calendar", "Finance runs its reports every hour now.", 490),
    ),
    decoys=(
        Decoy(
            "lost_replicas",
            Trace("log", "database: planned maintenance, short waits possible", 200),
        ),
        Decoy(
            "queue_overload",
            Trace(
                "rumour", "There is a tenth more traffic than last month; everything is full.", 845
            ),
        ),
        Decoy(
            "cost_spike",
            Trace("rumour", "The provider's bill went up a little, says finance.", 970, 1),
        ),
    ),
)
