"""Retraining policies, replayed over the test and the time after it."""

from __future__ import annotations

import numpy as np

from app.lab.champion import known_rows
from app.lab.retraining import Limits, Policy, Replayed, World, days, replay
from app.stages.bench import Bench
from app.stages.part import Part
from app.stages.rollout.choices import Choices
from app.stages.rollout.learner import Learner
from app.stages.rollout.renewal_told import told
from app.stages.rollout.scene import WITHOUT_MODEL, Scene

MOST_PERIODS = 13
LEAST_PERIODS = 3
# How many calendar periods make up a month and a quarter.
STEPS: dict[str, tuple[int, int]] = {
    "week": (4, 13),
    "month": (1, 3),
    "quarter": (1, 1),
    "year": (1, 1),
}


def renewal(choices: Choices, scene: Scene, bench: Bench) -> Part:
    """Replay every policy, or say why there is nothing to replay."""
    why = _does_not_apply(scene)
    if why:
        return Part(words={"retraining": why})
    periods = periods_of(scene)
    if periods is None:
        words = "The held-out time is shorter than three weeks: too short to replay retraining."
        return Part(words={"retraining": words})
    unit, starts = periods
    learner = Learner.of(choices.replay_rows, scene, bench)
    world = _world(choices, scene, learner, starts)
    if world is None:
        words = "The model cannot be fitted again on the rows known before the test."
        return Part(words={"retraining": words})
    limits = Limits(choices.margin / 100, choices.drop / 100, choices.drift_limit)
    found: list[Replayed] = []
    policies = policies_of(choices, unit)
    for place, policy in enumerate(policies):
        bench.progress(0.5 + 0.45 * place / len(policies), f"Retraining: {policy.title.lower()}")
        found.append(replay(policy, world, limits))
    today = learner.today(world.held)
    return told(choices, scene, unit, starts, world, tuple(found), today, bench)


def _does_not_apply(scene: Scene) -> str:
    if scene.problem.split.kind != "time" or scene.problem.times is None:
        return (
            "Does not apply: the rows are not split by time, so there is no later time over which "
            "retraining could be replayed."
        )
    if scene.key_b in WITHOUT_MODEL:
        return "Does not apply: what goes on learns nothing, so there is nothing to train again."
    return ""


def periods_of(scene: Scene) -> tuple[str, np.ndarray] | None:
    """Return the step of the replay and the first moment of each, the shortest that is few."""
    assert scene.problem.times is not None
    times = scene.problem.times[scene.held.at]
    first, last = times.min().astype("datetime64[D]"), times.max()
    weeks = np.arange(first, last, np.timedelta64(7, "D"))
    months = np.arange(first.astype("datetime64[M]") + 1, last.astype("datetime64[M]") + 1)
    years = months[months.astype(int) % 12 == 0]
    for unit, starts in (
        ("week", weeks[1:]),
        ("month", months),
        ("quarter", months[months.astype(int) % 3 == 0]),
        ("year", years),
    ):
        found = _from(first, starts)
        if len(found) <= MOST_PERIODS:
            return (unit, found) if len(found) >= LEAST_PERIODS else None
    every = int(np.ceil(len(years) / (MOST_PERIODS - 1)))
    return f"{every} years", _from(first, years[every - 1 :: every])


def _from(first: np.datetime64, starts: np.ndarray) -> np.ndarray:
    """Return the starts from the first moment on; a first stretch of a few days joins the next."""
    found = np.r_[first.astype("datetime64[s]"), starts.astype("datetime64[s]")]
    if len(found) > 2 and (found[1] - found[0]) < 0.25 * np.median(np.diff(found)):
        return np.delete(found, 1)
    return np.asarray(found)


def policies_of(choices: Choices, unit: str) -> tuple[Policy, ...]:
    """Return what is compared: the five policies, and the calendar without a gate."""
    month, quarter = STEPS.get(unit, (1, 1))
    names = {1: f"Every {unit}", 4: "Every 4 weeks", 13: "Every 13 weeks", 3: "Every quarter"}
    gate = choices.gate
    found = [
        Policy("never", "Never", "never"),
        Policy("month", names[month], "calendar", month, gate),
        Policy("quarter", names[quarter], "calendar", quarter, gate),
        Policy("drift", "On drift of the inputs", "drift", gate=gate),
        Policy("quality", "When decisions become dearer", "quality", gate=gate),
    ]
    if month == quarter:
        found.pop(2)
    if gate:
        found.append(Policy("no_gate", f"{names[month]}, without a gate", "calendar", month, False))
    return tuple(found)


def _world(choices: Choices, scene: Scene, learner: Learner, starts: np.ndarray) -> World | None:
    problem = scene.problem
    assert problem.times is not None
    held = learner.judged(np.sort(np.concatenate([problem.split.test, problem.split.later])))
    held = held[problem.times[held] >= starts[0]]
    known = np.flatnonzero(known_rows(scene.b.out_of_fold))
    usual = scene.b.cost(problem.y[known], scene.b.out_of_fold[known], known)
    world = World(
        problem.times,
        starts,
        held,
        problem.gap_days,
        float(choices.window_days),
        learner.costs_of,
        learner.drift_of,
        float(usual.mean()),
    )
    return None if learner.costs_of(starts[0] - days(problem.gap_days)) is None else world
