"""What a move does to struck days, from the minute on at which it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from app.lab.champion import Champion
from app.lab.fallback import threshold_within
from app.lab.recalibration import Calibrated
from app.lab.rungs import RUNGS, Training, fit_rung
from app.lab.world import Answers, World
from app.stages.production.cost import cost_rows
from app.stages.production.engine import Struck, changed_rows
from app.stages.production.scene import Scene
from app.stages.production.stretch import Stretch, answered_by, first_of

REFIT_ROWS = 8_000
LEAST_MATURED = 30
DAY = 24 * 60


def respond(
    scene: Scene,
    struck: Struck,
    move: str,
    from_day: float,
    level: int = 1,
    fitted: Champion | None = None,
) -> Struck:
    """Return the struck days as they go on under a move.

    Parameters
    ----------
    scene : Scene
    struck : Struck
        Moves follow one another: give what an earlier one returned.
    move : str
        Key of ``MOVES``.
    from_day : float
        Day and part of the day from which on the move works; requests before keep their answers.
    level : int
        For ``fall_back``: the level of the ladder that answers, 1 for the first below the model.
    fitted : Champion, optional
        For ``retrain``: what `refit` returned, so that it need not be fitted again.

    Returns
    -------
    Struck
        With new answers and costs. A move that the incident does not name and that changes no
        answer leaves everything as it is.
    """
    effect = struck.incident.effect(move) if struck.incident is not None else "nothing"
    late = times_of(struck.world) >= from_day
    if not late.any():
        return struck
    real = REAL.get(move)
    if effect == "ends" and move != "retrain":
        return _ended(scene.live, struck, late)
    if real is not None:
        return real(scene, struck, late, from_day, level, fitted)
    if effect == "contains" or move == "quarantine":
        return _answered(scene.live, struck, late & _at_fault(scene, struck), 1)
    return struck


def times_of(world: World) -> np.ndarray:
    """Return when each request came, in days from the first."""
    return np.asarray(world.days.of_row + world.minute / DAY / max(world.days.length, 1.0))


def _at_fault(scene: Scene, struck: Struck) -> np.ndarray:
    """Return the rows that the incident really touched; all that it strikes where none differ."""
    live, world = scene.live, struck.world
    touched = changed_rows(live.world.rows, world.rows, world.origin)
    touched |= _apart(struck.answers.prediction, live.answers.prediction[world.origin])
    touched |= world.y != live.world.y[world.origin]
    touched &= struck.strength > 0
    return touched if touched.any() else struck.strength > 0


def _apart(now: np.ndarray, before: np.ndarray) -> np.ndarray:
    differ = ~np.isclose(now, before, equal_nan=True)
    return np.asarray(differ if differ.ndim == 1 else differ.any(axis=1))


def _costed(live: Stretch, struck: Struck, world: World, answers: Answers) -> Struck:
    cost = cost_rows(live.levels, world, answers, (live.person_wrong, live.person_fee))
    return replace(struck, world=world, answers=answers, cost=cost)


def _answered(live: Stretch, struck: Struck, who: np.ndarray, level: int) -> Struck:
    """Let some rows be answered by a level of the ladder, whatever the service does to the model."""
    level = min(max(level, 0), len(live.levels) - 1)
    seek = np.where(who & struck.world.arrived, level, -1)
    answers = answered_by(live.levels, struck.world.rows, struck.answers, seek)
    return _costed(live, struck, struck.world, answers)


def _ended(live: Stretch, struck: Struck, late: np.ndarray) -> Struck:
    """Let the cause be gone: rows, labels and service as they usually are."""
    world, quiet, at = struck.world, live.world, struck.world.origin
    whole = np.arange(world.n)
    after = world.but(
        rows=_mended(world.rows, quiet.rows, at, late),
        sent=_mended(world.sent, quiet.sent, at, late),
        label=np.where(
            late, np.where(world.y == quiet.y[at], quiet.label[at], world.y), world.label
        ),
        label_days=np.where(late, quiet.label_days[whole], world.label_days),
        arrived=world.arrived | late,
        erased=world.erased & ~late,
        feed_age_hours=_ages(quiet, world, late),
    )
    usual, now = live.answers, struck.answers
    answers = now.but(
        prediction=_chosen(late, usual.prediction[at], now.prediction),
        acted=np.where(late, usual.acted[at], now.acted),
        rung=np.where(late, usual.rung[at], now.rung),
        version=np.where(late, usual.version[whole], now.version),
        replica=np.where(late, usual.replica[whole], now.replica),
        latency_ms=np.where(late, usual.latency_ms[whole], now.latency_ms),
        charge=np.where(late, usual.charge[whole], now.charge),
        fee=np.where(late, usual.fee[whole], now.fee),
        waits_hours=np.where(late, usual.waits_hours[at], now.waits_hours),
        recomputed=_chosen(late, usual.recomputed[at], now.recomputed),
    )
    found = _costed(live, struck, after, answers)
    return replace(found, strength=np.where(late, 0.0, struck.strength))


def _ages(quiet: World, world: World, late: np.ndarray) -> dict[str, np.ndarray]:
    first = int(world.days.of_row[late].min())
    whole = np.arange(world.days.count) >= first
    return {
        name: np.where(whole, quiet.feed_age_hours.get(name, ages), ages)
        for name, ages in world.feed_age_hours.items()
    }


def _chosen(late: np.ndarray, usual: np.ndarray, now: np.ndarray) -> np.ndarray:
    return np.where(late if usual.ndim == 1 else late[:, None], usual, now)


def _mended(
    rows: pd.DataFrame, quiet: pd.DataFrame, at: np.ndarray, late: np.ndarray
) -> pd.DataFrame:
    if rows is quiet:
        return rows
    usual = quiet.take(at).reset_index(drop=True)
    if list(usual.columns) != list(rows.columns):
        return usual
    made = {}
    for name in rows.columns:
        now, then = rows[name], usual[name]
        if now.dtype != then.dtype:
            now, then = now.astype(object), then.astype(object)
        made[name] = now.where(~late, then)
    return pd.DataFrame(made)


def _fall_back(
    scene: Scene,
    struck: Struck,
    late: np.ndarray,
    from_day: float,
    level: int,
    fitted: Champion | None,
) -> Struck:
    return _answered(scene.live, struck, late, level)


def _by_people(
    scene: Scene,
    struck: Struck,
    late: np.ndarray,
    from_day: float,
    level: int,
    fitted: Champion | None,
) -> Struck:
    return _answered(scene.live, struck, late, len(scene.live.levels) - 1)


def _retrain(
    scene: Scene,
    struck: Struck,
    late: np.ndarray,
    from_day: float,
    level: int,
    fitted: Champion | None,
) -> Struck:
    model = fitted or refit(scene, struck, from_day)
    who = np.flatnonzero(late & struck.world.arrived & (struck.answers.rung == 0))
    if not len(who):
        return struck
    told = model.fitted.predict(struck.world.rows, who)
    prediction, acted = struck.answers.prediction.copy(), struck.answers.acted.copy()
    recomputed = struck.answers.recomputed.copy()
    prediction[who], recomputed[who] = told, told
    acted[who] = first_of(model, told)
    answers = struck.answers.but(prediction=prediction, acted=acted, recomputed=recomputed)
    return _costed(scene.live, struck, struck.world, answers)


def refit(scene: Scene, struck: Struck, by_day: float) -> Champion:
    """Fit the model again on the training rows and all labels that are in by a day.

    Parameters
    ----------
    scene : Scene
    struck : Struck
        Recorded labels are taken as they are recorded, right or wrong.
    by_day : float

    Returns
    -------
    Champion
        With the threshold and the map of probabilities that it had; the model as it was where it
        does not learn, or too few labels are in.
    """
    model, world = scene.live.model, struck.world
    kind = RUNGS[model.fitted.key]
    in_time = times_of(world) + world.label_days / max(world.days.length, 1.0) <= by_day
    new = np.flatnonzero(world.arrived & in_time & np.isfinite(world.label))
    if not kind.learns or len(new) < LEAST_MATURED:
        return model
    old = np.arange(len(scene.train_y))
    queries = _lists(scene, world, new)
    if queries is None:
        new = new[-REFIT_ROWS // 2 :]
        old = old[-max(REFIT_ROWS - len(new), 0) :]
    frame = pd.concat([scene.train.iloc[old], world.rows.iloc[new]], ignore_index=True)
    y = np.concatenate([scene.train_y[old], world.label[new]])
    form = "regression" if scene.form == "ranking" else scene.form
    fresh = fit_rung(
        kind, Training(frame, y, form, scene.seed, scene.options, scene.classes, queries)
    )
    if isinstance(model.fitted.predictor, Calibrated):
        mapped = Calibrated(fresh.predictor, model.fitted.predictor.mapped)
        fresh = replace(fresh, predictor=mapped)
    return replace(model, fitted=fresh)


def _lists(scene: Scene, world: World, new: np.ndarray) -> np.ndarray | None:
    if scene.train_queries is None:
        return None
    codes = np.unique(scene.train_queries, return_inverse=True)[1]
    lists = scene.live.model.queries
    assert lists is not None
    return np.concatenate([codes, lists[world.origin[new]] + codes.max() + 1])


def _new_threshold(
    scene: Scene,
    struck: Struck,
    late: np.ndarray,
    from_day: float,
    level: int,
    fitted: Champion | None,
) -> Struck:
    """Take the threshold that would have cost least on the labels since the onset."""
    model, world, answers = scene.live.model, struck.world, struck.answers
    if not model.has_threshold:
        return struck
    known = times_of(world) + world.label_days / max(world.days.length, 1.0) <= from_day
    known &= world.arrived & np.isfinite(world.label) & (answers.rung == 0)
    since = known & (world.days.of_row >= struck.onset_day)
    if since.sum() < LEAST_MATURED:
        since = known
    if since.sum() < LEAST_MATURED:
        return struck
    stakes = None if model.stakes is None else model.stakes[world.origin][since]
    value = threshold_within(
        model.costs, world.label[since], answers.prediction[since], None, stakes
    )
    changed = replace(model, threshold=value)
    who = late & (answers.rung == 0)
    acted = np.where(who, first_of(changed, answers.prediction), answers.acted)
    return _costed(scene.live, struck, world, answers.but(acted=acted))


Real = Callable[[Scene, Struck, np.ndarray, float, int, Champion | None], Struck]
REAL: Mapping[str, Real] = {
    "fall_back": _fall_back,
    "retrain": _retrain,
    "change_threshold": _new_threshold,
    "stop_automation": _by_people,
}
