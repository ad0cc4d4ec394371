"""Leak alarms ring for leaks and stay quiet for honest columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

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


def test_a_copy_of_a_heavy_tailed_target_is_a_stop() -> None:
    """A few huge values hide a copy from the plain R², not from the ranks."""
    rng = np.random.default_rng(3)
    y = rng.lognormal(sigma=2, size=4000)
    frame = pd.DataFrame({"with_tax": 1.19 * y, "honest": np.log(y) + rng.normal(0, 2, 4000)})
    found = alarms(column_powers(frame, y, "regression", *_halves(4000)), "regression", y.std())
    assert [(a.column, a.severity) for a in found] == [("with_tax", "stop")]


def test_the_power_of_a_number_is_that_of_its_rank() -> None:
    """For a steadily rising signal the ROC AUC of the column alone is that of the raw value."""
    rng = np.random.default_rng(4)
    y = (rng.random(6000) < 0.3).astype(float)
    x = y + rng.normal(size=6000)
    fit, check = _halves(6000)
    power = column_powers(pd.DataFrame({"x": x}), y, "binary", fit, check)[0].power
    assert power.value == pytest.approx(roc_auc_score(y[check], x[check]), abs=0.01)
    assert power.low is not None
    assert power.high is not None
    assert power.low < roc_auc_score(y[check], x[check]) < power.high


def test_who_inherits_telling_holes_is_watched() -> None:
    """A column that is missing wherever a telltale one is missing carries the leak along."""
    rng = np.random.default_rng(5)
    y = (rng.random(6000) < 0.1).astype(float)
    telling = (y == 1) & (rng.random(6000) < 0.3)
    rest = rng.random(6000) < 0.15
    frame = pd.DataFrame(
        {
            "source": np.where(telling, np.nan, 1.0),
            "heir": np.where(telling | rest, np.nan, rng.normal(size=6000)),
            "honest": np.where(rng.random(6000) < 0.2, np.nan, rng.normal(size=6000)),
        }
    )
    powers = column_powers(frame, y, "binary", *_halves(6000))
    found = alarms(powers, "binary", 1.0)
    assert [(a.column, a.severity) for a in found] == [("source", "stop"), ("heir", "watch")]
    assert "source" in found[1].reason
    assert {p.column: p.missing for p in powers} == frame.isna().sum().to_dict()


def test_few_holes_are_no_alarm() -> None:
    """A handful of missing rows can be all positive by chance."""
    y = np.tile([1.0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 100)
    some = np.ones(1000)
    some[:100:10] = np.nan
    frame = pd.DataFrame({"some": some})
    assert not alarms(column_powers(frame, y, "binary", *_halves(1000)), "binary", 1.0)


def test_on_flights_the_leaks_ring_and_only_they() -> None:
    """The real case: delays, the missing tail number and its heirs; no weather, no history."""
    table = samples.table("flight_disruption").head(20_000)
    y = table["late_or_lost"].to_numpy(dtype=float)
    frame = table.drop(columns="late_or_lost")
    found = alarms(column_powers(frame, y, "binary", *_halves(len(y))), "binary", 1.0)
    by = {level: {a.column for a in found if a.severity == level} for level in ("stop", "watch")}
    assert by["stop"] == {"arr_delay", "leak_dep_delay", "tailnum"}
    assert by["watch"] == {"leak_plane_age", "leak_plane_seats"}


def test_on_hotel_rates_nothing_rings_falsely() -> None:
    """Honest columns of a regression stay quiet."""
    table = samples.table("hotel_rates")
    y = table["avg_price_per_room"].to_numpy(dtype=float)
    frame = table.drop(columns="avg_price_per_room")
    found = alarms(column_powers(frame, y, "regression", *_halves(len(y))), "regression", y.std())
    assert not [a for a in found if a.severity == "stop"]
