"""Somebody learns what the model lets pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.changes import graver, happening, room, upstream
from app.incidents.columns import changed, needs_column, values_of, varying
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import enough
from app.incidents.verdict import error_of, mean_after

if TYPE_CHECKING:
    import pandas as pd

    from app.lab.world import World

# Of all rows in a usual incident.
SHARE = 0.15
PATTERNS = 3
LOOKS_GOOD = 0.1
LEAST = 5
# More patterns than this that are all new: a column changed, nobody repeats himself.
FEW = 12
WORSE = 1.05


def strike(world: World, strength: Strength, context: Context) -> World:
    """Send copies of rows that the model finds harmless; each of them turns out bad."""
    share = 2 * SHARE * context.severity * float(np.sqrt(room(world, context)))
    hit = context.struck(strength, share)
    places = np.flatnonzero(hit)
    patterns = context.rng.choice(_let_pass(world, strength, context), PATTERNS)
    copied = patterns[context.rng.integers(0, PATTERNS, world.n)]
    rows = world.rows
    for column in varying(world.rows, {}):
        rows = changed(rows, column, hit, values_of(world.rows, column)[copied])
    found = upstream(world, rows) if len(places) else world
    return happening(found, hit, graver(world, context))


def _let_pass(world: World, strength: Strength, context: Context) -> np.ndarray:
    """Return complete rows from before that looked best to the model: the low scores, or high."""
    score = context.quiet_score(world)
    good = -score if context.form in ("binary", "regression") else score
    before = np.flatnonzero(strength == 0)
    rows = before if len(before) else np.arange(world.n)
    count = max(PATTERNS, int(LOOKS_GOOD * len(rows)))
    return np.asarray(rows[np.argsort(-good[rows], kind="stable")][:count])


def copies_that_hurt(quiet: Seen, struck: Seen) -> bool:
    """Say whether a few patterns are far more frequent than ever, and the answers off there."""
    cluster = _crowded(quiet, struck)
    if not enough(struck, cluster):
        return False
    error = error_of(struck)
    return mean_after(struck, error, cluster) > WORSE * mean_after(struck, error, ~cluster)


def _crowded(quiet: Seen, struck: Seen) -> np.ndarray:
    usual = _patterns(quiet.world.sent)
    now = _patterns(struck.world.sent)
    before: dict[int, int] = _counts(usual)
    after = _counts(now[struck.after])
    share = struck.after.sum() / max(1, len(usual))
    crowd = [p for p, count in after.items() if count >= LEAST + 4 * share * before.get(p, 0)]
    if len(crowd) > FEW:
        return np.zeros(len(now), dtype=bool)
    return struck.after & np.isin(now, np.array(crowd, dtype=now.dtype))


def _counts(patterns: np.ndarray) -> dict[int, int]:
    values, counts = np.unique(patterns, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def _patterns(rows: pd.DataFrame) -> np.ndarray:
    """Return one number a row, the same for rows that are alike in every column but dates."""
    # Late: the catalogue of incidents is read at start-up, long before a frame is.
    import pandas as pd
    from pandas.util import hash_pandas_object

    found = np.zeros(len(rows), dtype=np.uint64)
    for column in sorted(varying(rows, {})):
        codes, kinds = pd.factorize(values_of(rows, column))
        named = hash_pandas_object(pd.Series([str(kind) for kind in kinds]), index=False).to_numpy()
        # The last one stands for what is missing, whose code is -1.
        own = np.append(named, np.uint64(0))[codes]
        found = np.asarray(found * np.uint64(31) + own, dtype=np.uint64)
    return found


INCIDENT = Incident(
    key="adversary",
    title="Somebody learns what passes",
    group="people",
    symptom="Losses rise in a niche where the model is sure of itself; all else is as always.",
    cause="People found inputs that the model lets pass, and send them again and again.",
    remedy="Catch the pattern by a rule at once, let people look at it, then train with it.",
    mends={"quarantine": "contains", "retrain": "ends", "change_threshold": "worse"},
    wrong_move="change_threshold",
    strike_inputs=strike,
    why_not=needs_column,
    check=Check(
        "sample_rows",
        "Among the costly rows the same few patterns come again and again; they were rare before.",
        copies_that_hurt,
    ),
    traces=(
        Trace(
            "rumour", "In a forum someone explains which answers the form likes to hear.", 1140, -1
        ),
        Trace(
            "log", "api: 40 requests from one address within a minute, all different senders", 130
        ),
    ),
    decoys=(
        Decoy(
            "concept_shift",
            Trace("rumour", "The whole market is getting harder, says risk.", 860),
        ),
        Decoy(
            "new_segment",
            Trace("calendar", "A new sales channel opens this month.", 482),
        ),
        Decoy(
            "harmless_shift",
            Trace("log", "drift: {number} is over its limit", 422),
        ),
    ),
)
