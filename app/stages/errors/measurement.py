"""Where the chosen rung fails, on training rows predicted by folds that did not see them."""

from __future__ import annotations

import numpy as np

from app.lab.calibration import Bin, calibration_error, confusion, reliability
from app.lab.champion import Champion, decided, known_rows
from app.lab.cost import BinaryCosts, ListCosts, ReviewCosts
from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap_mean
from app.lab.problem import Problem
from app.lab.proportion import wilson
from app.lab.shapley import Attribution, Importance, explain, importance
from app.lab.slices import Slice, find_slices
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.project import Project
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.errors import classes, pictures
from app.stages.errors.choices import Choices
from app.stages.errors.worst import worst_rows, worst_table

BACKGROUND = 400


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Explain the model, find its worst slices and rows, and check its calibration."""
    problem: Problem = bench.fetch("data", "problem")
    champion: Champion = bench.fetch("baselines", "champion")
    frame = problem.frame(bench.table)
    seen = np.flatnonzero(known_rows(champion.out_of_fold))
    y, prediction = problem.y[seen], champion.out_of_fold[seen]
    rows = frame.iloc[seen].reset_index(drop=True)
    bench.progress(0.1, "Explaining predictions")
    picked = np.sort(
        bench.rng("explained").permutation(len(seen))[: min(choices.explained_rows, len(seen))]
    )
    train = frame.iloc[problem.split.train].reset_index(drop=True)
    background = train.iloc[:: max(1, len(train) // BACKGROUND)]
    shown = rows.iloc[picked].reset_index(drop=True)
    found = explain(champion.fitted, shown, background, problem.inputs)
    bench.progress(0.5, "Searching for slices")
    cost = champion.cost(y, prediction, seen)
    blocks = problem.blocks[seen]
    slices = find_slices(rows, cost, bench.rng("slices"), blocks, choices.conditions)
    bench.progress(0.8, "Reading the worst rows")
    worst = worst_rows(problem, champion.fitted, seen, rows, prediction, background)
    ranks = importance(found, bench.rng("importance"))
    currency = bench.choices("framing").currency
    bins = _bins(problem, y, prediction)
    mean_loss = bootstrap_mean(
        cost * 1000, rng=bench.rng("loss"), blocks=blocks, name=problem.block_name
    )
    return Evidence(
        stage="errors",
        measures=(
            Measure.of("mean_loss", "Cost per 1,000 decisions, out of fold", mean_loss, "currency"),
            *_worst_slice(slices),
            *_distance(problem, bins, len(y)),
            *_confusion(champion, y, prediction),
        ),
        tables=(
            _slice_table(slices),
            _importance_table(found, ranks),
            worst_table(worst, ranks),
            *classes.tables(problem, y, prediction),
        ),
        charts=(
            pictures.importance_chart(found, ranks),
            pictures.beeswarm(found, shown, ranks),
            *pictures.slice_chart(slices, currency),
            *pictures.calibration_chart(problem.form, bins),
            *pictures.confusion_chart(champion, y, prediction),
            *classes.charts(problem, y, prediction),
            *pictures.dependence(found, shown, ranks),
            *pictures.row_charts(worst),
        ),
        words={
            "rows": f"{len(seen):,} training rows, each predicted by a fold that did not see it",
            "explained": f"{len(picked):,} of them explained: {found.method}",
            "unit": found.unit,
        },
    )


def _bins(problem: Problem, y: np.ndarray, prediction: np.ndarray) -> tuple[Bin, ...]:
    # The score of an item has no unit: there is nothing that it should mean.
    if problem.queries is not None:
        return ()
    view = decided(y, prediction)
    return reliability(problem.form, view.happened, view.score)


def _distance(problem: Problem, bins: tuple[Bin, ...], n: int) -> list[Measure]:
    if not bins:
        return []
    return [
        Measure(
            key="calibration_error",
            label="Mean distance of prediction and outcome",
            value=calibration_error(bins),
            unit="share" if problem.form != "regression" else "",
            n=n,
            note="Over ten bins; a perfect model is above zero too, by chance.",
        )
    ]


def _worst_slice(slices: tuple[Slice, ...]) -> list[Measure]:
    proven = [s for s in slices if s.confirmed]
    if not proven:
        return []
    worst = proven[0]
    excess = worst.excess
    scaled = Estimate(
        excess.value * 1000,
        None if excess.low is None else excess.low * 1000,
        None if excess.high is None else excess.high * 1000,
        excess.n,
        excess.level,
        excess.method,
    )
    return [
        Measure.of(
            "worst_slice_excess",
            f"Extra cost per 1,000 where {worst.words}",
            scaled,
            "currency",
        )
    ]


def _confusion(champion: Champion, y: np.ndarray, prediction: np.ndarray) -> list[Measure]:
    if isinstance(champion.costs, ReviewCosts):
        acts, right = champion.acts(prediction), decided(y, prediction).happened
        return [
            Measure.of(
                "coverage", "Answered without a person", wilson(acts.sum(), len(acts)), "share"
            ),
            Measure.of(
                "answered_accuracy",
                "Right among them",
                wilson(right[acts].sum(), int(acts.sum())),
                "share",
            ),
        ]
    if isinstance(champion.costs, ListCosts):
        return []
    if not isinstance(champion.costs, BinaryCosts):
        bias = prediction - y
        return [
            Measure(
                key="bias", label="Mean of prediction minus actual", value=bias.mean(), n=len(y)
            )
        ]
    found = confusion(y, champion.acts(prediction))
    return [
        Measure.of("precision", "Alarms that were right (precision)", found.precision, "share"),
        Measure.of("recall", "Cases that were caught (recall)", found.recall, "share"),
        Measure.of(
            "false_alarm_rate", "Quiet cases with an alarm", found.false_alarm_rate, "share"
        ),
    ]


def _slice_table(slices: tuple[Slice, ...]) -> Table:
    return Table(
        key="slices",
        title="Slices that cost more",
        columns=(
            Column(key="words", label="Where", kind="text"),
            Column(key="n", label="n (unseen half)", kind="integer"),
            Column(key="share", label="Share of rows", kind="share"),
            Column(key="loss", label="Cost per 1,000 there", kind="currency"),
            Column(key="rest", label="elsewhere", kind="currency"),
            Column(key="excess", label="Extra", kind="currency"),
            Column(key="low", label="from", kind="currency"),
            Column(key="high", label="to", kind="currency"),
            Column(key="p", label="p (Holm)"),
            Column(key="confirmed", label="Proven?", kind="flag"),
        ),
        rows=tuple(
            (
                s.words,
                s.n,
                s.share,
                1000 * s.loss,
                1000 * s.rest,
                1000 * s.excess.value,
                None if s.excess.low is None else 1000 * s.excess.low,
                None if s.excess.high is None else 1000 * s.excess.high,
                s.p_value,
                s.confirmed,
            )
            for s in slices
        ),
        note="Found on one half of the days (or groups, or rows); effect, interval and p value "
        "come from the other half only. Slices of a few percent with a small effect are missed.",
    )


def _importance_table(found: Attribution, ranks: tuple[Importance, ...]) -> Table:
    return Table(
        key="importance",
        title="Columns that predictions are built from",
        columns=(
            Column(key="rank", label="Rank", kind="integer"),
            Column(key="column", label="Column", kind="text"),
            Column(key="size", label="Mean absolute SHAP value", unit=found.unit),
            Column(key="low", label="from"),
            Column(key="high", label="to"),
        ),
        rows=tuple((r.rank, r.column, r.size.value, r.size.low, r.size.high) for r in ranks),
        note="Which columns a prediction is built from, not what changing them would do.",
    )
