"""The held-out days replayed as production, quiet first, then with each incident."""

from __future__ import annotations

import numpy as np

from app.lab.alerts import Alert, Calibration, calibrate, raise_alerts
from app.lab.champion import Champion
from app.lab.problem import Problem
from app.lab.proportion import wilson
from app.lab.stream import Signals, days_of
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.project import Project
from app.stages.bench import Bench
from app.stages.monitoring import pictures
from app.stages.monitoring.choices import Choices
from app.stages.monitoring.cohorts import cohort_part, read_notes
from app.stages.monitoring.drill import Outcome, drill_of
from app.stages.monitoring.replay import Live, normal_of, stream_of, watched_of
from app.stages.monitoring.tables import alert_table, catch_table


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Replay the days after training and see what the alarms notice."""
    problem: Problem = bench.fetch("data", "problem")
    champion: Champion = bench.fetch("baselines", "champion")
    frame = problem.frame(bench.table)
    bench.progress(0.05, "Learning what is normal")
    named = read_notes(bench.choices("errors").cohorts, problem, bench.table)
    setting, quiet_days = normal_of(choices, problem, champion, frame, named, bench)
    normal = calibrate(quiet_days, choices.pages_per_month)
    bench.progress(0.15, "Replaying the quiet stream")
    held = np.sort(np.concatenate([problem.split.test, problem.split.later]))
    times = None if problem.times is None else problem.times[held]
    days = days_of(times, len(held), bench.rng("stream"), step=setting.step)
    rows, y = frame.iloc[held].reset_index(drop=True), problem.y[held]
    prediction = champion.fitted.predict(rows)
    clean = stream_of(setting, rows, y, prediction, days, held)
    signals = watched_of(setting, clean)
    alerts = raise_alerts(signals, normal)
    outcomes = drill_of(choices, setting, Live(clean, y, prediction, held), normal, bench)
    currency = bench.choices("framing").currency
    cohorts = cohort_part(named, setting.watched, clean, signals, normal, alerts)
    return Evidence(
        stage="monitoring",
        measures=(
            *_measures(choices, quiet_days, normal, alerts, signals, outcomes),
            *cohorts.measures,
        ),
        tables=(
            catch_table(outcomes, days.step, tuple(normal.limits)),
            *cohorts.tables,
            alert_table(alerts, days),
        ),
        charts=(
            *pictures.timelines(signals, quiet_days, normal, alerts, currency),
            *cohorts.charts,
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
