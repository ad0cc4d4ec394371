"""Half of the copies of the service start without the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.distortion import silenced
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace

if TYPE_CHECKING:
    from app.lab.world import Answers, World

# An error is quick: it takes this share of the time of an answer.
QUICK = 0.3
NO_VERSION = 0


def strike(
    world: World, answers: Answers, strength: Strength, context: Context
) -> tuple[World, Answers]:
    """Let some of the copies answer nothing but errors, half of them in a usual incident."""
    copies = np.unique(answers.replica)
    count = int(np.clip(round(context.severity * len(copies)), 1, max(1, len(copies) - 1)))
    hit = context.struck(strength) & np.isin(answers.replica, copies[-count:])
    found = silenced(answers, hit)
    return world, found.but(
        latency_ms=np.where(hit, QUICK * answers.latency_ms, answers.latency_ms),
        version=np.where(hit, NO_VERSION, answers.version),
    )


def errors_by_copy(quiet: Seen, struck: Seen) -> bool:
    """Say whether some copies fail and the others do not."""
    shares = [_failed(struck, copy) for copy in np.unique(struck.answers.replica)]
    usual = max(_failed(quiet, copy) for copy in np.unique(quiet.answers.replica))
    return max(shares) > usual + 0.05 and min(shares) < 0.2 * max(shares)


def _failed(seen: Seen, copy: int) -> float:
    rows = seen.after & (seen.answers.replica == copy)
    return float((seen.answers.rung[rows] != 0).mean()) if rows.any() else 0.0


INCIDENT = Incident(
    key="lost_replicas",
    title="Half of the copies have no model",
    group="service",
    symptom="Nearly half of the requests end in an error; asked again, many succeed.",
    cause="After a release some copies started before the model file was there, and call themselves "
    "ready all the same.",
    remedy="Roll the release back; a copy is ready only when it has answered a known row.",
    mends={"roll_back": "ends", "restore_config": "ends", "quarantine": "contains"},
    wrong_move="scale_out",
    strike_answers=strike,
    check=Check(
        "trace_requests",
        "Traced by copy: some copies fail every time and name no model version, the others never.",
        errors_by_copy,
    ),
    traces=(
        Trace("release", "Service build 220: copies start in parallel, twice as fast.", 585),
        Trace("log", "start: copy ready after 2 s, model file not found, will try again", 588),
    ),
    decoys=(
        Decoy(
            "latency_creep",
            Trace("rumour", "Traffic is up by a tenth; no wonder that requests fail.", 800),
        ),
        Decoy(
            "non_finite",
            Trace("log", "features: a warning about a division, once", 640),
        ),
        Decoy(
            "volume_drop",
            Trace("log", "database: planned maintenance, 20 minutes read-only", 180),
        ),
    ),
)
