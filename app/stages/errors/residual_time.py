"""Errors of numbers over time, and by how long ago the model had learned."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from app.lab.residual import Errors, age_of, by_time, errors_by
from app.lab.splits import folds
from app.record.chart import Axis, Chart, Guide, Series
from app.record.number import readable
from app.stages.bench import Bench
from app.stages.errors.residual_tables import day_table
from app.stages.errors.scene import Scene
from app.stages.part import Part

AGES = 5
# With more checked rows than this times those answered, the folds were those of a sample.
PART = 1.2
WEEK = 7
# Spans are made coarser until most have enough independent rows for an interval.
MOST = (60, 24, 8)


def over_time(scene: Scene) -> Part:
    """Draw the mean error week by week (or month, year), and list the worst days."""
    if scene.problem.times is None:
        return Part(words={"residual_time": "There is no time, so errors are not shown over time."})
    times = scene.problem.times[scene.seen]
    if np.isnat(times).all():
        return Part(words={"residual_time": "No row has a time."})
    unit, told = _spans(scene, times)
    low = [e.bias.low for e in told]
    worst = max(told, key=lambda e: abs(e.predicted - e.actual))
    chart = Chart(
        key="residual_time",
        title=f"Does it lean in some {unit}s?",
        says=f"Furthest off in the {unit} of {worst.name}: "
        f"{readable(worst.predicted - worst.actual)} on average (n = {worst.n:,}). Band of 95 % "
        "where there are enough rows; above zero it predicts too much.",
        x=Axis(label=unit.capitalize(), kind="date"),
        y=Axis(label="Mean of prediction minus actual"),
        series=(
            Series(
                name="Mean error",
                mark="line",
                x=[e.name for e in told],
                y=[e.predicted - e.actual for e in told],
                low=low if any(v is not None for v in low) else (),
                high=[e.bias.high for e in told] if any(v is not None for v in low) else (),
            ),
        ),
        guides=(Guide(axis="y", at=0.0),),
    )
    return Part(tables=(day_table(scene, times),), charts=(chart,))


def _spans(scene: Scene, times: np.ndarray) -> tuple[str, tuple[Errors, ...]]:
    """Return the errors of the finest spans that have intervals, of the finest without any."""
    tried = []
    for most in MOST:
        unit, spans = by_time(times, most)
        told = errors_by(spans, scene.y, scene.prediction, scene.blocks, WEEK)
        tried.append((unit, told))
        if sum(e.bias.low is not None for e in told) * 2 >= len(told):
            return unit, told
    return tried[0]


def by_age(scene: Scene, bench: Bench) -> Part:
    """Look at errors by how long ago the model had learned last."""
    problem = scene.problem
    if problem.split.kind != "time" or problem.times is None:
        return Part()
    parts = folds(
        problem.split,
        bench.choices("baselines").folds,
        problem.times,
        None,
        problem.gap_days,
        bench.rng("folds"),
    )
    if sum(len(f.validation) for f in parts) > PART * len(scene.seen):
        return Part(
            words={
                "residual_age": "The rungs were compared on a part of the rows, so it is not known to "
                "the day how long before a row its fold had learned."
            }
        )
    age = age_of(problem.times, [(f.train, f.validation) for f in parts])[scene.seen]
    bands = _age_bands(age)
    told = [
        e
        for e in errors_by(bands, scene.y, scene.prediction, scene.blocks)
        if e.size.low is not None
    ]
    if len(told) < 2:
        return Part()
    ahead = bench.choices("data").horizon_days
    one = (
        f"Every forecast looks {ahead:g} days ahead, so there is one horizon. "
        if problem.task == "forecasting"
        else ""
    )
    chart = Chart(
        key="residual_age",
        title="Does it get worse the longer ago it learned?",
        says=f"{one}Shown is how many days a row lies after the newest one its fold had learned from; "
        "other seasons weigh in, too.",
        x=Axis(
            label="Days since it learned last", kind="category", order=tuple(e.name for e in told)
        ),
        y=Axis(label="Mean absolute error"),
        series=(
            Series(
                name="Mean absolute error",
                mark="point",
                x=[e.name for e in told],
                y=[e.size.value for e in told],
                low=[e.size.low for e in told],
                high=[e.size.high for e in told],
                text=[f"{e.n:,} rows" for e in told],
            ),
        ),
    )
    return Part(charts=(chart,))


def _age_bands(age: np.ndarray) -> dict[str, np.ndarray]:
    known = np.isfinite(age)
    if not known.any():
        return {}
    edges = np.unique(np.rint(np.quantile(age[known], np.linspace(0, 1, AGES + 1))))
    bands = {}
    for low, high in pairwise(edges):
        inside = (age >= low) & ((age < high) if high < edges[-1] else known)
        bands[f"{low:,.0f} to {high:,.0f}"] = inside
    return bands
