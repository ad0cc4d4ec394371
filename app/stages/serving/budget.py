"""Where the time of one answer goes, and what is left of the limit."""

from __future__ import annotations

from dataclasses import dataclass

from app.record.chart import Axis, Chart, Guide, Series
from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Column, Table
from app.stages.part import Part
from app.stages.serving.choices import Choices
from app.stages.serving.setting import Setting
from app.stages.serving.speed import Timed


@dataclass(frozen=True)
class Step:
    """One step on the way of an answer."""

    name: str
    ms: float
    source: str


def steps_of(choices: Choices, served: Timed) -> tuple[Step, ...]:
    """Return the steps in their order; the model with its slow one in a hundred."""
    return (
        Step("Network, there and back", choices.network_ms, "assumed"),
        Step("Looking up columns", choices.lookup_ms, "assumed"),
        Step("Model (99 of 100)", served.p99_ms, "measured"),
        Step("Checking and deciding", choices.decide_ms, "assumed"),
        Step("Writing the log", choices.log_ms, "assumed"),
    )


def budget(choices: Choices, setting: Setting, served: Timed) -> Part:
    """Set the steps against the limit of the framing."""
    steps, limit = steps_of(choices, served), setting.framing.latency_ms
    total = sum(step.ms for step in steps)
    return Part(
        measures=(
            Measure(
                key="answer_ms",
                label="The whole way of one answer (99 of 100)",
                value=total,
                unit="ms",
                method="sum of the steps; only the model is measured",
                timing=True,
            ),
            Measure(
                key="slack_ms",
                label=f"Left of the limit of {readable(limit)} ms",
                value=limit - total,
                unit="ms",
                timing=True,
            ),
        ),
        tables=(_table(steps, limit),),
        charts=(_chart(steps, total, limit),),
    )


def _table(steps: tuple[Step, ...], limit: float) -> Table:
    reached, rows = 0.0, []
    for step in steps:
        reached += step.ms
        rows.append((step.name, step.source, step.ms, reached, limit - reached))
    return Table(
        key="latency_budget",
        title="Where the time goes",
        columns=(
            Column(key="step", label="Step", kind="text"),
            Column(key="source", label="Comes from", kind="text"),
            Column(key="ms", label="Takes", unit="ms", timing=True),
            Column(key="reached", label="Reached", unit="ms", timing=True),
            Column(key="left", label="Left of the limit", unit="ms", timing=True),
        ),
        rows=tuple(rows),
        note="Adding up slow cases of every step is on the safe side: they rarely come together.",
    )


def _chart(steps: tuple[Step, ...], total: float, limit: float) -> Chart:
    starts = [sum(step.ms for step in steps[:place]) for place in range(len(steps))]
    within = "within" if total <= limit else "beyond"
    near = limit <= 4 * total
    return Chart(
        key="latency_budget",
        title="Where does the time of an answer go?",
        says=f"{readable(total)} ms on the whole way, {within} the limit of {readable(limit)} ms. "
        "Only the model is measured; the other steps are your answers.",
        x=Axis(label="Time since it was asked", unit="ms"),
        y=Axis(label="", kind="category"),
        series=(
            Series(
                name="Takes",
                mark="bar",
                x=[step.ms for step in steps],
                y=[step.name for step in steps],
                base=starts,
                text=[f"{readable(step.ms)} ms, {step.source}" for step in steps],
            ),
        ),
        guides=(Guide(axis="x", at=limit, label="limit", role="stop"),) if near else (),
        horizontal=True,
        timing=True,
    )
