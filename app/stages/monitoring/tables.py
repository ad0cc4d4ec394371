"""What notices what, and what alarmed, in tables."""

from __future__ import annotations

from app.lab.alerts import Alert
from app.lab.cohort_watch import COHORT, COHORT_COST
from app.lab.stream import Days
from app.record.table import Column, Table
from app.stages.monitoring.drill import DRILL_DAYS, Outcome

MOST_ALERTS = 60
NAMES = {COHORT: "slice", COHORT_COST: "slice cost"}


def _named(group: str) -> str:
    return NAMES.get(group, group)


def _title(group: str) -> str:
    return _named(group).capitalize()


def catch_table(outcomes: list[Outcome], step: str, groups: tuple[str, ...]) -> Table:
    """Write down what each group of signals notices of each incident, and what that costs."""
    return Table(
        key="catch_matrix",
        title="What notices what",
        columns=(
            Column(key="key", label="Key", kind="text"),
            Column(key="incident", label="Incident", kind="text"),
            Column(key="caught", label="Noticed?", kind="flag"),
            Column(key="days_late", label="After", unit=f"{step}s", kind="integer"),
            Column(key="signal", label="First by", kind="text"),
            *(Column(key=g, label=_title(g), unit=f"{step}s", kind="integer") for g in groups),
            Column(key="lost", label="Lost until then", kind="currency"),
            Column(key="lost_in_all", label=f"Lost in {DRILL_DAYS} {step}s", kind="currency"),
            Column(key="action", label="Right move", kind="text"),
            Column(key="note", label="Note", kind="text"),
        ),
        rows=tuple(
            (
                o.incident.key,
                o.incident.title,
                o.caught is not None and o.caught.days_late is not None,
                o.caught.days_late if o.caught else None,
                f"{_named(o.caught.group)}: {o.caught.signal}"
                if o.caught and o.caught.group
                else "",
                *((o.caught.by_group.get(g) if o.caught else None) for g in groups),
                o.lost,
                o.lost_in_all,
                o.incident.right_action,
                o.why_not or o.incident.remedy,
            )
            for o in outcomes
        ),
        note=f"{step.capitalize()}s from the strike to the first alert that would not have come anyway, by group "
        "of signals; empty where a group never noticed.",
    )


def alert_table(alerts: tuple[Alert, ...], days: Days) -> Table:
    """Write down the alerts on the stream as it was, the farthest from normal first."""
    return Table(
        key="alerts",
        title="Alerts on the stream as it was",
        columns=(
            Column(key="known", label="Known on", kind="text"),
            Column(key="group", label="Group", kind="text"),
            Column(key="signal", label="Signal", kind="text"),
            Column(key="first", label="From", kind="text"),
            Column(key="last", label="To", kind="text"),
            Column(key="distance", label="Distance from normal"),
            Column(key="limit", label="Limit"),
            Column(key="value", label="Value"),
        ),
        rows=tuple(
            (
                days.names[min(a.known, days.count - 1)],
                _named(a.group),
                a.signal,
                days.names[a.first],
                days.names[a.last],
                a.distance,
                a.limit,
                a.value,
            )
            for a in sorted(alerts, key=lambda a: -a.distance / a.limit)[:MOST_ALERTS]
        ),
        note=f"{len(alerts)} stretches in all, the farthest from normal first. Nothing was "
        "injected here.",
    )
