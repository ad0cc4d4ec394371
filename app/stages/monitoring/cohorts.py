"""The slices that matter to the user, watched day by day."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from app.lab.alerts import TINY, Calibration
from app.lab.detection import Alert
from app.lab.estimate import Estimate
from app.lab.monitors.cohorts import COHORT, COHORT_COST, GROUP_OF, KINDS, Watched, signal_of
from app.lab.monitors.signals import Signals
from app.lab.problem import Problem
from app.record.chart import Axis, Chart, Guide, Role, Series
from app.record.measure import Measure
from app.record.table import Column, Table
from app.stages.cohort import NamedCohort, Note, everything, read_cohorts
from app.stages.part import Part
from app.stages.production.seen import Watch

MOST_CHARTS = 6
FARTHEST = 4.0
ROLES: dict[str, Role] = {
    "volume": "main",
    "missing": "muted",
    "prediction": "third",
    "cost": "second",
}
TOO_FEW = "Too few rows: not 15 in a typical stretch of four weeks, or four steps."


def read_notes(
    notes: Iterable[Note], problem: Problem, table: pd.DataFrame
) -> tuple[NamedCohort, ...]:
    """Read the slices that were named in the error analysis; without any the table stays shut."""
    notes = tuple(notes)
    if not notes:
        return ()
    return read_cohorts(notes, everything(problem, table), problem.inputs)


def cohort_part(
    named: tuple[NamedCohort, ...],
    watch: Watch,
    alerts: tuple[Alert, ...],
) -> Part:
    """Say of every named slice whether it is watched, and what alarmed in it."""
    if not named:
        return Part()
    signals, normal = watch.live, watch.normal
    mine = tuple(a for a in alerts if a.monitor in (COHORT, COHORT_COST))
    by_name = {item.name: item for item in watch.watched}
    on = [item for item in watch.watched if item.width]
    fired = sum(1 for item in on if any(_alerts_of(item.name, mine).values()))
    counted = sum(len(signals.values.get(group, {})) for group in (COHORT, COHORT_COST))
    return Part(
        measures=(
            Measure.of(
                "cohorts_watched",
                "Slices under watch",
                Estimate(len(on), None, None, len(named)),
                "slices",
                note="Of the slices named in the error analysis.",
            ),
            Measure.of(
                "cohorts_alarmed",
                "Slices with an alert",
                Estimate(fired, None, None, len(on)),
                "slices",
                note=f"{counted} signals of slices share their part of the budget of false pages.",
            ),
        ),
        tables=(_table(named, by_name, watch, mine),),
        charts=tuple(_charts(on, signals, normal, mine)),
    )


def _alerts_of(name: str, alerts: tuple[Alert, ...]) -> dict[str, list[Alert]]:
    return {kind: [a for a in alerts if a.signal == signal_of(name, kind)] for kind in KINDS}


def _table(
    named: tuple[NamedCohort, ...],
    watched: dict[str, Watched],
    watch: Watch,
    alerts: tuple[Alert, ...],
) -> Table:
    step = watch.live.days.step
    return Table(
        key="cohort_watch",
        title="Slices under watch",
        columns=(
            Column(key="name", label="Slice", kind="text"),
            Column(key="where", label="Where", kind="text"),
            Column(key="watched", label="Watched?", kind="flag"),
            Column(key="n", label="Rows of the stream", kind="integer"),
            Column(key="share", label="Share", kind="share"),
            Column(key="width", label="Smoothed over", unit=f"{step}s", kind="integer"),
            *(
                Column(key=kind, label=f"Alerts: {words}", kind="integer")
                for kind, words in KINDS.items()
            ),
            Column(key="first", label="First known on", kind="text"),
            Column(key="note", label="Note", kind="text"),
        ),
        rows=tuple(_row(c, watched.get(c.name), watch, alerts) for c in named),
        note="Stretches beyond the limit on the stream as it was. All signals of all slices page "
        "from limits set together, so that more slices do not mean more false pages. What is "
        "watched is the model's answer, whatever decides instead of it. Cost waits for the labels.",
    )


def _row(
    cohort: NamedCohort,
    watched: Watched | None,
    watch: Watch,
    alerts: tuple[Alert, ...],
) -> tuple[object, ...]:
    if cohort.cohort is None or watched is None:
        blank = (None,) * (3 + len(KINDS))
        return (cohort.name, cohort.where, False, *blank, "", cohort.says)
    found = _alerts_of(cohort.name, alerts)
    mask = cohort.mask(watch.scene.live.world.rows)
    known = [a.first for part in found.values() for a in part]
    first = watch.live.days.names[min(known)] if known else ""
    counts = tuple(len(part) if watched.width else None for part in found.values())
    return (
        cohort.name,
        cohort.where,
        bool(watched.width),
        int(mask.sum()),
        float(mask.mean()) if len(mask) else None,
        watched.width or None,
        *counts,
        first,
        _note(watched, watch.normal),
    )


def _note(watched: Watched, normal: Calibration) -> str:
    if not watched.width:
        return TOO_FEW
    if not all(np.isfinite(normal.limits.get(group, np.inf)) for group in (COHORT, COHORT_COST)):
        return "Too few quiet days to set every limit: some of its signals never page."
    return ""


def _charts(
    watched: list[Watched], signals: Signals, normal: Calibration, alerts: tuple[Alert, ...]
) -> list[Chart]:
    """Draw the slices that alarmed most, each on a timeline of its own."""
    if not any(np.isfinite(normal.limits.get(group, np.inf)) for group in (COHORT, COHORT_COST)):
        return []
    counts = {w.name: sum(map(len, _alerts_of(w.name, alerts).values())) for w in watched}
    loudest = sorted(watched, key=lambda w: -counts[w.name])[:MOST_CHARTS]
    places = {w.name: place for place, w in enumerate(watched, start=1)}
    return [_chart(w, places[w.name], signals, normal, alerts) for w in loudest]


def _chart(
    watched: Watched,
    place: int,
    signals: Signals,
    normal: Calibration,
    alerts: tuple[Alert, ...],
) -> Chart:
    days = signals.days
    found = _alerts_of(watched.name, alerts)
    loud = [f"{KINDS[kind]} ({len(part)})" for kind, part in found.items() if part]
    stretches = [a for part in found.values() for a in part]
    return Chart(
        key=f"cohort_{place}",
        title=f"Slice: {watched.name}",
        says="Beyond the limit: " + ", ".join(loud) + "."
        if loud
        else f"Quiet: no signal of this slice left its normal range in {days.count} {days.step}s.",
        x=Axis(
            label=days.step.capitalize(),
            kind="category" if days.names[0].startswith("day") else "date",
        ),
        y=Axis(label="Distance from normal, 1 = pages"),
        series=tuple(_lines(watched.name, signals, normal)),
        guides=(
            Guide(axis="y", at=1.0, label="pages above", role="stop"),
            *(
                Guide(axis="x", at=days.names[a.first], to=days.names[a.last], role="stop")
                for a in stretches[:12]
                if a.last > a.first
            ),
        ),
    )


def _lines(name: str, signals: Signals, normal: Calibration) -> list[Series]:
    lines = []
    for kind, group in GROUP_OF.items():
        key, limit = (group, signal_of(name, kind)), normal.limits.get(group, np.inf)
        if not np.isfinite(limit) or key not in normal.centers:
            continue
        values = signals.values[group][key[1]]
        center = normal.centers[key][signals.days.weekday]
        distance = np.abs(values - center) / normal.scales[key] / max(limit, TINY)
        lines.append(
            Series(
                name=KINDS[kind].capitalize(),
                mark="line",
                x=signals.days.names,
                y=np.minimum(np.round(distance, 3), FARTHEST),
                role=ROLES[kind],
            )
        )
    return lines
