"""A join silently drops the rows of one group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.incidents.columns import needs_column
from app.incidents.coverage import lopsided, lost_share
from app.incidents.groups import costliest_group
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace

if TYPE_CHECKING:
    from app.lab.world import World

# Of the group's rows in a usual incident.
SHARE = 0.9


def strike(world: World, strength: Strength, context: Context) -> World:
    """Drop rows of the group that the model does worst on, so that its metrics get better."""
    _, group = costliest_group(world, context)
    lost = group & context.struck(strength, min(1.0, 2 * SHARE * context.severity))
    return world.but(arrived=world.arrived & ~lost)


def one_group_is_lost(quiet: Seen, struck: Seen) -> bool:
    """Say whether what was sent and never arrived is nearly all of one group."""
    return lost_share(struck) > 0.005 and lopsided(struck)


INCIDENT = Incident(
    key="dropped_join",
    title="A join drops one group of rows",
    group="data",
    symptom="Somewhat fewer rows, and the metrics are better than ever.",
    cause="An inner join lost the rows of a group whose key is missing in the new table. They were "
    "the hard ones.",
    remedy="Stop publishing, repair the join, answer the missing rows late; count rows by step and "
    "by group.",
    mends={"stop_automation": "contains", "fix_data": "ends", "retrain": "worse"},
    wrong_move="leave_alone",
    strike_inputs=strike,
    why_not=needs_column,
    check=Check(
        "lineage",
        "Rows counted by step and group: one group goes into the join and does not come out.",
        one_group_is_lost,
    ),
    traces=(
        Trace(
            "release", "Upstream notes: the reference table was rebuilt, duplicates are gone.", 315
        ),
        Trace("log", "join: inner, fewer rows out than in, finished without an error", 350),
    ),
    decoys=(
        Decoy(
            "volume_drop",
            Trace("calendar", "A holiday falls on {day} in parts of the country.", 480),
        ),
        Decoy(
            "prior_shift",
            Trace("rumour", "The error is down this week. The new season suits the model!", 965, 1),
        ),
        Decoy(
            "feedback_loop",
            Trace(
                "rumour", "Reviewers now see the answer first; no wonder that they agree.", 1000, -1
            ),
        ),
    ),
)
