"""How far off numbers are: by size, over time, by segment, on the worst days, and far from the past."""

from __future__ import annotations

import numpy as np

from app.lab.clustered import weighted
from app.lab.outcomes import Outcomes, outcomes_of
from app.lab.residual import Errors, by_size, errors_by, spread_of
from app.record.chart import Axis, Chart, Guide, Series
from app.record.measure import Measure
from app.stages.bench import Bench
from app.stages.errors.choices import Choices
from app.stages.errors.residual_segment import by_segment
from app.stages.errors.residual_time import by_age, over_time
from app.stages.errors.scene import Scene
from app.stages.part import Part


def residuals(scene: Scene, choices: Choices, bench: Bench) -> Part:
    """Look at the errors of predicted numbers from every side."""
    if scene.problem.form != "regression" or scene.queries is not None or not len(scene.y):
        return Part()
    outcomes = outcomes_of(scene.problem, scene.champion, scene.seen)
    sized = errors_by(by_size(scene.prediction), scene.y, scene.prediction, scene.blocks)
    parts = [
        Part(measures=tuple(_measures(outcomes)), charts=(_size_chart(scene, sized),)),
        over_time(scene),
        by_segment(scene),
        by_age(scene, bench),
    ]
    return Part(
        measures=tuple(m for p in parts for m in p.measures),
        tables=tuple(t for p in parts for t in p.tables),
        charts=tuple(c for p in parts for c in p.charts),
        words={key: words for p in parts for key, words in p.words.items()},
    )


def _measures(o: Outcomes) -> list[Measure]:
    codes = np.unique(o.blocks, return_inverse=True)[1]
    everyone = np.ones(o.size, dtype=bool)
    size = weighted(np.abs(o.prediction - o.y), np.ones(o.size), everyone, codes, share=False)
    parts = spread_of(o.y, o.prediction)
    return [
        Measure.of("absolute_error", "How far off on average", size.estimate()),
        Measure(
            key="explained",
            label="Share of the variance explained (R²), out of fold",
            value=parts.explained,
            unit="share",
            n=o.size,
            note="Below zero it is worse than always saying the mean of these rows.",
        ),
        Measure(
            key="systematic",
            label="Share of the squared error that one shift of all predictions would take away",
            value=parts.systematic,
            unit="share",
            n=o.size,
        ),
        Measure(
            key="largest_errors",
            label="Share of the squared error in the worst 1 % of rows",
            value=parts.largest,
            unit="share",
            n=o.size,
        ),
    ]


def _size_chart(scene: Scene, sized: tuple[Errors, ...]) -> Chart:
    off = [e for e in sized if _excludes_zero(e)]
    return Chart(
        key="residual_size",
        title="Does it lean where it predicts much or little?",
        says=f"{len(off)} of {len(sized)} bands of similar prediction lean with their whole interval; "
        "above zero it predicts too much.",
        x=Axis(label="Predicted"),
        y=Axis(label="Mean of prediction minus actual"),
        series=(
            Series(
                name="Rows of similar prediction",
                mark="point",
                x=[e.predicted for e in sized],
                y=[e.predicted - e.actual for e in sized],
                low=[e.bias.low for e in sized],
                high=[e.bias.high for e in sized],
                text=[f"{e.n:,} rows" for e in sized],
            ),
        ),
        guides=(Guide(axis="y", at=0.0),),
    )


def _excludes_zero(one: Errors) -> bool:
    low, high = one.bias.low, one.bias.high
    return low is not None and high is not None and not low <= 0 <= high
