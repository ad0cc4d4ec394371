"""What the decisions came to: right and wrong at the threshold, and whether numbers mean what they say."""

from __future__ import annotations

import numpy as np

from app.lab.calibration import Bin, calibration_error, confusion, reliability
from app.lab.champion import Champion, decided
from app.lab.cost import BinaryCosts, ListCosts, ReviewCosts
from app.lab.problem import Problem
from app.lab.proportion import wilson
from app.record.chart import Axis, Chart, Role, Series
from app.record.measure import Measure
from app.stages.bench import Bench
from app.stages.errors.choices import Choices
from app.stages.errors.scene import Scene
from app.stages.part import Part


def decisions(scene: Scene, choices: Choices, bench: Bench) -> Part:
    """Count right and wrong decisions and check the calibration."""
    bins = _bins(scene.problem, scene.y, scene.prediction)
    return Part(
        measures=(
            *_distance(scene.problem, bins, len(scene.y)),
            *_confusion(scene.champion, scene.y, scene.prediction),
        ),
        charts=(
            *calibration_chart(scene.problem.form, bins),
            *confusion_chart(scene.champion, scene.y, scene.prediction),
        ),
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


def calibration_chart(form: str, bins: tuple[Bin, ...]) -> list[Chart]:
    """Draw what happened against what was predicted."""
    if not bins:
        return []
    share = form != "regression"
    kind = "share" if share else "number"
    chart = Chart(
        key="calibration",
        title="Do the numbers mean what they say?",
        says="On the dotted line, a prediction comes true as often as it says."
        if share
        else "On the dotted line, predictions are right on average.",
        x=Axis(label="Predicted", kind=kind),
        y=Axis(label="What happened", kind=kind),
        series=(
            Series(
                name="Rows of similar prediction",
                mark="point",
                x=[b.predicted for b in bins],
                y=[b.observed.value for b in bins],
                low=[b.observed.low for b in bins],
                high=[b.observed.high for b in bins],
            ),
        ),
        diagonal=True,
    )
    return [chart]


def confusion_chart(champion: Champion, y: np.ndarray, prediction: np.ndarray) -> list[Chart]:
    """Draw right and wrong decisions at the chosen threshold."""
    if not champion.has_threshold:
        return []
    alone = isinstance(champion.costs, ReviewCosts)
    found = confusion(decided(y, prediction).happened, champion.acts(prediction))
    names = ["Acted, it happened", "Acted for nothing", "Missed", "Rightly left alone"]
    if alone:
        names = ["Answered rightly", "Answered wrongly", "To a person, was right"]
        names.append("To a person, was wrong")
    counts = [found.hits, found.false_alarms, found.misses, found.correct_rejections]
    total = max(1, sum(counts))
    roles: tuple[Role, ...] = ("good", "watch", "stop", "muted")
    if alone:
        roles = ("good", "stop", "watch", "muted")
    return [
        Chart(
            key="confusion",
            title="What does the threshold do?",
            says=f"{found.hits + found.false_alarms:,} of {total:,} rows answered without a "
            f"person, {found.false_alarms:,} of them wrongly."
            if alone
            else f"{found.hits + found.false_alarms:,} alarms on {total:,} rows; "
            f"{found.misses:,} cases missed.",
            x=Axis(label="Rows", kind="number"),
            y=Axis(label="", kind="category"),
            series=tuple(
                Series(
                    name="",
                    mark="bar",
                    x=[float(count)],
                    y=[name],
                    text=[f"{count:,} rows ({count / total:.1%})"],
                    role=role,
                )
                for name, count, role in zip(names, counts, roles, strict=True)
            ),
            horizontal=True,
        )
    ]
