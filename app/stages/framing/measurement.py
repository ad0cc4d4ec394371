"""What follows from the costs alone, before any data is seen."""

from __future__ import annotations

import numpy as np

from app.lab.cost import AsymmetricCosts, BinaryCosts, break_even_probability, cost_quantile
from app.record.chart import Axis, Chart, Guide, Series
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.project import Project
from app.stages.bench import Bench
from app.stages.framing.choices import Choices


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Work out where acting starts to pay."""
    bench.progress(0.1, "Working out where acting pays")
    if project.task == "regression":
        return _regression(choices)
    return _binary(choices)


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
