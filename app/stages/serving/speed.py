"""How fast the served rung answers on this machine, beside the simplest that would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from app.lab.contract import Contract, rows_of
from app.lab.latency import (
    Throughput,
    call_times,
    cold_starts,
    loaded_bytes,
    quantile_of,
    stored_bytes,
    throughput,
)
from app.lab.portable import Answerer, UnportableModel, from_portable, portable
from app.lab.portable.answerer import FEW
from app.lab.rungs import Fitted
from app.record.chart import Axis, Chart, Guide, Role, Series
from app.record.measure import Measure
from app.record.number import readable
from app.record.project import Project
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.contracting import project_contract
from app.stages.part import Part
from app.stages.rung_titles import RUNGS
from app.stages.serving.choices import Choices
from app.stages.serving.setting import Setting

BATCHES = (1, 10, 100, 1_000, 10_000)
QUANTILES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
POINTS = 60
# Rows as a service gets them; on the first of them the short way is proven.
PLAIN = 500
PROOF = 20


@dataclass(frozen=True)
class Timed:
    """One rung, timed.

    Parameters
    ----------
    times, cold : ndarray of float
        Milliseconds of single answers, and of loading with the first answer.
    batches : tuple of Throughput
    memory, size : int
        Bytes when loaded, and when stored.
    """

    key: str
    times: np.ndarray
    cold: np.ndarray
    batches: tuple[Throughput, ...]
    memory: int
    size: int

    @property
    def mean_ms(self) -> float:
        """Mean time of one answer, which is what a queue needs."""
        return float(self.times.mean())

    @property
    def p99_ms(self) -> float:
        """Time that one answer in a hundred takes longer than."""
        return float(np.quantile(self.times, 0.99))

    @property
    def rows_per_second(self) -> float:
        """Most rows a second, over the sizes of batches."""
        return max(batch.value for batch in self.batches)


@dataclass(frozen=True)
class Asked:
    """Rows to ask about: as a table, and as a service gets the first of them."""

    table: pd.DataFrame
    plain: list[dict[str, Any]]
    contract: Contract


def time_rungs(
    choices: Choices, setting: Setting, project: Project, bench: Bench
) -> dict[str, Timed]:
    """Time the served rung and the simplest that would do."""
    table = _rows(setting, bench)
    contract = project_contract(project, setting.problem, setting.frame)
    some = max(PLAIN, 4 * setting.rows_per_decision)
    asked = Asked(table, rows_of(contract, table.iloc[:some]), contract)
    keys = dict.fromkeys((setting.chosen, setting.simplest))
    return {key: _timed(key, choices, setting, asked, bench) for key in keys}


def _rows(setting: Setting, bench: Bench) -> pd.DataFrame:
    train = setting.problem.split.train
    drawn = bench.rng("timed rows").integers(0, len(train), BATCHES[-1])
    return setting.frame.iloc[train[drawn]].reset_index(drop=True)


def _timed(key: str, choices: Choices, setting: Setting, asked: Asked, bench: Bench) -> Timed:
    fitted, rows = setting.rungs[key].fitted, asked.table
    half = choices.timed_seconds / 2
    return Timed(
        key,
        call_times(
            _answerer(fitted, asked), asked.plain, setting.rows_per_decision, bench.clock, half
        ),
        cold_starts(fitted, rows.iloc[: setting.rows_per_decision], bench.clock),
        throughput(fitted, rows, BATCHES, bench.clock, half / len(BATCHES)),
        loaded_bytes(fitted),
        stored_bytes(fitted),
    )


def _answerer(fitted: Fitted, asked: Asked) -> Answerer:
    """Return the way a service takes to an answer: the model as it leaves the machine, short ways proven."""
    try:
        served = from_portable(portable(fitted))
    except (UnportableModel, ImportError):
        # It cannot be served elsewhere: it is asked as it is.
        return Answerer(fitted, asked.contract)
    return Answerer(served, asked.contract, asked.plain[:PROOF])


def speed(setting: Setting, timed: dict[str, Timed]) -> Part:
    """Write down how fast it is."""
    served = timed[setting.chosen]
    return Part(
        measures=(*_measures(served, setting), *_of_simplest(timed, setting)),
        tables=(_table(timed),),
        charts=(_latency(setting, timed), _throughput(timed)),
    )


def answer_words(setting: Setting) -> str:
    """Return what one answer is."""
    many = setting.rows_per_decision
    return "One answer" if many == 1 else f"One answer (a list of {many})"


def _measures(served: Timed, setting: Setting) -> list[Measure]:
    words = answer_words(setting)
    found = [
        Measure.of(
            f"latency_{name}",
            f"{words} takes ({_quantile_words(name)})",
            quantile_of(served.times, share),
            "ms",
            timing=True,
        )
        for name, share in QUANTILES
    ]
    return [
        *found,
        Measure(
            key="throughput",
            label="Rows a second, in batches",
            value=served.rows_per_second,
            unit="rows/s",
            n=sum(batch.n for batch in served.batches),
            method="best size of batch, median over batches",
            timing=True,
        ),
        Measure(
            key="cold_start_ms",
            label="Loading the model and the first answer",
            value=float(np.median(served.cold)),
            low=float(served.cold.min()),
            high=float(served.cold.max()),
            level=1.0,
            unit="ms",
            n=len(served.cold),
            method="range over the starts; libraries were loaded before",
            timing=True,
        ),
        Measure(
            key="memory_mb",
            label="Memory of the loaded model",
            value=served.memory / 1e6,
            unit="MB",
            method="as counted by Python and NumPy",
            timing=True,
        ),
        Measure(
            key="size_kb", label="Size of the stored model", value=served.size / 1e3, unit="kB"
        ),
    ]


def _quantile_words(name: str) -> str:
    return {"p50": "median", "p95": "95 of 100 within", "p99": "99 of 100 within"}[name]


def _of_simplest(timed: dict[str, Timed], setting: Setting) -> list[Measure]:
    if setting.simplest == setting.chosen:
        return []
    simplest = timed[setting.simplest]
    label = f"The simplest that would do ({RUNGS[setting.simplest]}): 99 of 100 within"
    return [Measure.of("simplest_p99", label, quantile_of(simplest.times, 0.99), "ms", timing=True)]


def _table(timed: dict[str, Timed]) -> Table:
    clocked = [("p50", "Median"), ("p95", "95th"), ("p99", "99th"), ("cold", "Cold start")]
    return Table(
        key="speed",
        title="How fast, on this machine",
        columns=(
            Column(key="rung", label="Rung", kind="text"),
            *(Column(key=k, label=label, unit="ms", timing=True) for k, label in clocked),
            *(
                Column(key=f"batch_{size}", label=f"Batch of {size:,}", unit="rows/s", timing=True)
                for size in BATCHES
            ),
            Column(key="memory", label="Memory", unit="MB", timing=True),
            Column(key="size", label="Stored", unit="kB"),
        ),
        rows=tuple(
            (
                RUNGS[key],
                *(float(np.quantile(one.times, share)) for _, share in QUANTILES),
                float(np.median(one.cold)),
                *(batch.value for batch in one.batches),
                one.memory / 1e6,
                one.size / 1e3,
            )
            for key, one in timed.items()
        ),
        note="One process and one answer at a time, plain values in, by the way the exported service "
        f"takes: up to {FEW} rows one by one, more by a table, as batches are. A server around it adds "
        "its own time. Libraries were loaded before the cold start.",
    )


def _latency(setting: Setting, timed: dict[str, Timed]) -> Chart:
    served = timed[setting.chosen]
    limit = setting.framing.latency_ms
    return Chart(
        key="latency",
        title="How long does one answer take?",
        says=f"{RUNGS[setting.chosen]}: half of {len(served.times):,} answers within "
        f"{readable(float(np.median(served.times)))} ms, 99 of 100 within "
        f"{readable(served.p99_ms)} ms.",
        x=Axis(label="Time of one answer", unit="ms", kind="log"),
        y=Axis(label="Answers that are there by then", kind="share"),
        series=tuple(_arrived(one, role) for one, role in _with_roles(timed)),
        guides=(Guide(axis="x", at=limit, label="limit", role="stop"),)
        if limit <= 20 * float(served.times.max())
        else (),
        timing=True,
    )


def _with_roles(timed: dict[str, Timed]) -> list[tuple[Timed, Role]]:
    roles: tuple[Role, ...] = ("main", "second")
    return list(zip(timed.values(), roles, strict=False))


def _arrived(one: Timed, role: Role) -> Series:
    ordered = np.sort(one.times)
    at = np.unique(np.linspace(0, len(ordered) - 1, min(POINTS, len(ordered))).astype(int))
    return Series(
        name=RUNGS[one.key],
        mark="step",
        x=ordered[at],
        y=(at + 1) / len(ordered),
        role=role,
    )


def _throughput(timed: dict[str, Timed]) -> Chart:
    first = next(iter(timed.values()))
    alone, best = first.batches[0].value, first.rows_per_second
    return Chart(
        key="throughput",
        title="How many rows a second, by size of batch?",
        says=f"{RUNGS[first.key]}: {readable(alone)} rows a second one by one, up to "
        f"{readable(best)} in batches.",
        x=Axis(label="Rows in a batch", kind="log"),
        y=Axis(label="Rows per second", kind="log"),
        series=tuple(
            Series(
                name=RUNGS[one.key],
                mark="line",
                x=[b.size for b in one.batches],
                y=[b.value for b in one.batches],
                low=[b.low for b in one.batches],
                high=[b.high for b in one.batches],
                role=role,
            )
            for one, role in _with_roles(timed)
        ),
        timing=True,
    )
