"""How an incident comes to notice: an alert of the monitors, a complaint, or a rumour."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.lab.detection import Caught, catch, stretch_impact
from app.lab.impact import severity_of
from app.lab.monitors.catalogue import MONITORS
from app.lab.monitors.signals import Signals
from app.record.number import readable
from app.stages.drills.difficulty import Difficulty
from app.stages.production import Scene, Struck
from app.stages.production.seen import Watch, start_watching

LATEST = 6
HOURS = (8 * 60, 17 * 60)
GRAVE = {"page": 0, "watch": 1, "benign": 2}
RUMOUR = (
    "In the kitchen someone says the model has been odd this week. Nobody has a number, and no "
    "alert has fired. Is something wrong?"
)


@dataclass(frozen=True)
class Opening:
    """When and how the drill begins."""

    day: int
    minute: int
    source: str
    words: str


def opening_of(
    watch: Watch, scene: Scene, struck: Struck, level: Difficulty, rng: np.random.Generator
) -> Opening:
    """Return the first thing that anybody notices; without an alert somebody complains."""
    onset, count = struck.onset_day, struck.world.days.count
    minute, source = int(rng.integers(*HOURS)), str(rng.choice(level.opening))
    drawn = int(rng.integers(1, LATEST + 1))
    alert = first_alert(watch, scene, struck) if source == "alert" else None
    if alert is not None and alert[1].days_late < LATEST:
        # The day is judged when it is over.
        day = min(onset + alert[1].days_late + 1, count - 1)
        return Opening(day, minute, "alert", _alarm(alert[0], alert[1], scene.currency))
    day = min(onset + drawn, count - 1)
    if source == "rumour":
        return Opening(day, minute, source, RUMOUR)
    return Opening(day, minute, "complaint", _complaint(struck, day))


def first_alert(watch: Watch, scene: Scene, struck: Struck) -> tuple[str, Caught] | None:
    """Return the monitor switched on that notices first, the graver alert before the other."""
    how = watch.how
    mine = start_watching(scene, how, watch.cohorts)
    signals = mine.signals_of(struck)
    caught = catch(mine.quiet, signals, mine.normal, mine.stakes, struck.onset_day, how.detector)
    found = [
        (key, _that_day(mine, signals, key, one, struck.onset_day))
        for key, one in caught.items()
        if key in how.on
    ]
    return min(
        found,
        key=lambda pair: (pair[1].days_late, GRAVE[pair[1].severity], -pair[1].impact, pair[0]),
        default=None,
    )


def _that_day(mine: Watch, signals: Signals, key: str, one: Caught, onset: int) -> Caught:
    """Weigh an alert by the day on which it fires: nobody knows the days after it yet."""
    day, normal, stakes = onset + one.days_late, mine.normal, mine.stakes
    impact = stretch_impact(signals, normal, stakes, key, one.signal, day, day)
    return replace(one, impact=impact, severity=severity_of(key, impact, stakes))


def _alarm(key: str, caught: Caught, currency: str) -> str:
    monitor = MONITORS[key]
    return (
        f"Alert ({caught.severity}) of the monitor “{monitor.title}”: {caught.signal}. Expected "
        f"impact {readable(caught.impact)} {currency} a day. First step: {monitor.first}"
    )


def _complaint(struck: Struck, day: int) -> str:
    """Return what somebody wrote, or else what can be seen from outside."""
    written = [line for line in struck.lines if line.source == "complaint" and line.day <= day]
    if written:
        return f"A complaint came in: “{written[-1].words}”"
    symptom = struck.incident.symptom if struck.incident is not None else ""
    return f"A complaint came in through the product team. What they see: {symptom}"
