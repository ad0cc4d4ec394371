"""All signals of a stretch of production, day by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.monitors.cohorts import Watched, cohort_signals
from app.lab.monitors.columns import DRIFTS, Windowed, drifts, moved, shares, windowed
from app.lab.monitors.quality import answer_signals, apart_by, label_signals
from app.lab.monitors.reference import SCORE, Reference
from app.lab.monitors.rolling import counts, rolled
from app.lab.monitors.service import service_signals
from app.lab.monitors.signals import Signals
from app.lab.monitors.view import View
from app.lab.stream import LEAST_PER_DAY, LEAST_TYPICAL
from app.lab.watching.profile import ColumnCounts, Profile

Series = dict[str, dict[str, np.ndarray]]
PER_COLUMN = ("missing", "range", "unseen", "schema", "non_finite")
# Of these a share of the rows is watched: one row more or less is no news.
SHARES = (*PER_COLUMN, "failures", "fallback", "versions", "skew", "latency")
ROWS_OF_NEWS = 1.5
# Rare values come one by one, in the past as well: a few in a window are no news.
RARE = ("range", "unseen")
RARE_ROWS = 5.0
DOMAIN = "told from the past"
STILL_LOG = 0.1
STILL_AGE = 0.2
STILL_CHARGE = 0.02
STILL_COMPLAINTS = 0.2


@dataclass(frozen=True)
class Counted:
    """The columns of a stretch, counted by day, with the rows they were counted on.

    Parameters
    ----------
    rows : DataFrame
    place : ndarray of int, shape (n,)
    columns : mapping of str to ColumnCounts
    """

    rows: pd.DataFrame
    place: np.ndarray
    columns: Mapping[str, ColumnCounts]


def count_days(view: View, reference: Reference, known: Counted | None = None) -> Counted:
    """Count the cells of every column by day.

    Parameters
    ----------
    view : View
    reference : Reference
    known : Counted, optional
        Of the same days before something struck them: columns that are still the same in memory
        are not counted again.

    Returns
    -------
    Counted
    """
    place, days = view.place, view.world.days.count
    names = [str(day) for day in range(days + 1)]
    same = known is not None and np.array_equal(known.place, place)
    found = {}
    for name, shape in reference.shapes.items():
        if known is not None and same and _untouched(known.rows, view.world.rows, name):
            found[name] = known.columns[name]
            continue
        rows = {name: view.world.rows[name]} if name in view.world.rows else {"": pd.Series(place)}
        counted = Profile.of(rows, {name: shape}, place, names).columns[name]
        found[name] = ColumnCounts(shape, counted.cells[:days], counted.moments[:days])
    return Counted(view.world.rows, place, found)


def _untouched(before: pd.DataFrame, after: pd.DataFrame, name: str) -> bool:
    if after is before:
        return True
    if name not in after.columns:
        return False
    old, new = before[name], after[name]
    if old.dtype != new.dtype:
        return False
    if isinstance(new.dtype, pd.CategoricalDtype):
        return bool(np.array_equal(old.cat.codes.to_numpy(), new.cat.codes.to_numpy()))
    if new.dtype.kind in "fiub":
        same = np.shares_memory(old.to_numpy(), new.to_numpy())
        return same or bool(np.array_equal(old.to_numpy(), new.to_numpy(), equal_nan=True))
    return bool(old.equals(new))


def watch(
    view: View,
    reference: Reference,
    watched: tuple[Watched, ...] = (),
    counted: Counted | None = None,
) -> Signals:
    """Measure every signal of every day.

    Parameters
    ----------
    view : View
    reference : Reference
    watched : tuple of Watched
        Slices under watch.
    counted : Counted, optional
        From `count_days`; counted here when left out.

    Returns
    -------
    Signals
    """
    counted = counted or count_days(view, reference)
    days = view.world.days
    rows = rolled(counts(view.place, days.count), reference.width)
    enough, some = rows >= LEAST_PER_DAY, rows >= LEAST_TYPICAL
    values: Series = {**service_signals(view, reference)}
    values |= {key: {} for key in (*PER_COLUMN, *DRIFTS)}
    weighed: dict[tuple[str, str], np.ndarray] = {}
    mixed = np.zeros(days.count)
    for name, counts_of in counted.columns.items():
        total = reference.totals[name]
        column = windowed(counts_of, total, reference.width, reference.window)
        for key, found in shares(column).items():
            values[key][name] = np.where(some, found, np.nan)
        apart = moved(column)
        for key, found in drifts(column).items():
            values[key][name] = np.where(enough, found, np.nan)
            weighed[key, name] = apart
        mixed += reference.weights.get(name, 0.0) * np.nan_to_num(apart)
    values["domain"] = _domain(view, reference, enough)
    if values["domain"]:
        weighed["domain", DOMAIN] = mixed
    values |= answer_signals(view, reference)
    weighed["skew", "differs from recomputed"] = apart_by(view, reference)
    values["prediction_drift"], weighed_score = _scores(view, reference, enough)
    weighed |= weighed_score
    values |= label_signals(view, reference)
    slices, slice_floors = cohort_signals(view, watched)
    values |= slices
    full = {key: found for key, found in values.items() if found}
    floors = {**_floors(full, rows), **slice_floors}
    return Signals(full, days, floors, weighed, reference.width)


def _domain(view: View, reference: Reference, enough: np.ndarray) -> dict[str, np.ndarray]:
    if reference.discriminant is None:
        return {}
    auc = reference.discriminant.auc(
        view.world.rows, view.place, view.world.days.count, reference.width
    )
    return {DOMAIN: np.where(enough, auc, np.nan)}


def _scores(
    view: View, reference: Reference, enough: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[tuple[str, str], np.ndarray]]:
    shape, total = reference.score_shape, reference.score_total
    if shape is None or total is None:
        return {}, {}
    days = view.world.days.count
    place = np.where(np.isfinite(view.score), view.place, days)
    names = [str(day) for day in range(days + 1)]
    counted = Profile.of({SCORE: pd.Series(view.score)}, {SCORE: shape}, place, names)
    found = counted.columns[SCORE]
    column: Windowed = windowed(
        ColumnCounts(shape, found.cells[:days], found.moments[:days]),
        total,
        reference.width,
        reference.window,
    )
    name = "PSI of the prediction"
    weighed = {
        ("prediction_drift", name): moved(column),
        ("mean_prediction", "mean prediction"): moved(column),
    }
    return {name: np.where(enough, drifts(column)["psi"], np.nan)}, weighed


def _floors(values: Series, rows: np.ndarray) -> dict[tuple[str, str], float]:
    """Return the least spread that counts as usual for signals that may stand still."""
    there = rows[rows > 0]
    one = ROWS_OF_NEWS / float(np.median(there)) if len(there) else 1.0
    floors = {(key, name): one for key in SHARES for name in values.get(key, {})}
    few = one * RARE_ROWS / ROWS_OF_NEWS
    floors |= {(key, name): few for key in RARE for name in values.get(key, {})}
    floors |= {("volume", name): STILL_LOG for name in values["volume"]}
    floors |= {("labels", name): STILL_LOG for name in values.get("labels", {})}
    floors |= {("waiting", name): STILL_LOG for name in values.get("waiting", {})}
    floors |= {("freshness", name): STILL_AGE for name in values.get("freshness", {})}
    floors |= {("complaints", name): STILL_COMPLAINTS for name in values["complaints"]}
    charges = values.get("charge", {})
    for name, found in charges.items():
        known = found[np.isfinite(found)]
        floors["charge", name] = STILL_CHARGE * float(np.median(known)) if len(known) else 0.0
    return floors
