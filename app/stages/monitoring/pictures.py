"""The stream and the drill as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.lab.alerts import Alert, Calibration
from app.lab.cohort_watch import COHORT, COHORT_COST
from app.lab.stream import COST, LOSS, Signals
from app.record.chart import Axis, Chart, Guide, Role, Series

if TYPE_CHECKING:
    from app.stages.monitoring.drill import Outcome

SPANS = 12
TITLES = {
    "input": "Do the inputs look as always?",
    "prediction": "Do the predictions look as always?",
    "quality": "Is it still as good?",
    "business": "What does it cost?",
}

FIRST_BY: dict[str, tuple[str, Role]] = {
    "input": ("input", "main"),
    "prediction": ("prediction", "third"),
    "quality": ("quality", "second"),
    "business": ("business", "watch"),
    COHORT: ("a slice", "good"),
    COHORT_COST: ("the cost of a slice", "good"),
}


def timelines(
    signals: Signals,
    quiet: Signals,
    normal: Calibration,
    alerts: tuple[Alert, ...],
    currency: str,
) -> list[Chart]:
    """Draw one timeline for each group of signals."""
    return [
        _inputs(signals, normal, alerts),
        _one(signals, quiet, normal, alerts, "prediction", "mean prediction", ""),
        _one(signals, quiet, normal, alerts, "quality", LOSS, ""),
        _one(signals, quiet, normal, alerts, "business", COST, currency),
    ]


def _named(name: str, step: str) -> str:
    """Say over what a signal is smoothed."""
    over = "7 days" if step == "day" else f"1 {step}"
    return f"{name.removeprefix('smoothed ').capitalize()}, {over}" if "smooth" in name else name


def _kind(signals: Signals) -> str:
    return "category" if signals.days.names[0].startswith("day") else "date"


def _inputs(signals: Signals, normal: Calibration, alerts: tuple[Alert, ...]) -> Chart:
    days, limit = signals.days, normal.limits["input"]
    weekday = days.weekday
    distance = {
        name: np.abs(values - normal.centers["input", name][weekday]) / normal.scales["input", name]
        for name, values in signals.values["input"].items()
    }
    stack = np.array(list(distance.values()))
    some = np.isfinite(stack).any(axis=0)
    worst = np.full(days.count, np.nan)
    names = [""] * days.count
    keys = list(distance)
    if some.any():
        filled = np.where(np.isfinite(stack), stack, -1)
        worst[some] = filled.max(axis=0)[some]
        names = [keys[i] if ok else "" for i, ok in zip(filled.argmax(axis=0), some, strict=True)]
    count = sum(a.group == "input" for a in alerts)
    return Chart(
        key="timeline_input",
        title=TITLES["input"],
        says=f"The farthest input of each {days.step}; {count} stretches are beyond the limit."
        if np.isfinite(limit)
        else "Too few quiet days to set a limit.",
        x=Axis(label=days.step.capitalize(), kind=_kind(signals)),
        y=Axis(label="Distance from normal, in usual spreads", kind="log"),
        series=(
            Series(
                name="Farthest input",
                mark="line",
                x=days.names,
                y=np.maximum(worst, 0.01),
                text=names,
            ),
        ),
        guides=(Guide(axis="y", at=limit, label="pages above", role="stop"),)
        if np.isfinite(limit)
        else (),
    )


def _one(
    signals: Signals,
    quiet: Signals,
    normal: Calibration,
    alerts: tuple[Alert, ...],
    group: str,
    name: str,
    unit: str,
) -> Chart:
    days = signals.days
    values = signals.values[group][name]
    center, scale = normal.centers[group, name], normal.scales[group, name]
    limit = normal.limits[group]
    mine = [a for a in alerts if a.group == group and a.signal == name]
    series = [Series(name="Stream", mark="line", x=days.names, y=values)]
    if np.isfinite(limit):
        middle = center[days.weekday]
        series.append(
            Series(
                name="Normal range",
                mark="line",
                x=days.names,
                y=middle,
                low=middle - limit * scale,
                high=middle + limit * scale,
                role="muted",
                dashed=True,
            )
        )
    return Chart(
        key=f"timeline_{group}",
        title=TITLES[group],
        says=f"{len(mine)} stretches outside the normal range."
        if np.isfinite(limit)
        else "Too few quiet days to set a limit.",
        x=Axis(label=days.step.capitalize(), kind=_kind(signals)),
        y=Axis(label=_named(name, days.step), unit=unit),
        series=tuple(series),
        guides=tuple(
            Guide(axis="x", at=days.names[a.first], to=days.names[a.last], role="stop")
            for a in mine[:SPANS]
            if a.last > a.first
        ),
    )


def catches(outcomes: list[Outcome], currency: str, step: str) -> list[Chart]:
    """Draw how late each incident is noticed, and what it costs until then."""
    tried = [o for o in outcomes if o.caught is not None]
    if not tried:
        return []
    series = []
    for group, (name, role) in FIRST_BY.items():
        part = [o for o in tried if o.caught and o.caught.group == group]
        if part:
            series.append(
                Series(
                    name=f"First by {name}",
                    mark="point",
                    x=[float(o.caught.days_late or 0) for o in part if o.caught],
                    y=[o.incident.title for o in part],
                    text=[f"{o.caught.signal}" for o in part if o.caught],
                    role=role,
                )
            )
    missed = [o for o in tried if o.caught and o.caught.days_late is None]
    if missed:
        series.append(
            Series(
                name="Never noticed",
                mark="point",
                x=[60.0] * len(missed),
                y=[o.incident.title for o in missed],
                text=[f"not noticed in 60 {step}s"] * len(missed),
                role="stop",
            )
        )
    noticed = len(tried) - len(missed)
    return [
        Chart(
            key="catches",
            title="Would you notice?",
            says=f"{noticed} of {len(tried)} incidents are noticed; the dot says after how many "
            f"{step}s and by what.",
            x=Axis(label=f"{step.capitalize()}s from the strike to the alert", unit=f"{step}s"),
            y=Axis(label="", kind="category", order=tuple(o.incident.title for o in tried)),
            series=tuple(series),
            horizontal=True,
        ),
        _losses(tried, currency, step),
    ]


def _losses(tried: list[Outcome], currency: str, step: str) -> Chart:
    return Chart(
        key="losses",
        title="What would it cost?",
        says=f"Lost until the first alert, and in 60 {step}s if nobody acts; below zero the "
        "change happened to save money.",
        x=Axis(label="Extra cost of the decisions", unit=currency),
        y=Axis(label="", kind="category"),
        series=(
            Series(
                name="Until the alert",
                mark="bar",
                x=[o.lost for o in tried],
                y=[o.incident.title for o in tried],
                role="second",
            ),
            Series(
                name=f"In 60 {step}s",
                mark="bar",
                x=[o.lost_in_all for o in tried],
                y=[o.incident.title for o in tried],
                role="muted",
            ),
        ),
        horizontal=True,
    )
