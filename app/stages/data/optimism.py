"""How much a random split would flatter a model on these rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.estimate import Estimate
from app.lab.metrics import Metric
from app.lab.problem import Problem
from app.lab.splits import Fold, group_split, random_split
from app.record.chart import Axis, Chart, Series
from app.record.measure import Measure
from app.stages.bench import Bench
from app.stages.data.quick import honest_kind, last_fold, metric_of, quick_score


@dataclass(frozen=True)
class Optimism:
    """The same quick model under both splits, inside the training rows."""

    measures: tuple[Measure, ...]
    chart: Chart
    words: str


def optimism(problem: Problem, table: pd.DataFrame, bench: Bench) -> Optimism | None:
    """Compare a random split with the one that mirrors production, on training rows only."""
    kind = honest_kind(problem)
    if kind is None:
        return None
    metric = metric_of(problem)
    try:
        honest = last_fold(problem, kind, bench)
    except ValueError:
        return None
    train = problem.split.train
    share = len(honest.validation) / len(train)
    lists = problem.queries_of(train)
    shuffled = (
        random_split(len(train), share, bench.rng("mixed"))
        if lists is None
        else group_split(lists, share, bench.rng("mixed"))
    )
    # As many rows to learn from as the honest split has, so that only the shuffle differs.
    kept = _kept(shuffled.train, lists, len(honest.train), bench)
    mixed = Fold(train[np.sort(kept)], train[shuffled.test])
    frame = problem.frame(table)
    scores = {
        name: quick_score(frame, problem, fold, metric, bench)
        for name, fold in (("random", mixed), (kind, honest))
    }
    if any(np.isnan(score.value) for score in scores.values()):
        return None
    return _told(scores, kind, metric)


def _kept(rows: np.ndarray, lists: np.ndarray | None, count: int, bench: Bench) -> np.ndarray:
    """Draw some rows, lists whole."""
    order = bench.rng("kept").permutation(len(rows))
    if lists is not None:
        order = order[np.argsort(pd.factorize(lists[rows][order])[0], kind="stable")]
    return rows[order][:count]


def _told(scores: dict[str, Estimate], kind: str, metric: Metric) -> Optimism:
    sign = 1.0 if metric.higher_is_better else -1.0
    lucky, honest = scores["random"], scores[kind]
    gap = sign * (lucky.value - honest.value)
    error = np.hypot(_half(lucky), _half(honest))
    names = {"random": "Random split", "time": "Split by time", "group": "Split by group"}
    measures = (
        *(
            Measure.of(f"{key}_split_score", f"{names[key]}: {metric.title}", score)
            for key, score in scores.items()
        ),
        Measure(
            key="split_optimism",
            label=f"How much a random split flatters ({metric.title})",
            value=gap,
            low=gap - error,
            high=gap + error,
            n=honest.n,
            method="two independent bootstraps",
        ),
    )
    words = (
        f"Boosting reaches {metric.title} {lucky.value:.3g} on a random split and "
        f"{honest.value:.3g} {'on later rows' if kind == 'time' else 'on new groups'}, inside "
        "the training rows."
    )
    chart = Chart(
        key="split_optimism",
        title="Does a random split flatter?",
        says=words,
        x=Axis(label=metric.title),
        y=Axis(label="", kind="category"),
        series=(
            Series(
                name=metric.title,
                mark="point",
                x=[s.value for s in scores.values()],
                y=[names[key] for key in scores],
                low=[s.low for s in scores.values()],
                high=[s.high for s in scores.values()],
            ),
        ),
        horizontal=True,
    )
    return Optimism(measures, chart, words)


def _half(score: Estimate) -> float:
    if score.low is None or score.high is None:
        return float("inf")
    return (score.high - score.low) / 2
