"""A new kind of row appears that the model never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.changes import happening, otherwise, room, upstream, whole
from app.incidents.columns import changed, is_numeric, needs_column, numbers, ranked
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import archived, moved_at_source
from app.incidents.verdict import loss_of, mean_after

if TYPE_CHECKING:
    import pandas as pd

    from app.lab.world import World

# Of all rows in a usual incident, and how many of them turn out otherwise than the model thinks.
SHARE = 0.25
OTHERWISE = 0.7
ALL_NEW = 0.95
WORSE = 1.2


def strike(world: World, strength: Strength, context: Context) -> World:
    """Turn rows into a segment with an unseen value and outcomes of its own."""
    hit = context.struck(strength, min(0.8, 2 * SHARE * context.severity))
    hit = whole(world, hit)
    drawn = context.rng.random(world.n) < OTHERWISE * room(world, context)
    turned = hit & whole(world, drawn)
    found = happening(world, turned, otherwise(world, context))
    texts = ranked(world.rows, context.importance, numeric=False)
    if texts:
        value = np.full(world.n, f"new {texts[0]}", dtype=object)
        return upstream(found, changed(world.rows, texts[0], hit, value))
    column = ranked(world.rows, context.importance, numeric=True)[0]
    values = numbers(world.rows, column)
    beyond = np.nanmax(values) + np.nanstd(values) * (0.5 + context.rng.random(world.n))
    return upstream(found, changed(world.rows, column, hit, beyond))


def bad_in_the_new(quiet: Seen, struck: Seen) -> bool:
    """Say whether rows of many kinds carry an unseen value, and answers are off there alone."""
    error, usual = loss_of(struck), mean_after(quiet, loss_of(quiet))
    for column, rows in moved_at_source(quiet, struck).items():
        before, now = archived(quiet, struck, column), struck.world.sent[column]
        new = rows & _unseen(before, now)
        # A column that moved as a whole is no segment.
        if new.sum() < ALL_NEW * rows.sum() or before[new].nunique() < 2:
            continue
        rest = mean_after(struck, error, ~new)
        if mean_after(struck, error, new) > WORSE * rest and rest < WORSE * usual:
            return True
    return False


def _unseen(before: pd.Series, now: pd.Series) -> np.ndarray:
    if not is_numeric(now):
        return np.asarray(~now.isin(before.dropna().unique()) & now.notna())
    high = now.to_numpy(float, na_value=np.nan) > np.nanmax(before.to_numpy(float, na_value=np.nan))
    return np.asarray(high)


INCIDENT = Incident(
    key="new_segment",
    title="A new segment is launched",
    group="world",
    symptom="The average is nearly fine; one slice is bad, and it grows.",
    cause="The business opened to people whom the model has never seen.",
    remedy="Route the segment to the rule or a person, collect labels, then retrain with them.",
    mends={
        "quarantine": "contains",
        "fall_back": "contains",
        "retrain": "ends",
        "change_threshold": "worse",
    },
    wrong_move="roll_back",
    strike_inputs=strike,
    why_not=needs_column,
    check=Check(
        "slice_view",
        "Rows of many kinds carry a value that was never seen; answers are far off there, and as "
        "good as ever elsewhere.",
        bad_in_the_new,
    ),
    traces=(
        Trace("calendar", "Launch of the new market, first customers on {day}.", 480),
        Trace("release", "Product notes: one more choice in the form for {category}.", 505),
    ),
    decoys=(
        Decoy(
            "prior_shift",
            Trace("calendar", "The season begins in these weeks.", 485, 1),
        ),
        Decoy(
            "new_category",
            Trace(
                "release",
                "Upstream notes: spelling of {category} is checked more strictly.",
                420,
                -1,
            ),
        ),
        Decoy(
            "harmless_shift",
            Trace(
                "rumour", "The drift alarm is only the usual one on {minor}, says a colleague.", 850
            ),
        ),
    ),
)
