"""What an outage of a minute, ten minutes, an hour and a day costs under each fallback."""

from __future__ import annotations

import math

from app.lab.outage import Outage, outage
from app.record.chart import Axis, Chart, Series
from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Column, Table
from app.stages.part import Part
from app.stages.serving.catalogue import SHORT
from app.stages.serving.choices import Choices
from app.stages.serving.ladder import Ladder
from app.stages.serving.setting import Setting

LENGTHS = (("1 minute", 1.0), ("10 minutes", 10.0), ("1 hour", 60.0), ("24 hours", 1440.0))
IDLE = "Nobody decides"


def outages(choices: Choices, setting: Setting, found: Ladder) -> Part:
    """Count decisions and money; nothing while the volume is not known."""
    volume = setting.volume
    if volume is None:
        return Part()
    undone = found.idle_extra
    if undone is None and "constant" in found.steps:
        undone = found.steps["constant"].extra
    table = {
        (SHORT[key], name): outage(
            minutes,
            volume,
            step.extra,
            undone if key == "person" else None,
            choices.person_per_hour if key == "person" else 0.0,
        )
        for key, step in found.steps.items()
        if key != "full"
        for name, minutes in LENGTHS
    }
    if found.idle_extra is not None:
        for name, minutes in LENGTHS:
            table[IDLE, name] = outage(minutes, volume, found.idle_extra)
    if not table:
        return Part()
    return Part(
        measures=tuple(_measures(table)),
        tables=(_table(table),),
        charts=(_chart(table, setting),),
    )


def _measures(table: dict[tuple[str, str], Outage]) -> list[Measure]:
    first = next(iter(table))[0]
    hour = table[first, "1 hour"]
    return [
        Measure(
            key="hour_decisions",
            label="Decisions that an outage of an hour touches",
            value=hour.decisions,
            unit="decisions",
            method="at the mean rate of busy hours",
        ),
        Measure.of(
            "hour_extra",
            f"An hour on “{first}” costs beyond the full model",
            hour.extra,
            "currency",
        ),
    ]


def _table(table: dict[tuple[str, str], Outage]) -> Table:
    return Table(
        key="outages",
        title="What an outage costs",
        columns=(
            Column(key="fallback", label="Who answers meanwhile", kind="text"),
            Column(key="length", label="Outage", kind="text"),
            Column(key="decisions", label="Decisions touched"),
            Column(key="taken", label="Taken by the fallback"),
            Column(key="extra", label="Extra cost", kind="currency"),
            Column(key="low", label="from", kind="currency"),
            Column(key="high", label="to", kind="currency"),
        ),
        rows=tuple(
            (who, length, o.decisions, o.taken, o.extra.value, o.extra.low, o.extra.high)
            for (who, length), o in table.items()
        ),
        note="Against the full model, beginning in busy hours at the mean rate; at the peak, times "
        "the peak factor. A batch is only touched when the outage falls on its run.",
    )


def _chart(table: dict[tuple[str, str], Outage], setting: Setting) -> Chart:
    whom = tuple(dict.fromkeys(who for who, _ in table))
    most = max(abs(o.extra.value) for o in table.values()) or 1.0
    day = table[whom[0], "24 hours"]
    return Chart(
        key="outage_impact",
        title="What does an outage cost?",
        says=f"A day touches {readable(day.decisions)} decisions; on “{whom[0]}” it costs "
        f"{readable(day.extra.value)} {setting.currency} beyond the full model. Below zero: cheaper "
        "than the full model.",
        x=Axis(label="Length of the outage", kind="category", order=tuple(n for n, _ in LENGTHS)),
        y=Axis(label="", kind="category", order=whom),
        series=(
            Series(
                name=f"Extra cost in {setting.currency}",
                mark="heat",
                x=[length for _, length in table],
                y=[who for who, _ in table],
                shade=[_shade(o.extra.value, most) for o in table.values()],
                text=[readable(o.extra.value) for o in table.values()],
            ),
        ),
    )


def _shade(value: float, most: float) -> float:
    """Darker by orders of magnitude: a minute and a day are more than a thousand apart."""
    if value <= 0:
        return 0.0
    return max(0.0, min(1.0, 1 + math.log10(value / most) / 4))
