"""What is predicted becomes more frequent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.coverage import lost_share
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import (
    NOTICEABLE,
    alike_by_outcome,
    by_outcome,
    labels_wrong,
    middle_of,
    mix_changed,
    moved_at_source,
    silent_more,
)

if TYPE_CHECKING:
    from app.lab.world import World

# How much more often a usual season draws rows with a high target.
TIMES = 3.0
# By so much more of all outcomes are high.
ROSE = 0.03


def strike(world: World, strength: Strength, context: Context) -> World:
    """Draw the struck rows anew, those with a high target three times as often."""
    times = 1.0 + 2 * (TIMES - 1.0) * context.severity
    drawn = np.arange(world.n)
    hit = context.struck(strength)
    for day in np.unique(world.days.of_row[hit]):
        places = np.flatnonzero(hit & (world.days.of_row == day))
        weight = np.where(world.y[places] > np.median(world.y), times, 1.0)
        drawn[places] = context.rng.choice(places, size=len(places), p=weight / weight.sum())
    return _drawn(world, drawn)


def _drawn(world: World, drawn: np.ndarray) -> World:
    rows = world.rows.iloc[drawn].set_axis(world.rows.index)
    return world.but(
        rows=rows,
        sent=rows,
        y=world.y[drawn],
        label=world.label[drawn],
        label_days=world.label_days[drawn],
        erased=world.erased[drawn],
        origin=world.origin[drawn],
    )


def more_of_the_same(quiet: Seen, struck: Seen) -> bool:
    """Say whether more rows turn out high, and rows that do are answered as they always were."""
    if moved_at_source(quiet, struck) or silent_more(quiet, struck) or labels_wrong(struck):
        return False
    if not mix_changed(quiet, struck):
        return False
    if lost_share(struck) > lost_share(quiet) + NOTICEABLE:
        return False
    middle = middle_of(quiet)
    more = by_outcome(struck, middle)[0] - by_outcome(quiet, middle)[0]
    return more > ROSE and alike_by_outcome(quiet, struck)


def _not_lists(world: World, context: Context) -> str:
    return "it draws rows anew, and a list comes whole" if context.form == "ranking" else ""


INCIDENT = Incident(
    key="prior_shift",
    title="It happens far more often",
    group="world",
    symptom="Scores and outcomes rise together; the ranking is as good as before.",
    cause="A season, a campaign or an outbreak: more cases, of the same kind.",
    remedy="Change the threshold or the capacity; the ranking still holds.",
    mends={"change_threshold": "ends", "scale_out": "contains"},
    wrong_move="roll_back",
    strike_inputs=strike,
    why_not=_not_lists,
    check=Check(
        "slice_view",
        "There are more of one outcome, and rows that turn out so are answered as they always were.",
        more_of_the_same,
    ),
    traces=(
        Trace("calendar", "The season starts about {day}; last year it lasted six weeks.", 480),
    ),
    decoys=(
        Decoy(
            "concept_shift",
            Trace(
                "rumour",
                "The error in the weekly report is up; people think the model is worn out.",
                905,
                1,
            ),
        ),
        Decoy(
            "label_bug",
            Trace("release", "Label job: two old rules were merged into one.", 120, -1),
        ),
        Decoy(
            "threshold_overwritten",
            Trace("log", "settings: 14 keys read, none changed", 15),
        ),
    ),
)
