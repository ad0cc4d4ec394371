"""The scene of production: quiet days before and after, the ladder, and what retraining needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from app.lab.champion import Champion, known_rows
from app.lab.cost import ReviewCosts
from app.lab.problem import Problem
from app.lab.service_log import Service, feed_ages, label_days, ordinary
from app.lab.shapley import explain, importance
from app.lab.stream import step_of
from app.lab.traffic import Traffic, a_year, as_it_happened
from app.lab.world import Answers, World
from app.record.project import Project
from app.stages.bench import Bench
from app.stages.fitting import fitting_options
from app.stages.production.cost import cost_rows
from app.stages.production.stretch import Level, Stretch, answered_by, first_of, first_rows, on_rows
from app.stages.rung_titles import RUNGS

EXPLAINED = 300
NO_MODEL = ("user_rule", "seasonal_naive", "last_value", "moving_mean")


@dataclass(frozen=True)
class Setup:
    """How the stream is laid out and served.

    Parameters
    ----------
    year : bool
        Draw a year of days from the held-out rows instead of letting them come as they did.
    label_spread : float
        Spread of the logarithm of the label delay.
    service : Service
    person : bool
        Whether a person stands at the foot of the ladder.
    person_wrong, person_fee : float
    """

    year: bool = False
    label_spread: float = 0.25
    service: Service = field(default_factory=Service)
    person: bool = True
    person_wrong: float = 0.1
    person_fee: float = 0.0


@dataclass(frozen=True)
class Scene:
    """Everything a simulation looks at.

    Parameters
    ----------
    form : {"binary", "multiclass", "regression", "ranking"}
    past : Stretch
        Quiet days before the test, answered by folds that had not seen the rows.
    live : Stretch
        The held-out days, answered by the model as it goes on.
    at : ndarray of int, shape (n,)
        Which kept row each request of ``live`` is.
    train : DataFrame
        Rows the model was fitted on.
    train_y : ndarray
    train_queries : ndarray or None
    options : mapping
        What the ladder was told when it fitted.
    importance : mapping of str to float
        Share of each input in the predictions, summing to 1.
    classes : tuple of str
    seed : int
    delay_days : float
    currency : str
    """

    form: str
    past: Stretch
    live: Stretch
    at: np.ndarray
    train: pd.DataFrame
    train_y: np.ndarray
    train_queries: np.ndarray | None
    options: Mapping[str, Any]
    importance: Mapping[str, float]
    classes: tuple[str, ...]
    seed: int
    delay_days: float
    currency: str

    def cut(self, days: int) -> Scene:
        """Return the same scene with only the first live days."""
        world = self.live.world
        if days >= world.days.count:
            return self
        kept = int(np.searchsorted(world.days.of_row, days))
        return replace(self, live=first_rows(self.live, kept, days), at=self.at[:kept])

    @property
    def step(self) -> str:
        """What one step of the stream is: a day, a week or a month."""
        return self.live.world.days.step


def scene_of(setup: Setup, project: Project, bench: Bench) -> Scene:
    """Set the scene from what data and baselines kept."""
    problem: Problem = bench.fetch("data", "problem")
    frame = problem.frame(bench.table)
    levels = _levels(setup, project, bench)
    model = levels[0].champion
    assert model is not None
    step = step_of(problem.times)
    seen = np.flatnonzero(known_rows(model.out_of_fold))
    past = _stretch(setup, problem, frame, levels, seen, step, bench, "quiet")
    held = np.sort(np.concatenate([problem.split.test, problem.split.later]))
    live = _stretch(setup, problem, frame, levels, held, step, bench, "stream")
    train = problem.split.train
    return Scene(
        "ranking" if problem.queries is not None else problem.form,
        past[0],
        live[0],
        live[1],
        frame.iloc[train].reset_index(drop=True),
        problem.y[train],
        problem.queries_of(train),
        fitting_options(bench.choices("baselines"), problem, model.costs),
        _importance(model, frame, train, problem.inputs, bench),
        problem.classes,
        bench.seed,
        bench.choices("data").label_delay_days,
        bench.choices("framing").currency,
    )


def _levels(setup: Setup, project: Project, bench: Bench) -> tuple[Level, ...]:
    """Return the ladder: the chosen rung, a rule below it, the constant, a person."""
    rungs: dict[str, Champion] = bench.fetch("baselines", "rungs")
    words = project.evidence["baselines"].words
    chosen = words["chosen"]
    wanted = ("user_rule", words["reference"], *NO_MODEL, "one_rule")
    rule = next((k for k in wanted if k in rungs and k not in (chosen, "constant")), "")
    keys = [chosen, rule, "constant"]
    found = [
        Level(key, RUNGS[key], rungs[key]) for key in dict.fromkeys(keys) if key and key in rungs
    ]
    if setup.person:
        found.append(Level("person", "A person", None))
    return tuple(found)


def _stretch(
    setup: Setup,
    problem: Problem,
    frame: pd.DataFrame,
    levels: tuple[Level, ...],
    rows: np.ndarray,
    step: str,
    bench: Bench,
    name: str,
) -> tuple[Stretch, np.ndarray]:
    traffic = _traffic(setup, problem, rows, step, bench, name)
    at = rows[traffic.rows]
    lists = None if problem.queries is None else traffic.draw
    mine = tuple(
        Level(level.key, level.title, level.champion and on_rows(level.champion, at, lists))
        for level in levels
    )
    world = _world(setup, problem, frame, at, traffic, bench, name)
    model = levels[0].champion
    assert model is not None
    told = model.out_of_fold[at] if name == "quiet" else model.fitted.predict(world.rows)
    answers = _answers(setup, mine, world, told, lists, bench.rng(f"service {name}"))
    person = (setup.person_wrong, setup.person_fee)
    cost = cost_rows(mine, world, answers, person)
    return Stretch(world, answers, mine, cost, *person), at


def _traffic(
    setup: Setup, problem: Problem, rows: np.ndarray, step: str, bench: Bench, name: str
) -> Traffic:
    times = None if problem.times is None else problem.times[rows]
    queries = problem.queries_of(rows)
    rng = bench.rng(name)
    if setup.year and name == "stream":
        return a_year(times, len(rows), rng, queries)
    return as_it_happened(times, len(rows), rng, step, queries)


def _world(
    setup: Setup,
    problem: Problem,
    frame: pd.DataFrame,
    at: np.ndarray,
    traffic: Traffic,
    bench: Bench,
    name: str,
) -> World:
    n = len(at)
    rows = frame.take(at).reset_index(drop=True)
    y = problem.y[at]
    delay = bench.choices("data").label_delay_days
    return World(
        rows,
        rows,
        y,
        y,
        label_days(delay, setup.label_spread, n, bench.rng(f"labels {name}")),
        np.ones(n, dtype=bool),
        np.arange(n),
        traffic.days,
        traffic.minute,
        np.zeros(n, dtype=bool),
        feed_ages(setup.service, traffic.days.count, bench.rng(f"feeds {name}")),
        None if problem.queries is None else traffic.draw,
    )


def _answers(
    setup: Setup,
    levels: tuple[Level, ...],
    world: World,
    told: np.ndarray,
    lists: np.ndarray | None,
    rng: np.random.Generator,
) -> Answers:
    model = levels[0].champion
    assert model is not None
    log = ordinary(setup.service, world.n, rng, lists)
    acted = first_of(model, told)
    answers = Answers(
        told,
        acted,
        np.zeros(world.n, dtype=int),
        log.version,
        log.replica,
        log.latency_ms,
        log.charge,
        np.zeros(world.n),
        np.where(_needs_person(model, acted), log.waits_hours, 0.0),
        told,
    )
    return answered_by(levels, world.rows, answers, np.where(log.failed, 1, -1))


def _needs_person(model: Champion, acted: np.ndarray) -> np.ndarray:
    """Return which cases a person looks at: alarms, or what the model does not answer alone."""
    return np.asarray(acted == (0.0 if isinstance(model.costs, ReviewCosts) else 1.0))


def _importance(
    model: Champion,
    frame: pd.DataFrame,
    train: np.ndarray,
    inputs: tuple[str, ...],
    bench: Bench,
) -> dict[str, float]:
    some = train[:: max(1, len(train) // EXPLAINED)][:EXPLAINED]
    rows = frame.take(some).reset_index(drop=True)
    found = explain(model.fitted, rows, rows, inputs)
    sizes = {r.column: max(0.0, r.size.value) for r in importance(found, bench.rng("weights"))}
    whole = sum(sizes.values())
    return {name: size / whole if whole > 0 else 0.0 for name, size in sizes.items()}
