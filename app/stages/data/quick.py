"""One quick model inside the training rows, to see what a choice about the data does."""

from __future__ import annotations

import pandas as pd

from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap, bootstrap_mean
from app.lab.metrics import METRICS, Metric
from app.lab.problem import Problem
from app.lab.ranking import spread
from app.lab.rungs import RUNGS, fit_rung, training_on
from app.lab.splits import Fold, folds
from app.stages.bench import Bench

ROUNDS = 150
TRIED_WITH = {
    "binary": "roc_auc",
    "multiclass": "accuracy",
    "regression": "mae",
    "forecasting": "mae",
    "ranking": "ndcg_10",
}


def metric_of(problem: Problem) -> Metric:
    """Return the metric that quick models are compared by."""
    return METRICS[TRIED_WITH[problem.task]]


def honest_kind(problem: Problem) -> str | None:
    """Say which split mirrors production, None when rows are all alike."""
    if problem.times is not None:
        return "time"
    return "group" if problem.block_name == "group" else None


def last_fold(problem: Problem, kind: str, bench: Bench) -> Fold:
    """Return the last of three folds inside the training rows."""
    split = type(problem.split)(
        kind, problem.split.train, problem.split.test, problem.split.later, problem.split.dropped
    )
    found = folds(split, 3, problem.times, problem.blocks, 0.0, bench.rng("honest"))
    return found[-1]


def quick_score(
    frame: pd.DataFrame, problem: Problem, fold: Fold, metric: Metric, bench: Bench
) -> Estimate:
    """Fit boosting on one side of a fold and score it on the other."""
    options = {
        "level": problem.level,
        "past_columns": () if problem.derived is None else tuple(problem.derived.columns),
    }
    training = training_on(problem, frame, fold.train, bench.seed, options)
    fitted = fit_rung(RUNGS["boosting"], training)
    found = fitted.predict(frame.iloc[fold.validation].reset_index(drop=True))
    queries = problem.queries_of(fold.validation)
    if metric.per_query is not None and queries is not None:
        values = metric.per_query(problem.y[fold.validation], found, queries, problem.relevant_from)
        return bootstrap_mean(
            spread(values, queries), rng=bench.rng("optimism"), blocks=queries, name="list"
        )
    return bootstrap(
        metric.score,
        problem.y[fold.validation],
        found,
        rng=bench.rng("optimism"),
        rounds=ROUNDS,
    )
