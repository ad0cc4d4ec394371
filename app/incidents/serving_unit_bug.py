"""The service itself reads a number in another unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.incidents.columns import changed, needs_number, numbers, ranked
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import in_another_unit, moved_at_source, moved_in_service
from app.incidents.units import converted, share_of

if TYPE_CHECKING:
    from app.lab.world import World


def strike(world: World, strength: Strength, context: Context) -> World:
    """Convert the most important number once more inside the service."""
    column = ranked(world.rows, context.importance, numeric=True)[0]
    scaled = converted(numbers(world.rows, column), context.severity)
    return world.but(
        rows=changed(world.rows, column, context.struck(strength, share_of(context.form)), scaled)
    )


def converted_in_service(quiet: Seen, struck: Seen) -> bool:
    """Say whether the service saw a number in another unit than it was sent in."""
    world, moved = struck.world, moved_in_service(struck)
    return not moved_at_source(quiet, struck) and any(
        in_another_unit(world.rows[column], world.sent[column], rows)
        for column, rows in moved.items()
    )


INCIDENT = Incident(
    key="serving_unit_bug",
    title="The service converts a number twice",
    group="service",
    symptom="One input jumps to another scale the day after a deploy; the source looks clean.",
    cause="New code in the service converts a unit that was converted already.",
    remedy="Roll the service back, then compare logged inputs with recomputed ones in every build.",
    mends={
        "roll_back": "ends",
        "fall_back": "contains",
        "quarantine": "contains",
        "fix_data": "worse",
        "retrain": "worse",
    },
    wrong_move="fix_data",
    strike_inputs=strike,
    why_not=needs_number,
    check=Check(
        "parity_check",
        "The same rows answered again, apart from the service, give other answers: the service "
        "saw one field converted by one rule from what the source sent.",
        converted_in_service,
    ),
    traces=(
        Trace(
            "release",
            "Service build 218: units are now converted in one place for all fields.",
            950,
        ),
        Trace("log", "features: converter loaded, 2 rules for {number}", 955),
    ),
    decoys=(
        Decoy(
            "unit_change",
            Trace(
                "release",
                "Upstream notes: {number} comes from a new table as of this week.",
                425,
                -1,
            ),
        ),
        Decoy(
            "null_flood",
            Trace("log", "ingest: {minor} missing in 3 of {rows} rows", 366),
        ),
        Decoy(
            "concept_shift",
            Trace(
                "rumour", "The scores jumped; perhaps people really changed over the weekend.", 835
            ),
        ),
    ),
)
