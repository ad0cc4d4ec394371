"""What each column with a leak alarm would do to a model, left in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from app.lab.estimate import Estimate
from app.lab.leakage import LeakAlarm
from app.lab.metrics import Metric
from app.lab.problem import Problem
from app.lab.splits import Fold, random_split
from app.record.chart import Axis, Chart, Guide, Series
from app.record.number import readable
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.data.quick import honest_kind, last_fold, metric_of, quick_score

MOST_ALARMS = 5


def leak_effect(
    problem: Problem, table: pd.DataFrame, alarms: tuple[LeakAlarm, ...], bench: Bench
) -> tuple[tuple[Table, ...], tuple[Chart, ...]]:
    """Fit one quick model without the alarmed columns, and one with each of them."""
    columns = [alarm.column for alarm in alarms][:MOST_ALARMS]
    clean = tuple(c for c in problem.columns if c not in {alarm.column for alarm in alarms})
    if not columns or not clean:
        return (), ()
    try:
        fold = _fold(problem, bench)
    except ValueError:
        return (), ()
    metric = metric_of(problem)
    scores: dict[str, Estimate] = {}
    for name, used in (("", clean), *((column, (*clean, column)) for column in columns)):
        part = replace(problem, columns=used)
        scores[name] = quick_score(part.frame(table), part, fold, metric, bench)
    if any(np.isnan(score.value) for score in scores.values()):
        return (), ()
    return (_table(scores, metric),), (_chart(scores, metric),)


def _fold(problem: Problem, bench: Bench) -> Fold:
    kind = honest_kind(problem)
    if kind is not None:
        return last_fold(problem, kind, bench)
    train = problem.split.train
    found = random_split(len(train), 0.25, bench.rng("leak effect"))
    return Fold(train[found.train], train[found.test])


def _table(scores: dict[str, Estimate], metric: Metric) -> Table:
    sign = 1.0 if metric.higher_is_better else -1.0
    without = scores[""]
    return Table(
        key="leak_effect",
        title="What each leak alarm would do, left in",
        columns=(
            Column(key="column", label="Column", kind="text"),
            Column(key="score", label=f"{metric.title} with it"),
            Column(key="low", label="from"),
            Column(key="high", label="to"),
            Column(key="gain", label="Better than without by"),
        ),
        rows=tuple(
            (name, s.value, s.low, s.high, sign * (s.value - without.value))
            for name, s in scores.items()
            if name
        ),
        note=f"Boosting inside the training rows, scored on {without.n:,} rows it was not fitted "
        f"on; without any of them it reaches {readable(without.value)}.",
    )


def _chart(scores: dict[str, Estimate], metric: Metric) -> Chart:
    sign = 1.0 if metric.higher_is_better else -1.0
    without = scores[""].value
    most = max((n for n in scores if n), key=lambda n: sign * scores[n].value)
    names = {"": "None of them", **{n: n for n in scores if n}}
    return Chart(
        key="leak_effect",
        title="What would each leak do, left in?",
        says=f"Without them boosting reaches {metric.title} {readable(without)}, with {most} "
        f"{readable(scores[most].value)}: superb in a test, gone in production.",
        x=Axis(label=metric.title),
        y=Axis(label="", kind="category", order=tuple(names.values())),
        series=(
            Series(
                name=metric.title,
                mark="point",
                x=[s.value for s in scores.values()],
                y=[names[n] for n in scores],
                low=[s.low for s in scores.values()],
                high=[s.high for s in scores.values()],
            ),
        ),
        guides=(Guide(axis="x", at=without),),
        horizontal=True,
    )
