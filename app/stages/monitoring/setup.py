"""How the stream is served and watched, from the answers of this stage and of serving."""

from __future__ import annotations

from app.lab.problem import Problem
from app.lab.service_log import Service
from app.stages.bench import Bench
from app.stages.monitoring.choices import Choices
from app.stages.production.scene import Setup
from app.stages.production.seen import Watching

USUAL_AGE_HOURS = 1.0
LEAST_AGE_HOURS = 0.05
DELETIONS, DELETION_HOURS = "deletion requests", 12.0
MINUTES = 60.0


def setup_of(choices: Choices, bench: Bench) -> Setup:
    """Return how requests come in and are served."""
    problem: Problem = bench.fetch("data", "problem")
    serving = bench.choices("serving")
    way = serving.network_ms + serving.lookup_ms + serving.decide_ms + serving.log_ms
    service = Service(
        latency_ms=max(way + choices.model_ms, 0.1),
        failure_share=choices.failure_share,
        replicas=max(2, 1 + serving.spare_workers),
        charge=choices.charge_per_1000 / 1000,
        wait_hours=choices.wait_hours,
        feeds=_feeds(problem.inputs, serving.dependencies),
    )
    return Setup(
        year=choices.stream == "year",
        label_spread=choices.label_spread,
        service=service,
        person="person" in serving.steps,
        person_wrong=serving.person_wrong,
        person_fee=serving.person_fee,
    )


def _feeds(inputs: tuple[str, ...], dependencies: object) -> dict[str, float]:
    """Return the usual age of each input in hours: what its dependency allows, else an hour.

    Requests to delete somebody's rows are a feed as well: whoever does not read it breaks the law.
    """
    ages = {**dict.fromkeys(inputs, USUAL_AGE_HOURS), DELETIONS: DELETION_HOURS}
    for one in dependencies:  # type: ignore[attr-defined]
        hours = max(one.fresh_minutes / MINUTES, LEAST_AGE_HOURS)
        ages |= {name: hours for name in one.columns if name in ages}
    return ages


def watching_of(choices: Choices) -> Watching:
    """Return how the stream is watched."""
    return Watching(
        on=choices.monitors,
        pages_per_month=choices.pages_per_month,
        window_days=choices.window_days,
        chunk=choices.chunk,
        detector=choices.detector,
        watch_share=choices.watch_share,
        page_share=choices.page_share,
    )
