"""Many of the rows no longer arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.incidents.changes import whole
from app.incidents.coverage import lopsided, lost_share
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace

if TYPE_CHECKING:
    from app.lab.world import World

# Of the rows of a usual incident.
SHARE = 0.6


def strike(world: World, strength: Strength, context: Context) -> World:
    """Lose rows before they reach the service, three in five of them in a usual incident."""
    lost = context.struck(strength, min(0.95, 2 * SHARE * context.severity))
    return world.but(arrived=world.arrived & ~whole(world, lost))


def thinned(quiet: Seen, struck: Seen) -> bool:
    """Say whether rows are lost in every group alike."""
    return lost_share(struck) > 0.05 and not lopsided(struck)


INCIDENT = Incident(
    key="volume_drop",
    title="Rows stop arriving",
    group="data",
    symptom="The rows that come look fine; there are far fewer of them.",
    cause="One of the producers stopped sending after a deploy.",
    remedy="Fix the data: find the silent producer; catch up on what was missed.",
    mends={"fix_data": "ends", "retrain": "worse"},
    wrong_move="leave_alone",
    strike_inputs=strike,
    check=Check(
        "log_query",
        "Rows counted by step: more were sent than reached the service, and as many are missing "
        "in every group.",
        thinned,
    ),
    traces=(
        Trace("log", "queue: producer 3 has sent nothing for 6 hours", 720),
        Trace("release", "Upstream notes: producer 3 moves to the new cluster.", 300),
    ),
    decoys=(
        Decoy(
            "dropped_join",
            Trace(
                "release",
                "Upstream notes: the reference table for {category} is loaded anew.",
                330,
                -1,
            ),
        ),
        Decoy(
            "queue_overload",
            Trace("calendar", "Two of the reviewers are on holiday this week.", 480),
        ),
        Decoy(
            "lost_replicas",
            Trace("log", "database: planned maintenance, 20 minutes read-only", 180),
        ),
    ),
)
