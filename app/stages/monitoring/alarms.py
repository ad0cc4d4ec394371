"""Alerts on the stream as it was: what they would cost, who is told, and how many are false."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from app.lab.alerts import MONTH, calibrate
from app.lab.detection import Alert, raise_alerts
from app.lab.impact import SEVERITIES
from app.lab.monitors.catalogue import GROUPS, MONITORS
from app.lab.monitors.signals import Signals, cut_days
from app.lab.rate import poisson_rate
from app.lab.stream import Days
from app.record.measure import Measure
from app.record.table import Column, Table
from app.stages.monitoring.choices import Choices
from app.stages.part import Part
from app.stages.production.seen import Watch

MOST_ALERTS = 60
BLOCK_DAYS = 14


def alarms(
    choices: Choices, watch: Watch, quiet: tuple[Alert, ...]
) -> tuple[Part, tuple[Alert, ...]]:
    """Write down the alerts of the live days, the dearest first, and how often there are any."""
    normal, stakes, how = watch.normal, watch.stakes, watch.how
    alerts = raise_alerts(watch.live, normal, stakes, how.detector)
    serious = [a for a in alerts if a.severity != "benign"]
    part = Part(
        measures=(
            _rate(
                "pages_live",
                "Pages per 30 days of the stream",
                days_of(serious),
                watch.live,
                f"No incident was injected: what pages here is the world itself changing. "
                f"{len(alerts) - len(serious)} more alerts are benign: beyond the limit, but next "
                "to nothing is at stake.",
            ),
            _rate(
                "pages_quiet",
                "Pages per 30 quiet days",
                pages_of(quiet, normal.on),
                watch.past,
                f"Counted on quiet days whose limits were set on the other days; the budget is "
                f"{choices.pages_per_month:g}.",
            ),
            Measure(
                key="monitors_on",
                label="Monitors switched on",
                value=len(normal.on),
                unit="monitors",
                note=f"Of {len(MONITORS)}. They share the budget of false pages.",
            ),
        ),
        tables=(_table(choices, alerts, watch.live.days),),
    )
    return part, alerts


def days_of(alerts: Iterable[Alert]) -> int:
    """Return on how many days something new began: what begins together is one page."""
    return len({alert.first for alert in alerts})


def quiet_alerts(watch: Watch) -> tuple[Alert, ...]:
    """Return the alerts on quiet days of all monitors, with limits that rest on other days.

    Blocks of two weeks are set aside in turn, so that seasons are in both halves.
    """
    past, normal = watch.past, watch.normal
    block = np.arange(past.days.count) // max(1, round(BLOCK_DAYS / past.days.length)) % 2
    found: list[Alert] = []
    for half in (0, 1):
        if not (block == half).any() or not (block != half).any():
            continue
        others = calibrate(cut_days(past, block != half), normal.budget, normal.on)
        raised = raise_alerts(past, others, watch.stakes, watch.how.detector, list(past.values))
        found += [a for a in raised if block[a.first] == half]
    return tuple(found)


def pages_of(alerts: Iterable[Alert], monitors: Collection[str]) -> int:
    """Return how often some monitors page: benign alerts page nobody."""
    return days_of(a for a in alerts if a.monitor in monitors and a.severity != "benign")


def _rate(key: str, label: str, count: int, signals: Signals, note: str) -> Measure:
    days = signals.days
    time = max(days.count * days.length / MONTH, 1e-9)
    return Measure.of(key, label, poisson_rate(count, time, days.count), "pages", note=note)


def _table(choices: Choices, alerts: tuple[Alert, ...], days: Days) -> Table:
    ranked = sorted(alerts, key=lambda a: (-SEVERITIES.index(a.severity), -a.impact, a.first))
    return Table(
        key="alerts",
        title="Alerts on the stream as it was",
        columns=(
            Column(key="first", label="From", kind="text"),
            Column(key="last", label="To", kind="text"),
            Column(key="severity", label="Grade", kind="text"),
            Column(key="impact", label="At stake a day", kind="currency"),
            Column(key="monitor", label="Monitor", kind="text"),
            Column(key="signal", label="Signal", kind="text"),
            Column(key="group", label="Group", kind="text"),
            Column(key="value", label="Value"),
            Column(key="usual", label="Usual"),
            Column(key="distance", label="Distance", help="In usual spreads."),
            Column(key="limit", label="Limit", help="In usual spreads."),
            Column(key="owner", label="Owner", kind="text"),
            Column(key="do", label="First", kind="text"),
            Column(key="runbook", label="Runbook", kind="text"),
        ),
        rows=tuple(
            (
                days.names[a.first],
                days.names[a.last],
                a.severity,
                a.impact,
                MONITORS[a.monitor].title,
                a.signal,
                GROUPS[MONITORS[a.monitor].group],
                a.value,
                a.usual,
                a.distance,
                a.limit,
                choices.owner.strip() or "nobody yet",
                MONITORS[a.monitor].first,
                choices.runbook.strip(),
            )
            for a in ranked[:MOST_ALERTS]
        ),
        note=f"{len(alerts)} stretches in all, graded by what is at stake a day: share of the rows "
        "that moved × what the column matters × what the model saves; for costs, what was really "
        "lost. Nothing was injected here.",
    )
