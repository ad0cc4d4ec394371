"""What follows from the costs alone, before any data is seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from app.lab.cost import (
    AsymmetricCosts,
    BinaryCosts,
    ReviewCosts,
    break_even_probability,
    cost_quantile,
)
from app.record.chart import Axis, Chart, Guide, Series
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.project import Project
from app.stages.bench import Bench
from app.stages.framing.choices import Choices


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Work out where acting starts to pay."""
    bench.progress(0.1, "Working out where acting pays")
    return BY_TASK.get(project.task or "binary", _binary)(choices)


def _binary(choices: Choices) -> Evidence:
    costs = BinaryCosts(choices.cost_false_alarm, choices.cost_miss, hit=choices.cost_hit)
    break_even = break_even_probability(costs)
    gain = choices.cost_miss - choices.cost_hit
    alarms = gain / choices.cost_false_alarm if choices.cost_false_alarm > 0 else None
    return Evidence(
        stage="framing",
        measures=(
            Measure(
                key="break_even_probability",
                label="Acting pays from a probability of",
                value=break_even,
                unit="share",
                method="closed form from the costs",
            ),
            Measure(
                key="false_alarms_per_hit",
                label="False alarms that one prevented miss pays for",
                value=alarms,
                method="closed form from the costs",
            ),
        ),
        charts=(_act_or_wait(choices, break_even),),
    )


def _act_or_wait(choices: Choices, break_even: float) -> Chart:
    p = np.linspace(0, 1, 21)
    act = p * choices.cost_hit + (1 - p) * choices.cost_false_alarm
    wait = p * choices.cost_miss
    pays = np.isfinite(break_even) and break_even <= 1
    says = (
        f"Acting is cheaper than waiting once the probability passes {break_even:.1%}."
        if pays
        else "With these costs acting is never cheaper than waiting."
    )
    return Chart(
        key="act_or_wait",
        title="When does acting pay?",
        says=says,
        x=Axis(label="Probability that it happens", kind="share"),
        y=Axis(label="Expected cost of one decision", unit=choices.currency),
        series=(
            Series(name="Act", mark="line", x=p, y=act, role="main"),
            Series(name="Wait", mark="line", x=p, y=wait, role="second"),
        ),
        guides=(Guide(axis="x", at=break_even, label="break-even"),) if pays else (),
    )


def _regression(choices: Choices) -> Evidence:
    quantile = cost_quantile(AsymmetricCosts(choices.cost_over, choices.cost_under))
    lean = "high" if quantile > 0.5 else "low" if quantile < 0.5 else "neither way"
    return Evidence(
        stage="framing",
        measures=(
            Measure(
                key="cost_quantile",
                label="Cheapest prediction: quantile of what may happen",
                value=quantile,
                unit="share",
                method="closed form from the costs",
            ),
        ),
        charts=(
            Chart(
                key="cost_of_error",
                title="What does an error cost?",
                says=f"With these costs a good prediction leans {lean}.",
                x=Axis(label="Prediction minus what happened"),
                y=Axis(label="Cost of one decision", unit=choices.currency),
                series=(
                    Series(
                        name="Cost",
                        mark="line",
                        x=(-10.0, 0.0, 10.0),
                        y=(10 * choices.cost_under, 0.0, 10 * choices.cost_over),
                    ),
                ),
            ),
        ),
    )


def _multiclass(choices: Choices) -> Evidence:
    costs = ReviewCosts(choices.cost_wrong, choices.cost_review).as_binary()
    sure = break_even_probability(costs)
    p = np.linspace(0, 1, 21)
    return Evidence(
        stage="framing",
        measures=(
            Measure(
                key="sure_enough",
                label="Answering without a person pays from a probability of",
                value=sure,
                unit="share",
                method="closed form from the costs",
            ),
        ),
        charts=(
            Chart(
                key="answer_or_ask",
                title="When does answering alone pay?",
                says=f"Answering is cheaper than asking a person once the most likely class passes "
                f"{sure:.1%}."
                if np.isfinite(sure)
                else "With these costs a person is never worth it.",
                x=Axis(label="Probability that the answer is right", kind="share"),
                y=Axis(label="Expected cost of one case", unit=choices.currency),
                series=(
                    Series(name="Answer", mark="line", x=p, y=(1 - p) * choices.cost_wrong),
                    Series(
                        name="Ask a person",
                        mark="line",
                        x=p,
                        y=np.full(len(p), choices.cost_review),
                        role="second",
                    ),
                ),
                guides=(Guide(axis="x", at=sure, label="break-even"),) if np.isfinite(sure) else (),
            ),
        ),
    )


def _ranking(choices: Choices) -> Evidence:
    per_thousand = 1000 * choices.cost_failed
    shares = np.linspace(0, 0.5, 11)
    return Evidence(
        stage="framing",
        measures=(
            Measure(
                key="cost_per_point",
                label="One list in a hundred less that fails saves, per 1,000 lists",
                value=per_thousand / 100,
                unit="currency",
                method="closed form from the costs",
            ),
        ),
        charts=(
            Chart(
                key="cost_of_failing",
                title="What do failed lists cost?",
                says="Every list without a good item at its top costs the same.",
                x=Axis(label="Lists that fail", kind="share"),
                y=Axis(label="Cost per 1,000 lists", unit=choices.currency),
                series=(Series(name="Cost", mark="line", x=shares, y=shares * per_thousand),),
            ),
        ),
    )


BY_TASK: Mapping[str, Callable[[Choices], Evidence]] = {
    "binary": _binary,
    "multiclass": _multiclass,
    "regression": _regression,
    "forecasting": _regression,
    "ranking": _ranking,
}
