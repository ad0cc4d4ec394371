"""The catch matrix: which monitor notices which incident, how late, and what that costs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from app.lab.monitors.catalogue import GROUPS, MONITORS
from app.record.chart import Axis, Chart, Colors, Series
from app.record.table import Cell, Column, Table
from app.stages.monitoring.striking import Outcome, Strikes


def matrix(strikes: Strikes, on: Collection[str], there: Collection[str], step: str) -> list[Chart]:
    """Draw the monitors that are on, and those that could be added."""
    shown = [key for key in MONITORS if key in on and key in there]
    rest = [
        key
        for key in MONITORS
        if key not in on and key in there and any(_earlier(key, o, on) for o in strikes.harmful)
    ]
    caught = sum(outcome.late(on) is not None for outcome in strikes.harmful)
    count = len(strikes.harmful)
    charts = []
    if shown:
        says = (
            f"Of {count} harmful incidents the monitors that are on notice {caught}. A cell says "
            f"after how many {step}s; an empty one means never."
        )
        charts.append(_heat("catch_on", "What your monitors notice", says, shown, strikes))
    if rest:
        says = "Monitors that are switched off, and would notice some incident earlier."
        charts.append(_heat("catch_off", "What others would notice earlier", says, rest, strikes))
    return charts


def _earlier(key: str, outcome: Outcome, on: Collection[str]) -> bool:
    if key not in outcome.caught:
        return False
    late = outcome.late(on)
    return late is None or outcome.caught[key].days_late < late


def _heat(key: str, title: str, says: str, monitors: list[str], strikes: Strikes) -> Chart:
    x: list[str] = []
    y: list[str] = []
    text: list[str] = []
    shade: list[float | None] = []
    for outcome in strikes.tried:
        for monitor in monitors:
            found = outcome.caught.get(monitor)
            if found is None:
                continue
            x.append(MONITORS[monitor].title)
            y.append(outcome.incident.title)
            shade.append(1.0 - min(found.days_late / max(strikes.days, 1), 1.0))
            text.append(str(found.days_late))
    rows = tuple(outcome.incident.title for outcome in strikes.tried)
    # Incidents and monitors without a single cell still have their row and column.
    for monitor in monitors:
        if MONITORS[monitor].title not in x and rows:
            x, y = [*x, MONITORS[monitor].title], [*y, rows[0]]
            shade, text = [*shade, None], [*text, ""]
    for row in rows:
        if row not in y and monitors:
            x, y = [*x, MONITORS[monitors[0]].title], [*y, row]
            shade, text = [*shade, None], [*text, ""]
    return Chart(
        key=key,
        title=title,
        says=says,
        x=Axis(
            label="Monitor",
            kind="category",
            order=tuple(MONITORS[monitor].title for monitor in monitors),
        ),
        y=Axis(label="", kind="category", order=rows),
        series=(Series(name="Noticed", mark="heat", x=x, y=y, shade=shade, text=text),),
        colors=Colors(label="Noticed", low="late", high="at once"),
    )


def catch_table(strikes: Strikes, on: Collection[str], step: str) -> Table:
    """Write down what the monitors that are on notice of each incident, and what that costs."""
    return Table(
        key="catch_matrix",
        title="What notices what",
        columns=(
            Column(key="key", label="Key", kind="text"),
            Column(key="incident", label="Incident", kind="text"),
            Column(key="struck", label="Can strike?", kind="flag"),
            Column(key="harmless", label="Harmless?", kind="flag"),
            Column(key="caught", label="Noticed?", kind="flag"),
            Column(key="days_late", label="After", unit=f"{step}s", kind="integer"),
            Column(key="signal", label="First by", kind="text"),
            Column(key="severity", label="Graded", kind="text"),
            *(
                Column(key=group, label=title, unit=f"{step}s", kind="integer")
                for group, title in GROUPS.items()
            ),
            Column(key="lost", label="Lost until then", kind="currency"),
            Column(key="lost_in_all", label=f"Lost in {strikes.days} {step}s", kind="currency"),
            Column(key="only", label="Only the others notice", kind="text"),
            Column(key="action", label="Right move", kind="text"),
            Column(key="note", label="Note", kind="text"),
        ),
        rows=tuple(_row(outcome, on) for outcome in strikes.outcomes),
        note=f"{step.capitalize()}s from the strike to the first alert that would not have come "
        "anyway, of the monitors that are switched on; empty where a group never noticed. Lost "
        "counts wrong decisions, serving and fees by what really happened.",
    )


def _row(outcome: Outcome, on: Collection[str]) -> tuple[Cell, ...]:
    incident = outcome.incident
    first = outcome.first(on)
    off = sorted(
        (caught.days_late, MONITORS[key].title)
        for key, caught in outcome.caught.items()
        if key not in on
    )
    right = incident.fixes or incident.contains
    return (
        incident.key,
        incident.title,
        outcome.tried,
        incident.harmless,
        first is not None,
        first[1].days_late if first else None,
        f"{MONITORS[first[0]].title}: {first[1].signal}" if first else "",
        outcome.said(on) or "",
        *(outcome.late(_of_group(group, on)) for group in GROUPS),
        outcome.lost(on),
        float(outcome.by_day.sum()),
        "" if first or not off else ", ".join(title for _, title in off[:3]),
        right[0] if right else "",
        outcome.why_not or incident.remedy,
    )


def _of_group(group: str, on: Iterable[str]) -> frozenset[str]:
    return frozenset(key for key in on if MONITORS[key].group == group)


def losses(strikes: Strikes, on: Collection[str], currency: str, step: str) -> Chart | None:
    """Draw what each incident costs until the first alert, and if nobody acts."""
    tried = sorted(strikes.harmful, key=lambda o: -o.lost(on))
    if not tried:
        return None
    return Chart(
        key="losses",
        title="What would it cost?",
        says=f"Lost until the first alert, and in {strikes.days} {step}s if nobody acts; below "
        "zero the change happened to save money.",
        x=Axis(label="Extra cost", unit=currency),
        y=Axis(label="", kind="category", order=tuple(o.incident.title for o in tried)),
        series=(
            Series(
                name="Until the alert",
                mark="bar",
                x=[round(o.lost(on), 2) for o in tried],
                y=[o.incident.title for o in tried],
                role="stop",
            ),
            Series(
                name=f"In {strikes.days} {step}s",
                mark="bar",
                x=[round(float(o.by_day.sum()), 2) for o in tried],
                y=[o.incident.title for o in tried],
                role="muted",
            ),
        ),
        horizontal=True,
    )
