"""A source starts to send a number in another unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.incidents.changes import upstream
from app.incidents.columns import changed, needs_number, numbers, ranked
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import archived, in_another_unit, moved_at_source, moved_in_service
from app.incidents.units import converted, share_of

if TYPE_CHECKING:
    from app.lab.world import World


def strike(world: World, strength: Strength, context: Context) -> World:
    """Convert the most important number at its source; while it ramps, producer by producer."""
    column = ranked(world.rows, context.importance, numeric=True)[0]
    scaled = converted(numbers(world.rows, column), context.severity)
    return upstream(
        world, changed(world.rows, column, context.struck(strength, share_of(context.form)), scaled)
    )


def converted_at_source(quiet: Seen, struck: Seen) -> bool:
    """Say whether the source itself sends a number in another unit."""
    moved = moved_at_source(quiet, struck)
    sent = struck.world.sent
    return not moved_in_service(struck) and any(
        in_another_unit(sent[column], archived(quiet, struck, column), rows)
        for column, rows in moved.items()
    )


INCIDENT = Incident(
    key="unit_change",
    title="A unit changes overnight",
    group="data",
    symptom="One input jumps to another scale; scores move with it.",
    cause="An upstream team changed the unit of a field and told nobody.",
    remedy="Fix the data: convert the field or quarantine its rows, then agree on a contract.",
    mends={
        "quarantine": "contains",
        "fall_back": "contains",
        "fix_data": "ends",
        "retrain": "worse",
        "change_threshold": "worse",
    },
    wrong_move="retrain",
    strike_inputs=strike,
    why_not=needs_number,
    check=Check(
        "log_query",
        "Against the source's own archive every value of one field is converted by the same rule, "
        "and the service saw it exactly as it was sent.",
        converted_at_source,
    ),
    traces=(
        Trace(
            "release",
            "Upstream notes, item 7 of 9: field {number} is now sent in the partner's unit.",
            430,
        ),
        Trace(
            "log", "ingest: {rows} rows read, schema check passed, field {number} is a number", 365
        ),
    ),
    decoys=(
        Decoy(
            "harmless_shift",
            Trace(
                "calendar", "The autumn campaign starts on {day}; more new customers expected.", 480
            ),
        ),
        Decoy(
            "serving_unit_bug",
            Trace(
                "release",
                "Service build 214: small clean-up in the code that reads {number}.",
                1015,
                -1,
            ),
        ),
        Decoy(
            "concept_shift",
            Trace(
                "rumour", "Someone from sales says that people simply behave differently now.", 840
            ),
        ),
    ),
)
