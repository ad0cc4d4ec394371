"""An incident strikes quiet days: the world changes, the model answers anew where it must."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.incidents.incident import Context, Incident, Line
from app.incidents.names import lines_of
from app.incidents.onset import strength_of
from app.lab.metrics import loss_of
from app.lab.service_log import VERSION
from app.lab.world import Answers, World
from app.stages.production.cost import cost_rows
from app.stages.production.scene import Scene
from app.stages.production.stretch import Stretch, answered_by, first_of, known_of


@dataclass(frozen=True)
class Struck:
    """A stretch after an incident struck it.

    Parameters
    ----------
    world : World
    answers : Answers
    cost : ndarray of float, shape (n,)
        What each request really costs now, in currency.
    strength : ndarray of float, shape (n,)
        How strongly each row is struck, 0 to 1.
    incident : Incident or None
        None for quiet days.
    onset_day : int
    context : Context
    lines : tuple of Line
        What was written around it: releases, logs, rumours, complaints.
    """

    world: World
    answers: Answers
    cost: np.ndarray
    strength: np.ndarray
    incident: Incident | None
    onset_day: int
    context: Context
    lines: tuple[Line, ...] = ()


def context_of(scene: Scene, severity: float, rng: np.random.Generator) -> Context:
    """Return what an incident may know of the live stream."""
    live = scene.live
    world, model = live.world, live.model
    whole = float(np.abs(live.cost).mean()) if len(live.cost) else 0.0
    return Context(
        rng=rng,
        importance=scene.importance,
        form=scene.form,
        severity=severity,
        acts=model.acts,
        has_threshold=model.has_threshold,
        classes=len(scene.classes),
        money=whole or 1.0,
        prediction=live.answers.prediction,
        loss=loss_of(scene.form, world.y, filled(live.answers.prediction), model.queries),
    )


def filled(prediction: np.ndarray) -> np.ndarray:
    """Return predictions without holes: nothing said counts as zero, or as all classes alike."""
    if prediction.ndim == 1:
        return np.asarray(np.nan_to_num(prediction, nan=0.0, posinf=0.0, neginf=0.0))
    return np.where(known_of(prediction)[:, None], prediction, 1.0 / prediction.shape[1])


def untouched(scene: Scene, rng: np.random.Generator) -> Struck:
    """Return the live days without any incident, in the shape of struck ones."""
    live = scene.live
    none = np.zeros(live.world.n)
    last = live.world.days.count
    return Struck(
        live.world, live.answers, live.cost, none, None, last, context_of(scene, 0.5, rng)
    )


def simulate(
    scene: Scene,
    incident: Incident,
    onset_day: int,
    severity: float,
    rng: np.random.Generator,
    onset: str = "abrupt",
) -> Struck:
    """Let an incident strike the live days from a day on.

    Parameters
    ----------
    scene : Scene
    incident : Incident
        One that can strike: `why_not` is empty.
    onset_day : int
        Rows before it stay as they are, bit for bit.
    severity : float
        In (0, 1]; 0.5 is usual.
    rng : Generator
    onset : str
        Key of `app.incidents.onset.ONSETS`.

    Returns
    -------
    Struck
    """
    live = scene.live
    context = context_of(scene, severity, rng)
    strength = strength_of(live.world.days.of_row, onset_day, onset, rng)
    world, answers = live.world, live.answers
    if incident.strike_inputs is not None:
        world = incident.strike_inputs(world, strength, context)
        answers = answered_anew(live, world)
    if incident.strike_answers is not None:
        world, answers = incident.strike_answers(world, answers, strength, context)
    lines = lines_of(incident, live.world, onset_day, context, VERSION)
    answers = caught(live, world, answers)
    cost = cost_rows(live.levels, world, answers, (live.person_wrong, live.person_fee))
    return Struck(world, answers, cost, strength, incident, onset_day, context, lines)


def answered_anew(live: Stretch, world: World) -> Answers:
    """Return the quiet answers, and new ones for the rows whose inputs are no longer the same."""
    answers = moved(live.answers, world.origin)
    new = changed_rows(live.world.rows, world.rows, world.origin)
    model = live.model
    if new.any():
        which = np.flatnonzero(new)
        told = model.fitted.predict(world.rows, which)
        mine = which[answers.rung[which] == 0]
        prediction, recomputed = answers.prediction.copy(), answers.recomputed.copy()
        acted = answers.acted.copy()
        recomputed[which] = told
        here = answers.rung[which] == 0
        prediction[mine] = told[here]
        acted[mine] = first_of(model, told[here])
        answers = answers.but(prediction=prediction, acted=acted, recomputed=recomputed)
        below = new & (answers.rung > 0)
        answers = answered_by(live.levels, world.rows, answers, np.where(below, answers.rung, -1))
    if world.sent is not world.rows:
        # What the model would have said to what was sent tells a fault of the service.
        apart = changed_rows(world.rows, world.sent, np.arange(world.n))
        if apart.any():
            which = np.flatnonzero(apart)
            recomputed = answers.recomputed.copy()
            recomputed[which] = model.fitted.predict(world.sent, which)
            answers = answers.but(recomputed=recomputed)
    return answers


def caught(live: Stretch, world: World, answers: Answers) -> Answers:
    """Let the ladder answer what the model did not."""
    silent = world.arrived & ~known_of(answers.prediction) & (answers.rung <= 0)
    if not silent.any():
        return answers
    return answered_by(live.levels, world.rows, answers, np.where(silent, 1, -1))


def moved(answers: Answers, origin: np.ndarray) -> Answers:
    """Return the answers of other quiet rows, where a strike drew rows anew."""
    if np.array_equal(origin, np.arange(len(answers.rung))):
        return answers
    # What belongs to the request and not to its inputs stays in its place.
    return answers.but(
        prediction=answers.prediction[origin],
        acted=answers.acted[origin],
        rung=answers.rung[origin],
        recomputed=answers.recomputed[origin],
        waits_hours=answers.waits_hours[origin],
    )


def changed_rows(before: pd.DataFrame, after: pd.DataFrame, origin: np.ndarray) -> np.ndarray:
    """Return which rows differ in any input from the quiet row that they were."""
    found = np.zeros(len(after), dtype=bool)
    if after is before and np.array_equal(origin, np.arange(len(after))):
        return found
    if list(after.columns) != list(before.columns):
        return np.ones(len(after), dtype=bool)
    for name in after.columns:
        found |= _differs(before[name], after[name], origin)
    return found


def _differs(before: pd.Series, after: pd.Series, origin: np.ndarray) -> np.ndarray:
    if _same(before, after) and np.array_equal(origin, np.arange(len(after))):
        return np.zeros(len(after), dtype=bool)
    if after.dtype.kind in "fiub" and before.dtype.kind in "fiub":
        old = before.to_numpy(dtype=float)[origin]
        new = after.to_numpy(dtype=float)
        return np.asarray((old != new) & ~(np.isnan(old) & np.isnan(new)))
    if isinstance(after.dtype, pd.CategoricalDtype) and after.dtype == before.dtype:
        return np.asarray(before.cat.codes.to_numpy()[origin] != after.cat.codes.to_numpy())
    old = before.astype(object).to_numpy()[origin]
    new = after.astype(object).to_numpy()
    both = pd.isna(old) & pd.isna(new)
    return np.asarray(pd.Series(old).ne(pd.Series(new)).to_numpy() & ~both)


def _same(before: pd.Series, after: pd.Series) -> bool:
    """Say whether two columns are one in memory, so that nothing need be compared."""
    if after is before:
        return True
    plain = after.dtype.kind in "fiub" and after.dtype == before.dtype
    return plain and bool(np.shares_memory(after.to_numpy(), before.to_numpy()))
