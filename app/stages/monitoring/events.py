"""What really happened in the held-out time: would it have been noticed?"""

from __future__ import annotations

from datetime import date, timedelta

from app.lab.detection import Alert
from app.lab.monitors.catalogue import MONITORS
from app.record.table import Cell, Column, Table
from app.stages.monitoring.choices import EventNote
from app.stages.part import Part
from app.stages.production.seen import Watch

LOOKED_DAYS = 14
STEP_DAYS = {"day": 1, "week": 7, "month": 31}


def happened(
    events: tuple[EventNote, ...], watch: Watch, alerts: tuple[Alert, ...], year: bool
) -> Part:
    """Write down which alerts came with or after each event."""
    if not events or year:
        return Part()
    return Part(
        tables=(
            Table(
                key="events",
                title="What really happened",
                columns=(
                    Column(key="date", label="Day", kind="text"),
                    Column(key="title", label="What", kind="text"),
                    Column(key="noticed", label="Alert?", kind="flag"),
                    Column(key="after", label="After", unit="days", kind="integer"),
                    Column(key="by", label="First by", kind="text"),
                    Column(key="severity", label="Grade", kind="text"),
                    Column(key="text", label="The story", kind="text"),
                    Column(key="move", label="Right move", kind="text"),
                ),
                rows=tuple(_row(event, watch, alerts) for event in events),
                note=f"Alerts that begin within {LOOKED_DAYS} days, or one step of the stream, of "
                "the event; they may have come for another reason.",
            ),
        )
    )


def _row(event: EventNote, watch: Watch, alerts: tuple[Alert, ...]) -> tuple[Cell, ...]:
    words = (event.text, event.move.replace("_", " "))
    names = watch.live.days.names
    start = _day(event.date)
    first = _day(names[0])
    if start is None or first is None or not first <= start <= _last(watch):
        return (event.date, event.title, False, None, "not in the held-out time", "", *words)
    step = STEP_DAYS[watch.live.days.step]
    span = timedelta(days=max(LOOKED_DAYS, step))
    near = []
    for alert in alerts:
        begins = _day(names[alert.first])
        if begins is not None and start - timedelta(days=step) < begins <= start + span:
            near.append((max((begins - start).days, 0), alert))
    if not near:
        return (event.date, event.title, False, None, "", "", *words)
    after, alert = min(near, key=lambda item: (item[0], -item[1].impact))
    by = f"{MONITORS[alert.monitor].title}: {alert.signal}"
    return (event.date, event.title, True, after, by, alert.severity, *words)


def _last(watch: Watch) -> date:
    last = _day(watch.live.days.names[-1])
    assert last is not None
    return last + timedelta(days=STEP_DAYS[watch.live.days.step] - 1)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
