"""How right and how costly it is, when the least sure rows go to a person."""

from __future__ import annotations

import math

import numpy as np

from app.lab.abstention import Abstaining, risk_coverage, sureness
from app.lab.cost import BinaryCosts, ReviewCosts
from app.lab.outcomes import Outcomes, outcomes_of
from app.record.chart import Axis, Chart, Guide, Series
from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.errors.choices import Choices
from app.stages.errors.scene import Scene
from app.stages.part import Part

HANDED = 0.1
NUMBER = "It predicts a number or an order: there is no probability to be unsure of. Slices and intervals say where not to trust it."
ALIKE = "It is equally sure of every row, so there is none to hand to a person first."


def abstaining(scene: Scene, choices: Choices, bench: Bench) -> Part:
    """Say what handing the least sure rows to a person would change."""
    costs = scene.champion.costs
    if not isinstance(costs, BinaryCosts | ReviewCosts):
        return Part(words={"abstention": NUMBER})
    outcomes = outcomes_of(scene.problem, scene.champion, scene.seen)
    right, loss = _alone(outcomes, costs)
    review = costs.review if isinstance(costs, ReviewCosts) else None
    points = risk_coverage(outcomes, sureness(outcomes, costs), right, loss, review)
    # What the constant says differs between folds only, which is no sureness.
    if len(points) < 2 or scene.key == "constant":
        return Part(words={"abstention": ALIKE})
    now = float(outcomes.acts.mean()) if review is not None else 1.0
    return Part(
        measures=tuple(_measures(points, scene.currency)),
        tables=(_table(points, review),),
        charts=(_right_chart(points, now, review), _cost_chart(points, now, review, scene)),
        words={"abstention": _in_words(points, review, scene.currency)},
    )


def _alone(outcomes: Outcomes, costs: BinaryCosts | ReviewCosts) -> tuple[np.ndarray, np.ndarray]:
    """Return whether deciding alone is right, and what its mistakes cost."""
    happened = outcomes.happened
    if isinstance(costs, ReviewCosts):
        return happened, costs.wrong * (1 - happened)
    best = np.where(happened == 1, costs.hit, costs.correct_rejection)
    return (outcomes.acts == (happened == 1)).astype(float), outcomes.cost - best


def _least_sure(points: tuple[Abstaining, ...]) -> Abstaining:
    """The point nearest to handing one in ten to a person."""
    inner = [p for p in points if p.coverage < 1]
    return min(inner, key=lambda p: abs(p.coverage - (1 - HANDED)))


def _measures(points: tuple[Abstaining, ...], currency: str) -> list[Measure]:
    at = _least_sure(points)
    return [
        Measure.of(
            "worth_of_a_look",
            f"What its mistakes cost, per case, among the {1 - at.coverage:.0%} it is least sure of",
            at.worth,
            "currency",
            note="A look by a person who is right may cost at most so much.",
        )
    ]


def _in_words(points: tuple[Abstaining, ...], review: float | None, currency: str) -> str:
    at, worth = _least_sure(points), _least_sure(points).worth
    if not math.isfinite(worth.value):
        return (
            f"Among the {1 - at.coverage:.0%} it is least sure of there are too few rows to say what "
            "handing them over would save."
        )
    told = (
        f"Handing over the {1 - at.coverage:.0%} it is least sure of pays while a look by a person "
        f"costs less than {readable(worth.value)} {currency} a case"
    )
    if worth.low is not None and worth.high is not None:
        told += f" (95 % interval {readable(worth.low)} to {readable(worth.high)}, n = {worth.n:,})"
    if review is None:
        return (
            told + ". What a look costs is not asked for yes-or-no problems: compare it yourself."
        )
    cheapest = min(points, key=lambda p: p.total.value)
    return (
        f"{told}; in this project it costs {readable(review)}. Cheapest on these rows: answer "
        f"{cheapest.coverage:.0%} alone. That is the best of {len(points)} tried, so it flatters "
        "itself a little."
    )


def _table(points: tuple[Abstaining, ...], review: float | None) -> Table:
    columns = [
        Column(key="coverage", label="Decided alone", kind="share"),
        Column(key="n", label="Rows", kind="integer"),
        Column(key="right", label="Right among them", kind="share"),
        Column(key="low", label="from", kind="share"),
        Column(key="high", label="to", kind="share"),
        Column(
            key="worth",
            label="Mistakes per case among the others",
            kind="currency",
            help="What a look by a person, who is right, may cost at most.",
        ),
        Column(key="worth_low", label="from", kind="currency"),
        Column(key="worth_high", label="to", kind="currency"),
    ]
    rows: list[tuple[float | int | None, ...]] = [
        (
            p.coverage,
            p.right.n,
            p.right.value,
            p.right.low,
            p.right.high,
            p.worth.value,
            p.worth.low,
            p.worth.high,
        )
        for p in points
    ]
    if review is not None:
        columns.append(Column(key="total", label="Cost per 1,000 in all", kind="currency"))
        rows = [(*row, 1000 * p.total.value) for row, p in zip(rows, points, strict=True)]
    return Table(
        key="abstention",
        title="If it decided only the surest alone",
        columns=tuple(columns),
        rows=tuple(rows),
        note="Out-of-fold rows, the surest first. A person is taken to be right.",
    )


def _guides(now: float, review: float | None) -> tuple[Guide, ...]:
    return (Guide(axis="x", at=now, label="now", role="second"),) if review is not None else ()


def _right_chart(points: tuple[Abstaining, ...], now: float, review: float | None) -> Chart:
    first, last = points[0].right, points[-1].right
    return Chart(
        key="abstention",
        title="How right is it on what it is sure of?",
        says=f"{last.value:.0%} right on all rows, {first.value:.0%} on the surest "
        f"{points[0].coverage:.0%}; out of fold, band of 95 %.",
        x=Axis(label="Decided alone, the surest first (coverage)", kind="share"),
        y=Axis(label="Right among them", kind="share"),
        series=(
            Series(
                name="Right",
                mark="line",
                x=[p.coverage for p in points],
                y=[p.right.value for p in points],
                low=[p.right.low for p in points],
                high=[p.right.high for p in points],
            ),
        ),
        guides=_guides(now, review),
    )


def _cost_chart(
    points: tuple[Abstaining, ...], now: float, review: float | None, scene: Scene
) -> Chart:
    if review is None:
        some, per = [p for p in points if p.coverage < 1], 1
        estimates = [p.worth for p in some]
        label, says = (
            "Mistakes per case of the others",
            "Among the cases handed over: a look by a person pays where it costs less than this.",
        )
    else:
        some, per = list(points), 1000
        estimates = [p.total for p in points]
        label, says = (
            "Cost per 1,000 in all",
            "Wrong answers and looks by a person together; lowest is best.",
        )
    return Chart(
        key="abstention_cost",
        title="What does handing over save?",
        says=says,
        x=Axis(label="Decided alone, the surest first (coverage)", kind="share"),
        y=Axis(label=label, unit=scene.currency),
        series=(
            Series(
                name="Cost",
                mark="line",
                x=[p.coverage for p in some],
                y=[per * e.value for e in estimates],
                low=[None if e.low is None else per * e.low for e in estimates],
                high=[None if e.high is None else per * e.high for e in estimates],
                role="second",
            ),
        ),
        guides=_guides(now, review),
    )
