"""The test rows, opened once: predictions, scores and what was gained."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap, bootstrap_mean
from app.lab.metrics import METRICS, Metric
from app.lab.problem import Problem
from app.lab.ranking import spread
from app.lab.rungs import RUNGS, Fitted
from app.stages.bench import Bench

ROUNDS = 200
FEWER = 100
# A second view on the test, whatever decides.
ALSO = {
    "binary": "roc_auc",
    "multiclass": "macro_f1",
    "regression": "bias",
    "forecasting": "bias",
    "ranking": "mrr",
}


def test_once(
    fitted: dict[str, Fitted],
    frame: pd.DataFrame,
    problem: Problem,
    metric: Metric,
    bench: Bench,
) -> tuple[dict[str, np.ndarray], dict[str, dict[str, Estimate]]]:
    """Predict and score the test rows with every rung."""
    test = problem.split.test
    y = problem.y[test]
    also = METRICS[ALSO[problem.task]]
    shown = [metric] if also.key == metric.key else [metric, also]
    predictions: dict[str, np.ndarray] = {}
    scores: dict[str, dict[str, Estimate]] = {}
    for place, (key, fit) in enumerate(fitted.items()):
        bench.progress(0.7 + 0.2 * place / len(fitted), f"{RUNGS[key].title} on the test rows")
        predictions[key] = fit.predict(frame, test)
        scores[key] = {
            m.key: scored(m, y, predictions[key], problem, bench, ROUNDS if m is metric else FEWER)
            for m in shown
        }
    return predictions, scores


def scored(
    metric: Metric,
    y: np.ndarray,
    prediction: np.ndarray,
    problem: Problem,
    bench: Bench,
    rounds: int,
) -> Estimate:
    """Return a score on the test rows with its bootstrap interval."""
    test = problem.split.test
    blocks, rng = problem.blocks[test], bench.rng("test")
    queries = problem.queries_of(test)
    if metric.per_query is not None and queries is not None:
        values = metric.per_query(y, prediction, queries, problem.relevant_from)
        rows = spread(values, queries)
        return bootstrap_mean(rows, rng=rng, blocks=blocks, name=problem.block_name)
    return bootstrap(
        metric.score,
        y,
        prediction,
        rng=rng,
        blocks=blocks,
        rounds=rounds,
        name=problem.block_name,
    )


def test_gain(
    metric: Metric,
    problem: Problem,
    prediction: np.ndarray,
    other: np.ndarray,
    bench: Bench,
) -> Estimate:
    """Return how much better one prediction of the test rows is than another, pair by pair."""
    test = problem.split.test
    y, blocks, rng = problem.y[test], problem.blocks[test], bench.rng("test gain")
    sign = 1.0 if metric.higher_is_better else -1.0
    queries = problem.queries_of(test)
    if metric.per_query is not None and queries is not None:
        values = [
            spread(metric.per_query(y, told, queries, problem.relevant_from), queries)
            for told in (prediction, other)
        ]
        gain = values[0] - values[1]
        return bootstrap_mean(gain, rng=rng, blocks=blocks, name=problem.block_name)

    def gained(y: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
        return sign * (metric.score(y, a) - metric.score(y, b))

    return bootstrap(
        gained,
        y,
        prediction,
        other,
        rng=rng,
        blocks=blocks,
        rounds=ROUNDS,
        name=f"{problem.block_name}, in pairs",
    )
