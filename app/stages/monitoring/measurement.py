"""The held-out days replayed as production, quiet first, then with each incident."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from app.incidents import INCIDENTS, Incident
from app.lab.alerts import Alert, Calibration, Catch, calibrate, catch, raise_alerts
from app.lab.champion import Champion
from app.lab.cost import BinaryCosts
from app.lab.drift import Bins, fit_bins
from app.lab.metrics import loss_of
from app.lab.problem import Problem
from app.lab.proportion import wilson
from app.lab.shapley import explain, importance
from app.lab.stream import Days, Signals, Stream, days_of, watch
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.project import Project
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.monitoring import pictures
from app.stages.monitoring.choices import Choices

DRILL_DAYS = 60
EXPLAINED = 300
MOST_ALERTS = 60


@dataclass(frozen=True)
class Setting:
    """What the replay needs: the model, normal, and how things are watched."""

    problem: Problem
    champion: Champion
    bins: Bins
    score_bins: Bins
    delay_days: float
    window: int | None


@dataclass(frozen=True)
class Outcome:
    """What became of one incident."""

    incident: Incident
    caught: Catch | None
    lost: float
    lost_in_all: float
    why_not: str = ""


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Replay the days after training and see what the alarms notice."""
    problem: Problem = bench.fetch("data", "problem")
    champion: Champion = bench.fetch("baselines", "champion")
    frame = problem.frame(bench.table)
    bench.progress(0.05, "Learning what is normal")
    setting, quiet_days = _normal(choices, problem, champion, frame, bench)
    normal = calibrate(quiet_days, choices.pages_per_month)
    bench.progress(0.15, "Replaying the quiet stream")
    held = np.sort(np.concatenate([problem.split.test, problem.split.later]))
    times = None if problem.times is None else problem.times[held]
    days = days_of(times, len(held), bench.rng("stream"))
    rows, y = frame.iloc[held].reset_index(drop=True), problem.y[held]
    prediction = champion.fitted.predict(rows)
    clean = _stream(setting, rows, y, y, prediction, days)
    signals = _watched(setting, clean)
    alerts = raise_alerts(signals, normal)
    outcomes = _drill(choices, setting, clean, normal, bench)
    currency = bench.choices("framing").currency
    return Evidence(
        stage="monitoring",
        measures=_measures(choices, quiet_days, normal, alerts, signals, outcomes),
        tables=(_catch_table(outcomes), _alert_table(alerts, days)),
        charts=(
            *pictures.timelines(signals, quiet_days, normal, alerts, currency),
            *pictures.catches(outcomes, currency),
        ),
        words={
            "stream": f"{len(held):,} rows over {days.count} days, {days.names[0]} to "
            f"{days.names[-1]}; normal is learned from {quiet_days.days.count} days of "
            "out-of-fold predictions before the test.",
            "onset": days.names[min(choices.onset_day, days.count) - 1],
        },
    )


def _normal(
    choices: Choices,
    problem: Problem,
    champion: Champion,
    frame: pd.DataFrame,
    bench: Bench,
) -> tuple[Setting, Signals]:
    seen = np.flatnonzero(np.isfinite(champion.out_of_fold))
    rows = frame.iloc[seen].reset_index(drop=True)
    prediction = champion.out_of_fold[seen]
    setting = Setting(
        problem,
        champion,
        fit_bins(rows),
        fit_bins(pd.DataFrame({"score": prediction})),
        bench.choices("data").label_delay_days,
        choices.window_days or None,
    )
    times = None if problem.times is None else problem.times[seen]
    days = days_of(times, len(seen), bench.rng("quiet"))
    y = problem.y[seen]
    return setting, _watched(setting, _stream(setting, rows, y, y, prediction, days))


def _stream(
    setting: Setting,
    rows: pd.DataFrame,
    y: np.ndarray,
    seen_y: np.ndarray,
    prediction: np.ndarray,
    days: Days,
) -> Stream:
    champion, task = setting.champion, setting.problem.task
    binary = isinstance(champion.costs, BinaryCosts)
    acted = champion.acts(prediction).astype(float)
    return Stream(
        rows,
        prediction,
        acted if binary else np.full(len(rows), np.nan),
        loss_of(task, seen_y, prediction),
        champion.cost(seen_y, prediction),
        seen_y,
        days,
    )


def _watched(setting: Setting, stream: Stream) -> Signals:
    return watch(stream, setting.bins, setting.score_bins, setting.delay_days, setting.window)


def _drill(
    choices: Choices, setting: Setting, clean: Stream, normal: Calibration, bench: Bench
) -> list[Outcome]:
    onset = min(choices.onset_day, clean.days.count) - 1
    kept = clean.days.of_row < onset + DRILL_DAYS
    part = _cut(clean, kept)
    quiet = _watched(setting, part)
    weights = _weights(setting, part, bench)
    outcomes = []
    keys = [key for key in INCIDENTS if key in choices.incidents]
    for place, key in enumerate(keys):
        incident = INCIDENTS[key]
        bench.progress(0.35 + 0.6 * place / max(1, len(keys)), f"Striking: {incident.title}")
        outcomes.append(_strike(incident, setting, part, quiet, normal, onset, weights, bench))
    return outcomes


def _cut(stream: Stream, kept: np.ndarray) -> Stream:
    days = stream.days
    of_row = days.of_row[kept]
    count = int(of_row.max()) + 1 if len(of_row) else 1
    return Stream(
        stream.frame[kept].reset_index(drop=True),
        stream.prediction[kept],
        stream.acted[kept],
        stream.loss[kept],
        stream.cost[kept],
        stream.y[kept],
        Days(of_row, days.names[:count], days.weekday[:count]),
    )


def _weights(setting: Setting, part: Stream, bench: Bench) -> dict[str, float]:
    rows = part.frame.iloc[:: max(1, len(part.frame) // EXPLAINED)].reset_index(drop=True)
    found = explain(setting.champion.fitted, rows, rows, setting.problem.columns)
    return {r.column: r.size.value for r in importance(found, bench.rng("weights"))}


def _strike(
    incident: Incident,
    setting: Setting,
    part: Stream,
    quiet: Signals,
    normal: Calibration,
    onset: int,
    weights: dict[str, float],
    bench: Bench,
) -> Outcome:
    why_not = incident.applies(part.frame)
    if why_not:
        return Outcome(incident, None, 0.0, 0.0, why_not)
    struck = part.days.of_row >= onset
    rng = bench.rng(f"incident {incident.key}")
    strike = incident.strike(part.frame, part.y, struck, weights, rng)
    prediction = part.prediction.copy()
    # Rows before the strike keep the prediction they had.
    prediction[struck] = setting.champion.fitted.predict(strike.rows[struck].reset_index(drop=True))
    stream = _stream(setting, strike.rows, strike.y, strike.seen_y, prediction, part.days)
    true_cost = setting.champion.cost(strike.y, prediction)
    caught = catch(quiet, _watched(setting, _arrived(stream, strike.arrived)), normal, onset)
    extra = np.where(strike.arrived, true_cost - part.cost, 0.0)
    last = onset + caught.days_late if caught.days_late is not None else part.days.count
    before = struck & (part.days.of_row < last)
    return Outcome(incident, caught, float(extra[before].sum()), float(extra[struck].sum()))


def _arrived(stream: Stream, arrived: np.ndarray) -> Stream:
    if arrived.all():
        return stream
    cut = _cut(stream, arrived)
    return replace(cut, days=Days(cut.days.of_row, stream.days.names, stream.days.weekday))


def _measures(
    choices: Choices,
    quiet_days: Signals,
    normal: Calibration,
    alerts: tuple[Alert, ...],
    signals: Signals,
    outcomes: list[Outcome],
) -> tuple[Measure, ...]:
    tried = [o for o in outcomes if o.caught is not None]
    hits = [o for o in tried if o.caught is not None and o.caught.days_late is not None]
    late = [o.caught.days_late for o in hits if o.caught and o.caught.days_late is not None]
    quiet = raise_alerts(quiet_days, normal)
    quiet_months = quiet_days.days.count / 30
    pages = len({(a.group, a.first) for a in quiet}) / max(quiet_months, 1 / 30)
    live = len({(a.group, a.first) for a in alerts}) / max(signals.days.count / 30, 1 / 30)
    return (
        Measure.of("incidents_caught", "Incidents noticed", wilson(len(hits), len(tried)), "share"),
        Measure(
            key="median_days_late",
            label="Days until noticed (median)",
            value=float(np.median(late)) if late else None,
            low=float(min(late)) if late else None,
            high=float(max(late)) if late else None,
            level=1.0,
            unit="days",
            n=len(late),
            method="range over the incidents",
        ),
        Measure(
            key="pages_quiet",
            label="Pages per 30 quiet days",
            value=pages,
            unit="pages",
            n=quiet_days.days.count,
            method=f"counted on the days the limits were set on; budget "
            f"{choices.pages_per_month:g}",
        ),
        Measure(
            key="pages_live",
            label="Pages per 30 days of the stream",
            value=live,
            unit="pages",
            n=signals.days.count,
            note="No incident was injected: what pages here is the world itself changing.",
        ),
        Measure(
            key="money_before_alarm",
            label="Lost before the alarm, over all incidents",
            value=sum(o.lost for o in tried),
            unit="currency",
            n=len(tried),
        ),
        *(
            Measure(
                key=f"quiet_days_{group}",
                label=f"Quiet days behind the limit: {group}",
                value=count,
                unit="days",
            )
            for group, count in normal.quiet_days.items()
        ),
    )


def _catch_table(outcomes: list[Outcome]) -> Table:
    groups = ("input", "prediction", "quality", "business")
    return Table(
        key="catch_matrix",
        title="What notices what",
        columns=(
            Column(key="key", label="Key", kind="text"),
            Column(key="incident", label="Incident", kind="text"),
            Column(key="caught", label="Noticed?", kind="flag"),
            Column(key="days_late", label="After", unit="days", kind="integer"),
            Column(key="signal", label="First by", kind="text"),
            *(Column(key=g, label=g.capitalize(), unit="days", kind="integer") for g in groups),
            Column(key="lost", label="Lost until then", kind="currency"),
            Column(key="lost_in_all", label="Lost in 60 days", kind="currency"),
            Column(key="action", label="Right move", kind="text"),
            Column(key="note", label="Note", kind="text"),
        ),
        rows=tuple(
            (
                o.incident.key,
                o.incident.title,
                o.caught is not None and o.caught.days_late is not None,
                o.caught.days_late if o.caught else None,
                f"{o.caught.group}: {o.caught.signal}" if o.caught and o.caught.group else "",
                *((o.caught.by_group.get(g) if o.caught else None) for g in groups),
                o.lost,
                o.lost_in_all,
                o.incident.right_action,
                o.why_not or o.incident.remedy,
            )
            for o in outcomes
        ),
        note="Days from the strike to the first alert that would not have come anyway, by group "
        "of signals; empty where a group never noticed.",
    )


def _alert_table(alerts: tuple[Alert, ...], days: Days) -> Table:
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
                a.group,
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
