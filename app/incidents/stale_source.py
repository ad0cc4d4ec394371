"""A feed stops, and yesterday's values are served again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.changes import upstream
from app.incidents.columns import changed, needs_number, numbers, ranked
from app.incidents.feeds import DELETIONS
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace

if TYPE_CHECKING:
    from app.lab.world import World

DAY_HOURS = 24.0
FRESH_HOURS = 1.0


def strike(world: World, strength: Strength, context: Context) -> World:
    """Serve the last value before the onset of the most important number to all struck rows."""
    column = ranked(world.rows, context.importance, numeric=True)[0]
    values = numbers(world.rows, column)
    before = values[(strength == 0) & np.isfinite(values)]
    pool = before if len(before) else values[np.isfinite(values)]
    frozen = np.full(world.n, pool[-1] if len(pool) else 0.0)
    hit = context.struck(strength, min(1.0, 1.8 * context.severity))
    feed = feed_of(world, column)
    found = upstream(world, changed(world.rows, column, hit, frozen))
    return found.but(feed_age_hours={**world.feed_age_hours, feed: _ages(world, feed, strength)})


def feed_of(world: World, column: str) -> str:
    """Return the feed that brings a column: the one of its name, or else the first there is."""
    feeds = [name for name in world.feed_age_hours if name != DELETIONS]
    return next((name for name in feeds if name == column), feeds[0] if feeds else column)


def _ages(world: World, feed: str, strength: Strength) -> np.ndarray:
    days = world.days
    usual = world.feed_age_hours.get(feed, np.full(days.count, FRESH_HOURS))
    strongest = np.zeros(days.count)
    np.maximum.at(strongest, days.of_row, strength)
    onset = int(np.argmax(strongest > 0))
    since = np.maximum(0, np.arange(days.count) - onset + 1) * DAY_HOURS * days.length
    return np.where(strongest > 0, usual + since, usual)


def aged(quiet: Seen, struck: Seen) -> bool:
    """Say whether a feed is more than a day older than it ever was."""
    for feed, ages in struck.world.feed_age_hours.items():
        usual = quiet.world.feed_age_hours.get(feed, np.full(len(ages), FRESH_HOURS))
        if (
            feed != DELETIONS
            and ages[struck.onset_day :].max(initial=0.0) >= usual.max(initial=0.0) + DAY_HOURS
        ):
            return True
    return False


INCIDENT = Incident(
    key="stale_source",
    title="A feed goes stale",
    group="data",
    symptom="One input no longer changes; nothing is missing and nothing is out of range.",
    cause="The feed stopped and a cache keeps serving the last value.",
    remedy="Fix the data: alarm on the age of the feed, not only on its values.",
    mends={
        "fall_back": "contains",
        "quarantine": "contains",
        "fix_data": "ends",
        "retrain": "worse",
    },
    wrong_move="retrain",
    strike_inputs=strike,
    why_not=needs_number,
    check=Check(
        "dashboards",
        "The newest value of one feed is more than a day older than it ever was.",
        aged,
    ),
    traces=(
        Trace("log", "cache: {number} served from the copy of yesterday, no newer one found", 395),
        Trace("log", "feed {number}: finished with exit code 0, 0 new values", 385),
    ),
    decoys=(
        Decoy(
            "volume_drop",
            Trace("calendar", "A long weekend begins on {day}; traffic is low in such weeks.", 480),
        ),
        Decoy(
            "stale_artefact",
            Trace("rumour", "The model team wanted to deploy this week; did they ever?", 870),
        ),
        Decoy(
            "feature_mixup",
            Trace(
                "release", "Service build 216: the cache of features keeps fewer copies.", 645, -1
            ),
        ),
    ),
)
