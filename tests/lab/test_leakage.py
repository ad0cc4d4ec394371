"""Leak alarms ring for leaks and stay quiet for honest columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from app.lab.leakage import alarms, column_powers
from app.store import samples


def _halves(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    order = np.random.default_rng(seed).permutation(n)
    return order[: n // 2], order[n // 2 :]


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_a_copy_of_the_target_is_a_stop(task: str) -> None:
    """A column that is the target rings, however it is called."""
    rng = np.random.default_rng(0)
    y = (rng.random(2000) < 0.2).astype(float) if task == "binary" else rng.normal(size=2000)
    frame = pd.DataFrame(
        {"copy": y + rng.normal(scale=0.01, size=2000), "noise": rng.normal(size=2000)}
    )
    found = alarms(column_powers(frame, y, task, *_halves(2000)), task, float(y.std()))
    assert [(a.column, a.severity) for a in found] == [("copy", "stop")]


def test_a_telling_hole_is_a_stop_and_an_honest_hole_is_not() -> None:
    """Only holes that come with the target ring."""
    rng = np.random.default_rng(1)
    y = (rng.random(4000) < 0.1).astype(float)
    telling = np.where((y == 1) & (rng.random(4000) < 0.3), np.nan, 1.0)
    honest = np.where(rng.random(4000) < 0.2, np.nan, rng.normal(size=4000))
    frame = pd.DataFrame({"telling": telling, "honest": honest})
    found = alarms(column_powers(frame, y, "binary", *_halves(4000)), "binary", 1.0)
    assert [(a.column, a.severity, a.kind) for a in found] == [("telling", "stop", "missing")]


def test_a_unique_text_does_not_look_strong() -> None:
    """An identifier that never repeats tells nothing on rows it was not fitted on."""
    rng = np.random.default_rng(2)
    y = (rng.random(3000) < 0.5).astype(float)
    frame = pd.DataFrame({"id": [f"x{i}" for i in range(3000)]})
    power = column_powers(frame, y, "binary", *_halves(3000))[0].power
    assert power.value == pytest.approx(0.5, abs=0.02)


def test_on_flights_the_leaks_ring_and_only_they() -> None:
    """The real case: both delays and the missing tail number, no weather, no history."""
    table = samples.table("flight_disruption").head(20_000)
    y = table["late_or_lost"].to_numpy(dtype=float)
    frame = table.drop(columns="late_or_lost")
    found = alarms(column_powers(frame, y, "binary", *_halves(len(y))), "binary", 1.0)
    assert {a.column for a in found} == {"arr_delay", "leak_dep_delay", "tailnum"}
    assert {a.severity for a in found} == {"stop"}


def test_on_hotel_rates_nothing_rings_falsely() -> None:
    """Honest columns of a regression stay quiet."""
    table = samples.table("hotel_rates")
    y = table["avg_price_per_room"].to_numpy(dtype=float)
    frame = table.drop(columns="avg_price_per_room")
    found = alarms(column_powers(frame, y, "regression", *_halves(len(y))), "regression", y.std())
    assert not [a for a in found if a.severity == "stop"]
