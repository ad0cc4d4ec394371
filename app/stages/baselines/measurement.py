"""Every rung on the same folds, then once on the test rows, in quality and in money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from app.lab.champion import Champion
from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap
from app.lab.ladder import (
    Difference,
    RungResult,
    climb,
    compare,
    one_row_latency,
    simplest_adequate,
)
from app.lab.metrics import METRICS, Metric
from app.lab.problem import Problem
from app.lab.rungs import RUNGS, Fitted, Training
from app.lab.splits import Fold, folds
from app.record.evidence import Evidence
from app.record.project import Project
from app.stages.baselines import money
from app.stages.baselines.choices import Choices
from app.stages.baselines.money import Costs, Money
from app.stages.baselines.pictures import pictures
from app.stages.baselines.tables import ladder_table, measures
from app.stages.baselines.verdict import verdict
from app.stages.bench import Bench

ROUNDS = 200


@dataclass(frozen=True)
class Climbed:
    """Everything measured about the ladder, before it is written down."""

    problem: Problem
    metric: Metric
    folds: tuple[Fold, ...]
    results: dict[str, RungResult]
    differences: dict[str, Difference]
    fitted: dict[str, Fitted]
    predictions: dict[str, np.ndarray]
    scores: dict[str, dict[str, Estimate]]
    latency: dict[str, tuple[float, float]]
    seconds: dict[str, float]
    money: Money
    costs: Costs
    chosen: str
    simplest: str


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Climb the ladder and say whether a model is worth it."""
    problem: Problem = bench.fetch("data", "problem")
    framing = bench.choices("framing")
    found = _climb(choices, framing, problem, bench)
    champion = Champion(
        found.fitted[found.chosen],
        found.results[found.chosen].predictions,
        found.money.thresholds[found.chosen],
        found.costs,
    )
    bench.keep("baselines", "champion", champion)
    bench.progress(0.97, "Drawing")
    words = {
        "verdict": verdict(found, framing),
        "chosen": found.chosen,
        "chosen_title": RUNGS[found.chosen].title,
        "chosen_does": found.fitted[found.chosen].description,
        "reference": found.money.reference,
        "reference_title": RUNGS[found.money.reference].title,
        "simplest": found.simplest,
        "metric": found.metric.title,
        "metric_explained": found.metric.explanation,
    }
    failures = [f"{RUNGS[k].title}: {r.failure}" for k, r in found.results.items() if r.failure]
    if failures:
        words["failures"] = "; ".join(failures)
    return Evidence(
        stage="baselines",
        measures=measures(found, framing),
        tables=(ladder_table(found, framing),),
        charts=pictures(found, framing, bench.table),
        words=words,
    )


def _climb(choices: Choices, framing: Any, problem: Problem, bench: Bench) -> Climbed:
    metric = METRICS[
        choices.metric_binary if problem.task == "binary" else choices.metric_regression
    ]
    costs = money.costs_of(framing, problem.task)
    options = {"rule": choices.rule, "lean": money.lean_of(choices.lean, costs)}
    keys = rung_keys(choices)
    frame = problem.frame(bench.table)
    parts = _folds(choices, problem, bench)
    results = climb(
        keys,
        frame,
        problem.y,
        problem.task,
        parts,
        metric,
        bench.seed,
        options,
        bench.clock,
        lambda done, words: bench.progress(0.02 + 0.55 * done, words),
    )
    usable = {k: r for k, r in results.items() if not r.failure}
    if not usable:
        raise ValueError(
            "no rung could be fitted: " + "; ".join(f"{k}: {r.failure}" for k, r in results.items())
        )
    simplest = simplest_adequate(usable, metric, parts)
    chosen = choices.chosen if choices.chosen in usable else simplest
    share = money.capacity_share(framing, problem)
    thresholds = money.thresholds_of(results, problem.y, costs, share)
    fitted, seconds = _fit_all(list(usable), frame, problem, options, bench)
    predictions, scores = _test_once(fitted, frame, problem, metric, bench)
    counted = money.count(results, predictions, thresholds, problem, costs, bench.rng("money"))
    bench.progress(0.9, "Timing single rows")
    rows = frame.iloc[problem.split.test[:200]].reset_index(drop=True)
    latency = {key: one_row_latency(fit, rows, bench.clock) for key, fit in fitted.items()}
    return Climbed(
        problem,
        metric,
        parts,
        results,
        compare(results, next(iter(usable)), metric, parts),
        fitted,
        predictions,
        scores,
        latency,
        seconds,
        counted,
        costs,
        chosen,
        simplest,
    )


def rung_keys(choices: Choices) -> list[str]:
    """Return the rungs that stand on the ladder, in order, the constant always among them."""
    wanted = [key for key in RUNGS if key in choices.rungs or key == "constant"]
    return [key for key in wanted if key != "user_rule" or choices.rule.strip()]


def _folds(choices: Choices, problem: Problem, bench: Bench) -> tuple[Fold, ...]:
    data = bench.choices("data")
    return folds(
        problem.split,
        choices.folds,
        problem.times,
        problem.blocks,
        data.label_delay_days if problem.split.kind == "time" else 0.0,
        bench.rng("folds"),
    )


def _fit_all(
    keys: list[str], frame: pd.DataFrame, problem: Problem, options: dict[str, Any], bench: Bench
) -> tuple[dict[str, Fitted], dict[str, float]]:
    train = problem.split.train
    training = Training(
        frame.iloc[train].reset_index(drop=True),
        problem.y[train],
        problem.task,
        bench.seed,
        options,
    )
    fitted, seconds = {}, {}
    for place, key in enumerate(keys):
        bench.progress(0.58 + 0.12 * place / len(keys), f"{RUNGS[key].title} on all training rows")
        started = bench.clock()
        fitted[key] = RUNGS[key].fit(training)
        seconds[key] = bench.clock() - started
    return fitted, seconds


def _test_once(
    fitted: dict[str, Fitted],
    frame: pd.DataFrame,
    problem: Problem,
    metric: Metric,
    bench: Bench,
) -> tuple[dict[str, np.ndarray], dict[str, dict[str, Estimate]]]:
    test = problem.split.test
    rows, y = frame.iloc[test].reset_index(drop=True), problem.y[test]
    shown = [metric]
    if problem.task == "binary" and metric.key != "roc_auc":
        shown.append(METRICS["roc_auc"])
    predictions: dict[str, np.ndarray] = {}
    scores: dict[str, dict[str, Estimate]] = {}
    for place, (key, fit) in enumerate(fitted.items()):
        bench.progress(0.7 + 0.2 * place / len(fitted), f"{RUNGS[key].title} on the test rows")
        predictions[key] = fit.predict(rows)
        scores[key] = {
            m.key: bootstrap(
                m.score,
                y,
                predictions[key],
                rng=bench.rng("test"),
                blocks=problem.blocks[test],
                rounds=ROUNDS,
                name=problem.block_name,
            )
            for m in shown
        }
    return predictions, scores
