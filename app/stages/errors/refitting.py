"""Fitting the rung again: with what it was fitted, and on rows that leave others unseen."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.lab.cost import AsymmetricCosts, cost_quantile
from app.lab.rungs import RUNGS, Fitted, Training, fit_rung
from app.stages.bench import Bench
from app.stages.errors.scene import Scene

HELD_OUT = 0.25
MOST_ROWS = 15_000
LEAST_ROWS = 40


def options_of(scene: Scene, bench: Bench) -> dict[str, Any]:
    """Return what the ladder was told when it fitted the rung."""
    choices, problem, costs = bench.choices("baselines"), scene.problem, scene.champion.costs
    lean: object = choices.lean
    if lean == "cost" and isinstance(costs, AsymmetricCosts):
        lean = cost_quantile(costs)
    return {
        "rule": choices.rule,
        "lean": lean,
        "estimator": choices.estimator.strip(),
        "estimator_params": choices.estimator_params,
        "level": problem.level,
        "past": dict(problem.past),
        "past_columns": () if problem.derived is None else tuple(problem.derived.columns),
    }


def held_out(scene: Scene, bench: Bench) -> tuple[Fitted, np.ndarray] | None:
    """Fit the rung without a quarter of the rows, and say which they are; None where it cannot be.

    The final model has seen all rows of the scene: what it gets wrong among them says too little.
    """
    away = _away(scene, bench.rng("held out"))
    kept = np.flatnonzero(~away)
    if min(len(kept), int(away.sum())) < LEAST_ROWS:
        return None
    kept = _some(kept, scene.queries, bench.rng("held out fit"))
    problem = scene.problem
    training = Training(
        scene.rows.iloc[kept].reset_index(drop=True),
        scene.y[kept],
        problem.form,
        bench.seed,
        options_of(scene, bench),
        problem.classes,
        None if scene.queries is None else scene.queries[kept],
    )
    try:
        return fit_rung(RUNGS[scene.key], training), np.flatnonzero(away)
    except ValueError:
        # Such as one outcome only among the rows that are left.
        return None


def _away(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Rows to leave out: the latest where time matters, else blocks drawn at random."""
    problem = scene.problem
    if problem.split.kind == "time" and problem.times is not None:
        times = problem.times[scene.seen]
        return np.asarray(
            times > np.quantile(times.astype("int64"), 1 - HELD_OUT).astype(times.dtype)
        )
    blocks = scene.blocks if scene.queries is None else scene.queries
    names = np.unique(blocks)
    gone = rng.permutation(names)[: max(1, int(HELD_OUT * len(names)))]
    return np.isin(blocks, gone)


def _some(kept: np.ndarray, queries: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
    if len(kept) <= MOST_ROWS:
        return kept
    if queries is None:
        return np.sort(rng.permutation(kept)[:MOST_ROWS])
    names = rng.permutation(np.unique(queries[kept]))
    share = max(1, int(len(names) * MOST_ROWS / len(kept)))
    return kept[np.isin(queries[kept], names[:share])]
