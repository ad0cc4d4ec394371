"""Every rung on the same folds, then once on the test rows, in quality and in money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from app.lab.champion import Champion
from app.lab.cost import Costs
from app.lab.encoding import compact
from app.lab.estimate import Estimate
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
from app.lab.rungs import RUNGS, Fitted, fit_rung, training_on
from app.lab.splits import Fold
from app.record.evidence import Evidence
from app.record.project import Project
from app.stages.baselines import money
from app.stages.baselines.bands import bands
from app.stages.baselines.calibrating import calibrated
from app.stages.baselines.choices import Choices
from app.stages.baselines.learning import learning
from app.stages.baselines.money import Money
from app.stages.baselines.over_time import over_time
from app.stages.baselines.pictures import pictures
from app.stages.baselines.sensitivity import sensitivity
from app.stages.baselines.tables import ladder_table, measures
from app.stages.baselines.test_rows import ALSO, test_gain, test_once
from app.stages.baselines.verdict import verdict
from app.stages.bench import Bench
from app.stages.drawing import folds_of, metric_of, sampled
from app.stages.part import Part


@dataclass(frozen=True)
class Climbed:
    """Everything measured about the ladder, before it is written down."""

    problem: Problem
    metric: Metric
    titles: dict[str, str]
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
    stakes: np.ndarray | None
    capacity: float | None
    threshold_by: str
    options: dict[str, Any]
    chosen: str
    simplest: str
    gain: Estimate | None


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Climb the ladder and say whether a model is worth it."""
    whole: Problem = bench.fetch("data", "problem")
    problem, left_out = sampled(whole, choices.most_rows, bench.rng("sample"))
    framing = bench.choices("framing")
    found = _climb(choices, framing, problem, whole.split.train, bench)
    rungs = _rungs(found)
    champion, calibration = calibrated(
        rungs[found.chosen], found, choices.calibrate == "auto", bench
    )
    bench.keep("baselines", "champion", champion)
    # Error analysis compares rungs row by row: each is kept as it would have gone on.
    bench.keep("baselines", "rungs", {**rungs, found.chosen: champion})
    parts = _parts(found, framing, _inputs(problem, bench), bench)
    bench.progress(0.98, "Drawing")
    kind, says = verdict(found, framing)
    words = {
        "verdict": says,
        "verdict_kind": kind,
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
    absent = [RUNGS[k].title for k in choices.rungs if k in RUNGS and not RUNGS[k].installed]
    if absent:
        words["absent"] = ", ".join(absent)
    if left_out:
        words["sampled"] = left_out
    if framing.kill.strip():
        words["kill"] = framing.kill.strip()
    parts = (*parts, calibration)
    for part in parts:
        words.update(part.words)
    if "over_time" in words:
        words["verdict"] += f" {words['over_time']}"
    return Evidence(
        stage="baselines",
        measures=(*measures(found, framing), *(m for part in parts for m in part.measures)),
        tables=(ladder_table(found, framing), *(t for part in parts for t in part.tables)),
        charts=(*pictures(found, framing), *(c for part in parts for c in part.charts)),
        words=words,
    )


def _rungs(found: Climbed) -> dict[str, Champion]:
    """Return every fitted rung with how it would decide."""
    return {
        key: Champion(
            fitted,
            found.results[key].predictions,
            found.money.thresholds[key],
            found.costs,
            found.problem.queries,
            found.stakes,
        )
        for key, fitted in found.fitted.items()
    }


def _parts(found: Climbed, framing: Any, frame: pd.DataFrame, bench: Bench) -> tuple[Part, ...]:
    bench.progress(0.88, "Month by month")
    months = over_time(found, framing, frame, bench)
    bench.progress(0.9, "Trying other costs")
    costs = sensitivity(found, framing, bench)
    bench.progress(0.92, "Learning on fewer rows")
    return months, costs, learning(found, frame, found.options, bench), bands(found, frame)


def _inputs(problem: Problem, bench: Bench) -> pd.DataFrame:
    """Return the inputs of all the kept rows, each different text kept once."""
    return problem.frame(compact(bench.table[list(problem.columns)]))


def _climb(
    choices: Choices, framing: Any, problem: Problem, train: np.ndarray, bench: Bench
) -> Climbed:
    costs = money.costs_of(framing, problem)
    metric = metric_of(choices, problem, costs)
    stakes = money.stakes_of(framing, problem, bench.table)
    options = _options(choices, problem, costs)
    keys = rung_keys(choices, problem.task)
    frame = _inputs(problem, bench)
    parts = folds_of(choices, problem, bench)
    results = climb(
        keys,
        frame,
        problem.y,
        problem.form,
        parts,
        metric,
        bench.seed,
        options,
        bench.clock,
        lambda done, words: bench.progress(0.02 + 0.55 * done, words),
        problem.classes,
        problem.queries,
        problem.relevant_from,
    )
    usable = {k: r for k, r in results.items() if not r.failure}
    if not usable:
        raise ValueError(
            "no rung could be fitted: " + "; ".join(f"{k}: {r.failure}" for k, r in results.items())
        )
    simplest = simplest_adequate(usable, metric, parts)
    chosen = choices.chosen if choices.chosen in usable else simplest
    share = money.capacity_share(framing, problem)
    thresholds = money.thresholds_of(results, problem.y, costs, share, stakes, choices.threshold_by)
    fitted, seconds = _fit_all(list(usable), frame, problem, train, options, bench)
    predictions, scores = test_once(fitted, frame, problem, metric, bench)
    counted = money.count(
        results, predictions, thresholds, problem, costs, stakes, bench.rng("money")
    )
    bench.progress(0.85, "Timing single rows")
    rows = problem.frame(bench.table, problem.split.test[:200])
    return Climbed(
        problem,
        metric,
        {metric.key: metric.title, ALSO[problem.task]: METRICS[ALSO[problem.task]].title},
        parts,
        results,
        compare(results, counted.reference, metric, parts, choices.same_within / 100),
        fitted,
        predictions,
        scores,
        {key: one_row_latency(fit, rows, bench.clock) for key, fit in fitted.items()},
        seconds,
        counted,
        costs,
        stakes,
        share,
        choices.threshold_by,
        options,
        chosen,
        simplest,
        _gain(metric, problem, predictions, chosen, counted.reference, bench),
    )


def _gain(
    metric: Metric,
    problem: Problem,
    predictions: dict[str, np.ndarray],
    chosen: str,
    reference: str,
    bench: Bench,
) -> Estimate | None:
    if chosen == reference:
        return None
    return test_gain(metric, problem, predictions[chosen], predictions[reference], bench)


def _options(choices: Choices, problem: Problem, costs: Costs) -> dict[str, Any]:
    return {
        "rule": choices.rule,
        "lean": money.lean_of(choices.lean, costs),
        "estimator": choices.estimator.strip(),
        "estimator_params": choices.estimator_params,
        "level": problem.level,
        "past": dict(problem.past),
        "past_columns": () if problem.derived is None else tuple(problem.derived.columns),
    }


def rung_keys(choices: Choices, task: str) -> list[str]:
    """Return the rungs that stand on the ladder, in order, the constant always among them."""
    wanted = [
        key
        for key, kind in RUNGS.items()
        if (key in choices.rungs or key == "constant") and kind.suits(task) and kind.installed
    ]
    asked = {"user_rule": choices.rule, "own_estimator": choices.estimator}
    return [key for key in wanted if asked.get(key, "yes").strip()]


def _fit_all(
    keys: list[str],
    frame: pd.DataFrame,
    problem: Problem,
    train: np.ndarray,
    options: dict[str, Any],
    bench: Bench,
) -> tuple[dict[str, Fitted], dict[str, float]]:
    training = training_on(problem, frame, train, bench.seed, options)
    fitted, seconds = {}, {}
    for place, key in enumerate(keys):
        bench.progress(0.58 + 0.12 * place / len(keys), f"{RUNGS[key].title} on all training rows")
        started = bench.clock()
        fitted[key] = fit_rung(RUNGS[key], training)
        seconds[key] = bench.clock() - started
    return fitted, seconds
