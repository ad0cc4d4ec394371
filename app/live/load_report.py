"""A load in numbers and one picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.lab.latency import quantile_of
from app.lab.proportion import wilson
from app.live.load import Load
from app.record.chart import Axis, Chart, Guide, Series
from app.record.measure import Measure

FEWEST_BINS, MOST_BINS = 12, 40
SHARES = (("p50", 0.50), ("p95", 0.95), ("p99", 0.99))
FEWEST = 20


def measures(load: Load) -> tuple[Measure, ...]:
    """Return the numbers of a load: quantiles with intervals, throughput, and what went wrong."""
    found = [
        Measure.of(f"load_{name}", f"Latency {name}", quantile_of(_times(load), share), "ms")
        for name, share in SHARES
        if len(load.times) >= FEWEST
    ]
    rate = len(load.times) / load.seconds if load.seconds else 0.0
    wanted = f"Wanted: {load.rate:g} a second. " if load.rate else ""
    connections = f"{load.connections} connection" + ("" if load.connections == 1 else "s")
    found.append(
        Measure(
            key="load_throughput",
            label="Answers a second",
            value=rate,
            n=len(load.times),
            note=f"{wanted}{connections}, {load.seconds:.1f} s.",
        )
    )
    failed = load.asked - load.statuses["200"]
    found.append(Measure.of("load_failed", "Failed requests", wilson(failed, load.asked), "share"))
    below = len(load.times) - load.by["model"]
    found.append(
        Measure.of(
            "load_fallback", "Answered by a fallback", wilson(below, len(load.times)), "share"
        )
    )
    return tuple(m.model_copy(update={"timing": True}) for m in found)


def _times(load: Load) -> np.ndarray:
    return np.array(load.times)


def histogram(load: Load) -> Chart | None:
    """Return how long answers took, None when there are too few to draw."""
    times = np.maximum(_times(load), 0.01)
    if len(times) < FEWEST:
        return None
    quantiles = {name: float(np.quantile(times, share)) for name, share in SHARES}
    low, high = times.min(), times.max()
    bins = int(np.clip(1.5 * np.sqrt(len(times)), FEWEST_BINS, MOST_BINS))
    edges = np.geomspace(low * 0.98, high * 1.02, bins + 1)
    counts, _ = np.histogram(times, edges)
    words = ", ".join(f"{name} {value:.3g} ms" for name, value in quantiles.items())
    return Chart(
        key="load_latency",
        title="How long answers took",
        says=f"{len(times):,} answers: {words}.",
        x=Axis(label="Latency", unit="ms", kind="log"),
        y=Axis(label="Answers"),
        series=(
            Series(
                name="Answers",
                mark="step",
                x=tuple(float(x) for x in edges),
                y=(*(float(n) for n in counts), 0.0),
            ),
        ),
        guides=tuple(
            Guide(axis="x", at=value, label=name, role=role)
            for (name, value), role in zip(
                quantiles.items(), ("good", "watch", "stop"), strict=True
            )
        ),
        timing=True,
    )


def trouble(load: Load) -> Sequence[str]:
    """Return in words what did not go as wanted."""
    found = []
    failed = {status: n for status, n in load.statuses.items() if status != "200"}
    if failed:
        parts = (
            f"{n:,} got {'no answer' if status == 'none' else f'status {status}'}"
            for status, n in sorted(failed.items())
        )
        found.append(f"Of {load.asked:,} requests {', '.join(parts)}.")
    done = len(load.times) / load.seconds if load.seconds else 0.0
    if load.rate and done < 0.9 * load.rate:
        found.append(
            f"{load.rate:g} requests a second were wanted, {done:.0f} were answered: the queue only "
            "grows at this rate."
        )
    return found
