"""How many workers the decisions of a year need, what must be stored, and what it costs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from app.lab.capacity import (
    DAYS,
    Prices,
    ServiceCost,
    Volume,
    column_bytes,
    log_row_bytes,
    service_cost,
)
from app.lab.queueing import later_than, workers_needed
from app.record.chart import Axis, Chart, Role, Series
from app.record.measure import Measure
from app.record.number import readable
from app.record.project import Project
from app.record.table import Column, Table
from app.stages.part import Part
from app.stages.serving.budget import steps_of
from app.stages.serving.choices import Choices
from app.stages.serving.recommendation import minutes
from app.stages.serving.setting import Setting
from app.stages.serving.speed import Timed

FACTORS = (0.5, 1.0, 2.0, 4.0)
LEAST_RUN_HOURS = 1 / 60
GB = 1e9


@dataclass(frozen=True)
class Load:
    """What a year of decisions asks for.

    Parameters
    ----------
    workers : int
        Those that stand by included; 1 for a batch.
    busy : float
        Share of the time that a working one is busy: at the peak, or of the time between runs.
    late : float
        Share of answers over the limit at the peak, waiting included; 0 for a batch.
    stored_gb : float
        Kept at any time.
    cost : ServiceCost
    """

    workers: int
    busy: float
    late: float
    stored_gb: float
    cost: ServiceCost


@dataclass(frozen=True)
class Plan:
    """Everything the load follows from."""

    mode: str
    choices: Choices
    volume: Volume
    service_s: float
    limit_s: float
    network_s: float
    slack_s: float
    rows_per_second: float
    start_s: float
    rows_per_decision: int
    row_bytes: float

    @property
    def prices(self) -> Prices:
        """What things cost."""
        choices = self.choices
        return Prices(choices.worker_hour, choices.storage_gb_month, choices.people_per_year)

    @property
    def logged_gb(self) -> float:
        """Gigabytes logged in a year."""
        return self.volume.per_year * self.rows_per_decision * self.row_bytes / GB


def plan_of(mode: str, choices: Choices, setting: Setting, served: Timed) -> Plan | None:
    """Put together what the load follows from; None while the volume is not known."""
    if setting.volume is None:
        return None
    steps, limit = steps_of(choices, served), setting.framing.latency_ms
    work = choices.lookup_ms + served.mean_ms + choices.decide_ms + choices.log_ms
    return Plan(
        mode,
        choices,
        setting.volume,
        work / 1000,
        limit / 1000,
        choices.network_ms / 1000,
        (limit - sum(step.ms for step in steps)) / 1000,
        served.rows_per_second,
        float(served.cold.mean()) / 1000,
        setting.rows_per_decision,
        row_bytes(setting),
    )


def row_bytes(setting: Setting) -> float:
    """Return the bytes of one logged row."""
    train = setting.problem.split.train
    answers = max(1, len(setting.problem.classes))
    return log_row_bytes(column_bytes(setting.frame.iloc[train]), answers)


def load_of(plan: Plan) -> Load:
    """Count workers and cost of a plan."""
    stored = plan.logged_gb * plan.choices.keep_days / DAYS
    if plan.mode == "batch":
        return _batch(plan, stored)
    rate, choices = plan.volume.peak_rate, plan.choices
    working = workers_needed(rate, plan.service_s, choices.busy_share, plan.slack_s)
    workers = working + choices.spare_workers
    hours = workers * choices.hours_per_day * DAYS
    return Load(
        workers,
        rate * plan.service_s / working,
        later_than(max(0.0, plan.limit_s - plan.network_s), rate, plan.service_s, working),
        stored,
        service_cost(hours, stored, plan.prices),
    )


def _batch(plan: Plan, stored: float) -> Load:
    every_h = plan.choices.every_minutes / 60
    runs = DAYS * 24 / every_h
    rows = plan.volume.per_year * plan.rows_per_decision / runs
    hours = (plan.start_s + rows / plan.rows_per_second) / 3600
    workers = max(1, math.ceil(hours / every_h))
    paid = max(hours, LEAST_RUN_HOURS) * runs
    return Load(workers, hours / every_h, 0.0, stored, service_cost(paid, stored, plan.prices))


def load(plan: Plan | None, setting: Setting, project: Project) -> Part:
    """Write down load, storage and cost."""
    each = Measure(
        key="log_row_bytes",
        label="One logged row, before it is compressed",
        value=row_bytes(setting),
        unit="bytes",
        n=len(setting.problem.split.train),
        method="from the columns of the training rows",
    )
    if plan is None:
        words = "Nobody has said how many decisions there are a year: load and cost are not known."
        return Part(measures=(each,), words={"load": words})
    found = load_of(plan)
    return Part(
        measures=(
            *_rates(plan),
            *_workers(plan, found),
            each,
            *_money(plan, found, setting, project),
        ),
        tables=(_parts(found, plan), _table(plan)),
        charts=(_chart(plan, setting),),
        words={"load": _says(plan)},
    )


def _says(plan: Plan) -> str:
    """Say what is asked for; what it takes is clock time and differs from run to run."""
    volume = plan.volume
    words = f"{readable(volume.per_year)} decisions a year, {readable(volume.per_day)} a day; a log of {readable(plan.logged_gb)} GB a year before it is compressed."
    if plan.mode == "batch":
        return f"In runs, one every {minutes(plan.choices.every_minutes)}: {words}"
    return f"{readable(volume.peak_rate)} decisions a second at the peak: {words}"


def _rates(plan: Plan) -> list[Measure]:
    rates = (("mean_rate", "in the mean"), ("peak_rate", "at the peak"))
    return [
        Measure(
            key=key,
            label=f"Decisions a second, {words}",
            value=getattr(plan.volume, key),
            unit="per second",
            method="from the framing's volume, the hours and the peak",
        )
        for key, words in rates
    ]


def _workers(plan: Plan, found: Load) -> list[Measure]:
    batch = plan.mode == "batch"
    return [
        Measure(
            key="workers",
            label="Workers" if batch else "Workers, those standing by included",
            value=found.workers,
            method="one run must end before the next" if batch else "M/M/c queue at the peak",
            timing=True,
        ),
        Measure(
            key="busy",
            label="Time a run takes of the time between runs"
            if batch
            else "How busy a working one is at the peak",
            value=found.busy,
            unit="share",
            timing=True,
        ),
        Measure(
            key="late_share",
            label="Answers over the limit at the peak, waiting included",
            value=found.late,
            unit="share",
            method="looked up, no queue" if batch else "M/M/c queue, exponential service times",
            timing=True,
        ),
        Measure(
            key="log_gb_per_year",
            label="Prediction log of a year, before it is compressed",
            value=plan.logged_gb,
            unit="GB",
            method="decisions × rows × bytes of a row",
        ),
    ]


def _money(plan: Plan, found: Load, setting: Setting, project: Project) -> list[Measure]:
    each = found.cost.per_1000(plan.volume.per_year)
    return [
        Measure(
            key="service_per_year",
            label="Cost of the service a year",
            value=found.cost.total,
            unit="currency",
            method="workers, storage and people at your prices",
            timing=True,
        ),
        Measure(
            key="service_per_1000",
            label="Cost of the service per 1,000 decisions",
            value=each,
            unit="currency",
            timing=True,
        ),
        Measure(
            key="service_in_framing",
            label="What Framing counts for running it, a year",
            value=setting.framing.service_per_year,
            unit="currency",
        ),
        *_left(each, project),
    ]


def _left(each: float, project: Project) -> list[Measure]:
    baselines = project.evidence["baselines"]
    saving = baselines.measure("saving_per_1000")
    same = baselines.words["chosen"] == baselines.words["reference"]
    # What is done today anyway saves nothing, and need not.
    if same or saving is None or saving.value is None:
        return []
    low, high = saving.low, saving.high
    return [
        Measure(
            key="saving_left",
            label="Saving per 1,000 decisions, less the service",
            value=saving.value - each,
            low=None if low is None else low - each,
            high=None if high is None else high - each,
            unit="currency",
            n=saving.n,
            method=saving.method,
            timing=True,
        )
    ]


def _parts(found: Load, plan: Plan) -> Table:
    parts = (
        ("Workers", found.cost.workers),
        (f"Storage of {readable(found.stored_gb)} GB of log", found.cost.storage),
        ("On-call and care", found.cost.people),
    )
    return Table(
        key="service_cost",
        title="What the service costs",
        columns=(
            Column(key="part", label="Part", kind="text"),
            Column(key="year", label="A year", kind="currency", timing=True),
            Column(key="each", label="Per 1,000 decisions", kind="currency", timing=True),
        ),
        rows=tuple((name, cost, 1000 * cost / plan.volume.per_year) for name, cost in parts),
        note="At your prices. Building it, and the people who act on it, are not in it.",
    )


def _scaled(plan: Plan, driver: str, by: float) -> Plan:
    if driver == "decisions":
        return replace(plan, volume=replace(plan.volume, per_year=plan.volume.per_year * by))
    if driver == "time":
        slack = plan.slack_s - (by - 1) * plan.service_s
        faster = plan.rows_per_second / by
        return replace(plan, service_s=plan.service_s * by, slack_s=slack, rows_per_second=faster)
    price = "worker_hour" if driver == "worker" else "people_per_year"
    value = getattr(plan.choices, price) * by
    return replace(plan, choices=plan.choices.model_copy(update={price: value}))


DRIVERS: tuple[tuple[str, str, Role], ...] = (
    ("decisions", "Decisions", "main"),
    ("time", "Time of an answer", "second"),
    ("worker", "Price of a worker", "third"),
    ("people", "Price of people", "muted"),
)


def _table(plan: Plan) -> Table:
    rows = []
    for by in FACTORS:
        scaled = _scaled(plan, "decisions", by)
        found = load_of(scaled)
        year = scaled.volume.per_year
        rows.append(
            (by, year, scaled.volume.peak_rate, found.workers, found.cost.total)
            + (found.cost.per_1000(year), scaled.logged_gb)
        )
    return Table(
        key="sensitivity",
        title="If there are more decisions, or fewer",
        columns=(
            Column(key="by", label="Times", help="Of the decisions that Framing says."),
            Column(key="year", label="Decisions a year", kind="integer"),
            Column(key="peak", label="A second at the peak"),
            Column(key="workers", label="Workers", kind="integer", timing=True),
            Column(key="cost", label="Cost a year", kind="currency", timing=True),
            Column(key="each", label="Cost per 1,000", kind="currency", timing=True),
            Column(key="log", label="Log of a year", unit="GB"),
        ),
        rows=tuple(rows),
    )


def _chart(plan: Plan, setting: Setting) -> Chart:
    drivers = [d for d in DRIVERS if d[0] != "people" or plan.choices.people_per_year > 0]
    costs = {
        key: [load_of(_scaled(plan, key, by)).cost.total for by in FACTORS] for key, *_ in drivers
    }
    first, times = costs["decisions"], [f"× {by:g}" for by in FACTORS]
    return Chart(
        key="cost_sensitivity",
        title="What moves the cost of the service?",
        says=f"{readable(first[1])} {setting.currency} a year as planned, "
        f"{readable(first[-1])} with four times the decisions.",
        x=Axis(label="Times what is planned", kind="category"),
        y=Axis(label="Cost a year", unit=setting.currency),
        series=tuple(
            Series(name=name, mark="line", x=times, y=costs[key], role=role)
            for key, name, role in drivers
        ),
        timing=True,
    )
