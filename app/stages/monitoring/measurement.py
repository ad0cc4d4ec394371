"""The held-out days replayed as production, quiet first, then with each incident."""

from __future__ import annotations

from app.lab.detection import Alert
from app.lab.problem import Problem
from app.record.evidence import Evidence
from app.record.project import Project
from app.stages.bench import Bench
from app.stages.monitoring.alarms import alarms, quiet_alerts
from app.stages.monitoring.choices import Choices
from app.stages.monitoring.cohorts import cohort_part, read_notes
from app.stages.monitoring.estimates import estimates
from app.stages.monitoring.events import happened
from app.stages.monitoring.headline import headline
from app.stages.monitoring.matrix import catch_table, losses, matrix
from app.stages.monitoring.setup import setup_of, watching_of
from app.stages.monitoring.striking import Strikes, strikes_of
from app.stages.monitoring.timelines import money, overview, timelines
from app.stages.monitoring.worth import worth
from app.stages.part import Part, joined
from app.stages.production.scene import scene_of
from app.stages.production.seen import Watch, start_watching


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Replay the days after training and see what the monitors notice."""
    problem: Problem = bench.fetch("data", "problem")
    bench.progress(0.05, "Laying out the days")
    named = read_notes(bench.choices("errors").cohorts, problem, bench.table)
    scene = scene_of(setup_of(choices, bench), project, bench)
    bench.progress(0.15, "Learning what is normal")
    watch = start_watching(scene, watching_of(choices), named)
    bench.keep("monitoring", "watch", watch)
    strikes = strikes_of(choices, watch, bench)
    bench.progress(0.92, "Weighing the monitors")
    step, currency = watch.live.days.step, scene.currency
    quiet = quiet_alerts(watch)
    part, alerts = alarms(choices, watch, quiet)
    return joined(
        "monitoring",
        (
            headline(watch, strikes, bench),
            part,
            _stream(choices, watch, alerts),
            happened(choices.events, watch, alerts, choices.stream == "year"),
            cohort_part(named, watch, alerts),
            estimates(watch, strikes),
            _catches(watch, strikes, currency, step),
            worth(watch, strikes, quiet, currency, step),
        ),
    )


def _stream(choices: Choices, watch: Watch, alerts: tuple[Alert, ...]) -> Part:
    live, past = watch.scene.live.world, watch.past.days
    days = live.days
    events = () if choices.stream == "year" else choices.events
    drawn = ", drawn to a year from the held-out rows" if choices.stream == "year" else ""
    width = f"windows of {watch.reference.width} {days.step}s"
    return Part(
        charts=(
            overview(watch, alerts, events),
            money(watch, watch.scene.currency, events),
            *timelines(watch, events),
        ),
        words={
            "stream": f"{live.n:,} requests over {days.count} {days.step}s, {days.names[0]} to "
            f"{days.names[-1]}{drawn}; normal is learned from {past.count} {past.step}s of "
            f"out-of-fold predictions before the test, "
            f"in {f'single {days.step}s' if watch.reference.width == 1 else width}.",
        },
    )


def _catches(watch: Watch, strikes: Strikes, currency: str, step: str) -> Part:
    on = watch.normal.on
    cost = losses(strikes, on, currency, step)
    return Part(
        tables=(catch_table(strikes, on, step),),
        charts=(*matrix(strikes, on, watch.live.values, step), *([cost] if cost else [])),
    )
