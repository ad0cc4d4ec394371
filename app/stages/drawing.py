"""How rows are drawn for the ladder: a part where there are many, then folds; the same for all who ask."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from app.lab.cost import AsymmetricCosts, Costs, cost_quantile
from app.lab.metrics import METRICS, Metric, quantile_loss
from app.lab.problem import Problem
from app.lab.splits import Fold, folds
from app.stages.bench import Bench


def sampled(problem: Problem, most: int, rng: np.random.Generator) -> tuple[Problem, str]:
    """Return the problem with at most some training rows, and words on what was left out.

    Lists and groups stay whole; test rows and those that play production stay as they are.
    """
    train = problem.split.train
    if len(train) <= most:
        return problem, ""
    units = np.arange(len(train))
    if problem.queries is not None:
        units = problem.queries[train]
    elif problem.block_name == "group":
        units = problem.blocks[train]
    names, codes = np.unique(units, return_inverse=True)
    order = rng.permutation(len(names))
    sizes = np.bincount(codes)[order]
    count = max(1, int(np.searchsorted(np.cumsum(sizes), most, side="right")))
    kept = train[np.isin(codes, order[:count])]
    words = (
        f"Compared on {len(kept):,} of {len(train):,} training rows, drawn at random; intervals over "
        "the folds are those of the rows drawn. What goes to the test is fitted on all of them."
    )
    return replace(problem, split=replace(problem.split, train=kept)), words


def metric_of(baselines: Any, problem: Problem, costs: Costs) -> Metric:
    """Return the metric that ranks the rungs."""
    key: str = getattr(baselines, f"metric_{problem.task}")
    if key == "quantile_loss" and isinstance(costs, AsymmetricCosts):
        return quantile_loss(cost_quantile(costs))
    return METRICS[key]


def folds_of(baselines: Any, problem: Problem, bench: Bench) -> tuple[Fold, ...]:
    """Return the folds of the ladder; the same seed draws the same ones."""
    # Folds by time are what they are; others can be drawn anew.
    times = 1 if problem.split.kind == "time" else baselines.repeats
    return tuple(
        fold for number in range(times) for fold in _drawn(baselines, problem, number, bench)
    )


def _drawn(baselines: Any, problem: Problem, number: int, bench: Bench) -> tuple[Fold, ...]:
    return folds(
        problem.split,
        baselines.folds,
        problem.times,
        problem.blocks if problem.block_name == "group" else problem.queries,
        problem.gap_days if problem.split.kind == "time" else 0.0,
        bench.rng("folds" if number == 0 else f"folds {number}"),
    )
