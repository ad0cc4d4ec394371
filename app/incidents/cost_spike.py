"""Each answer is paid for several times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.verdict import mean_after

if TYPE_CHECKING:
    from app.lab.world import Answers, World

# Of the rows of a usual incident, and how often each is asked again at full severity.
SHARE = 0.5
AGAIN = 8.0
# A free service has a price once it is called in a loop, in usual costs of a row.
LEAST_CHARGE = 0.02


def strike(
    world: World, answers: Answers, strength: Strength, context: Context
) -> tuple[World, Answers]:
    """Ask again and again in a loop; the answer is the same, the bill is threefold."""
    hit = context.struck(strength, min(1.0, 2 * SHARE * context.severity)) & world.arrived
    times = np.maximum(1.0, np.rint(1 + AGAIN * context.severity))
    base = np.maximum(answers.charge, LEAST_CHARGE * context.money)
    return world, answers.but(charge=np.where(hit, base * times, answers.charge))


def each_costs_more(quiet: Seen, struck: Seen) -> bool:
    """Say whether some requests cost several times as much as any did."""
    usual = float(np.max(quiet.answers.charge, initial=0.0))
    dear = (struck.answers.charge > 1.5 * usual).astype(float)
    return mean_after(struck, dear) > 0.02


INCIDENT = Incident(
    key="cost_spike",
    title="The bill triples",
    group="service",
    symptom="Costs of serving are three times the usual; traffic, answers and quality are as always.",
    cause="A caller that gets its answer a moment too late asks again in a loop, and each is paid for.",
    remedy="Limit the caller and cap the spending at once; then repair the loop. Watch the cost of a "
    "request by caller, not only the bill.",
    mends={"scale_out": "contains", "quarantine": "contains", "roll_back": "ends"},
    wrong_move="leave_alone",
    strike_answers=strike,
    check=Check(
        "trace_requests",
        "Traced one by one, a part of the requests is charged several times over, and as many "
        "requests come as always.",
        each_costs_more,
    ),
    traces=(
        Trace("release", "Client 4.2: asks again when an answer takes too long.", 530),
        Trace("log", "billing: the same request id charged 5 times", 1200),
    ),
    decoys=(
        Decoy(
            "prior_shift",
            Trace("rumour", "It is growth, says sales: more cases, more cost.", 905),
        ),
        Decoy(
            "latency_creep",
            Trace("log", "memory of copy 2: 58 % used", 1321),
        ),
        Decoy(
            "queue_overload",
            Trace("calendar", "Reviewers get overtime this week.", 479),
        ),
    ),
)
