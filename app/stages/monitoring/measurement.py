"""The held-out days replayed as production, quiet first, then with each incident."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from app.incidents import INCIDENTS, Incident
from app.lab.alerts import Alert, Calibration, Catch, calibrate, catch, raise_alerts
from app.lab.champion import Champion, decided, known_rows
from app.lab.drift import Bins, fit_bins
from app.lab.metrics import loss_of
from app.lab.problem import Problem
from app.lab.proportion import wilson
from app.lab.shapley import explain, importance
from app.lab.stream import Days, Signals, Stream, days_of, step_of, watch
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
    step: str


@dataclass(frozen=True)
class Live:
    """The stream with what only the world knows: outcome and prediction as they are."""

    stream: Stream
    y: np.ndarray
    prediction: np.ndarray
    at: np.ndarray

    def cut(self, kept: np.ndarray) -> Live:
        """Return some of its rows."""
        return Live(_cut(self.stream, kept), self.y[kept], self.prediction[kept], self.at[kept])


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
    days = days_of(times, len(held), bench.rng("stream"), step=setting.step)
    rows, y = frame.iloc[held].reset_index(drop=True), problem.y[held]
    prediction = champion.fitted.predict(rows)
    clean = _stream(setting, rows, y, prediction, days, held)
    signals = _watched(setting, clean)
    alerts = raise_alerts(signals, normal)
    outcomes = _drill(choices, setting, Live(clean, y, prediction, held), normal, bench)
    currency = bench.choices("framing").currency
    return Evidence(
        stage="monitoring",
        measures=_measures(choices, quiet_days, normal, alerts, signals, outcomes),
        tables=(_catch_table(outcomes, days.step), _alert_table(alerts, days)),
        charts=(
            *pictures.timelines(signals, quiet_days, normal, alerts, currency),
            *pictures.catches(outcomes, currency, days.step),
        ),
        words={
            "stream": f"{len(held):,} rows over {days.count} {days.step}s, {days.names[0]} to "
            f"{days.names[-1]}; normal is learned from {quiet_days.days.count} {days.step}s of "
            "out-of-fold predictions before the test.",
            "step": days.step,
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
    seen = np.flatnonzero(known_rows(champion.out_of_fold))
    rows = frame.iloc[seen].reset_index(drop=True)
    prediction = champion.out_of_fold[seen]
    setting = Setting(
        problem,
        champion,
        fit_bins(rows),
        fit_bins(pd.DataFrame({"score": decided(problem.y[seen], prediction).score})),
        bench.choices("data").label_delay_days,
        choices.window_days or None,
        step_of(problem.times),
    )
    times = None if problem.times is None else problem.times[seen]
    days = days_of(times, len(seen), bench.rng("quiet"), step=setting.step)
    stream = _stream(setting, rows, problem.y[seen], prediction, days, seen)
    return setting, _watched(setting, stream)


def _stream(
    setting: Setting,
    rows: pd.DataFrame,
    seen_y: np.ndarray,
    prediction: np.ndarray,
    days: Days,
    at: np.ndarray,
) -> Stream:
    champion, problem = setting.champion, setting.problem
    acted = champion.acts(prediction).astype(float)
    queries = problem.queries_of(at)
    form = problem.form if queries is None else "ranking"
    view = decided(seen_y, prediction)
    return Stream(
        rows,
        view.score,
        acted if champion.has_threshold else np.full(len(rows), np.nan),
        loss_of(form, seen_y, prediction, queries),
        champion.cost(seen_y, prediction, at),
        view.happened,
        days,
    )


def _watched(setting: Setting, stream: Stream) -> Signals:
    window = setting.window
    if window is not None:
        window = max(1, round(window / stream.days.length))
    return watch(stream, setting.bins, setting.score_bins, setting.delay_days, window)


def _drill(
    choices: Choices, setting: Setting, clean: Live, normal: Calibration, bench: Bench
) -> list[Outcome]:
    days = clean.stream.days
    onset = min(choices.onset_day, days.count) - 1
    part = clean.cut(days.of_row < onset + DRILL_DAYS)
    quiet = _watched(setting, part.stream)
    weights = _weights(setting, part.stream, bench)
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
        Days(of_row, days.names[:count], days.weekday[:count], days.step),
    )


def _weights(setting: Setting, part: Stream, bench: Bench) -> dict[str, float]:
    rows = part.frame.iloc[:: max(1, len(part.frame) // EXPLAINED)].reset_index(drop=True)
    found = explain(setting.champion.fitted, rows, rows, setting.problem.inputs)
    return {r.column: r.size.value for r in importance(found, bench.rng("weights"))}


def _strike(
    incident: Incident,
    setting: Setting,
    live: Live,
    quiet: Signals,
    normal: Calibration,
    onset: int,
    weights: dict[str, float],
    bench: Bench,
) -> Outcome:
    part = live.stream
    why_not = incident.applies(part.frame)
    if not why_not and incident.redraws and setting.problem.queries is not None:
        why_not = "it draws rows anew, and a list comes whole"
    if why_not:
        return Outcome(incident, None, 0.0, 0.0, why_not)
    struck = part.days.of_row >= onset
    rng = bench.rng(f"incident {incident.key}")
    strike = incident.strike(part.frame, live.y, struck, weights, rng)
    prediction = live.prediction.copy()
    # Rows before the strike keep the prediction they had.
    prediction[struck] = setting.champion.fitted.predict(strike.rows[struck].reset_index(drop=True))
    at = live.at if strike.origin is None else live.at[strike.origin]
    stream = _stream(setting, strike.rows, strike.seen_y, prediction, part.days, at)
    true_cost = setting.champion.cost(strike.y, prediction, at)
    caught = catch(quiet, _watched(setting, _arrived(stream, strike.arrived)), normal, onset)
    extra = np.where(strike.arrived, true_cost - part.cost, 0.0)
    last = onset + caught.days_late if caught.days_late is not None else part.days.count
    before = struck & (part.days.of_row < last)
    return Outcome(incident, caught, float(extra[before].sum()), float(extra[struck].sum()))


def _arrived(stream: Stream, arrived: np.ndarray) -> Stream:
    if arrived.all():
        return stream
    cut = _cut(stream, arrived)
    return replace(cut, days=replace(stream.days, of_row=cut.days.of_row))


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
    step = signals.days.step
    pages, live = (
        len({(a.group, a.first) for a in found}) * 30 / (shown.days.count * shown.days.length)
        for found, shown in ((quiet, quiet_days), (alerts, signals))
    )
    return (
        Measure.of("incidents_caught", "Incidents noticed", wilson(len(hits), len(tried)), "share"),
        Measure(
            key="median_days_late",
            label=f"{step.capitalize()}s until noticed (median)",
            value=float(np.median(late)) if late else None,
            low=float(min(late)) if late else None,
            high=float(max(late)) if late else None,
            level=1.0,
            unit=f"{step}s",
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
        *_quiet(normal, step),
    )


def _quiet(normal: Calibration, step: str) -> list[Measure]:
    return [
        Measure(
            key=f"quiet_days_{group}",
            label=f"Quiet {step}s behind the limit: {group}",
            value=count,
            unit=f"{step}s",
        )
        for group, count in normal.quiet_days.items()
    ]


def _catch_table(outcomes: list[Outcome], step: str) -> Table:
    groups = ("input", "prediction", "quality", "business")
    return Table(
        key="catch_matrix",
        title="What notices what",
        columns=(
            Column(key="key", label="Key", kind="text"),
            Column(key="incident", label="Incident", kind="text"),
            Column(key="caught", label="Noticed?", kind="flag"),
            Column(key="days_late", label="After", unit=f"{step}s", kind="integer"),
            Column(key="signal", label="First by", kind="text"),
            *(Column(key=g, label=g.capitalize(), unit=f"{step}s", kind="integer") for g in groups),
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
                f"{o.caught.group}: {o.caught.signal}" if o.caught and o.caught.group else "",
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
