"""The past of a series is only what was in when the forecast was made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.history import history

DAYS = pd.date_range("2025-01-01", periods=120, freq="D").to_numpy()


def test_known_values_of_a_daily_series() -> None:
    """Lags, last value and mean are those counted by hand."""
    y = np.arange(120.0)
    found = history("rides", DAYS, y, None, 7, 7)
    row = found.frame.iloc[100]
    assert list(found.frame.columns) == [
        "rides_last_known",
        "rides_7_days_before",
        "rides_14_days_before",
        "rides_mean_28_days",
    ]
    assert row["rides_last_known"] == 93
    assert row["rides_7_days_before"] == 93
    assert row["rides_14_days_before"] == 86
    assert row["rides_mean_28_days"] == np.mean(np.arange(66, 94))
    assert found.frame.iloc[:7].isna().all().all()


@settings(max_examples=40)
@given(st.integers(1, 20), st.integers(1, 14), st.integers(0, 119))
def test_the_future_never_changes_a_row(ahead: int, season: int, at: int) -> None:
    """Whatever happens less than the horizon before a row leaves its past as it is."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=120)
    changed = y.copy()
    changed[max(0, at - ahead + 1) :] += 100
    one = history("y", DAYS, y, None, ahead, season).frame.iloc[at]
    other = history("y", DAYS, changed, None, ahead, season).frame.iloc[at]
    assert one.equals(other)


def test_a_lag_is_a_whole_number_of_seasons() -> None:
    """With labels ten days old and a weekly season, the same weekday is two weeks back."""
    found = history("y", DAYS, np.arange(120.0), None, 10, 7)
    assert found.past["seasonal_naive"] == "y_14_days_before"
    assert found.frame["y_14_days_before"].iloc[100] == 86


def test_series_do_not_mix() -> None:
    """Each shop has its own past, whatever the order of the rows."""
    times, shop = np.tile(DAYS, 2), np.repeat([0, 1], 120)
    y = np.where(shop == 0, 1.0, 5.0)
    order = np.random.default_rng(1).permutation(240)
    found = history("y", times[order], y[order], shop[order], 1, 7).frame
    known = found["y_mean_28_days"].notna().to_numpy()
    assert np.array_equal(found["y_mean_28_days"].to_numpy()[known], y[order][known])


def test_a_gap_in_the_days_is_a_missing_lag() -> None:
    """A day that is not there gives no value; the recent mean goes on."""
    kept = np.delete(np.arange(120), 93)
    found = history("y", DAYS[kept], np.arange(120.0)[kept], None, 7, 7).frame
    row = found.iloc[int(np.flatnonzero(kept == 100)[0])]
    assert np.isnan(row["y_7_days_before"])
    assert row["y_last_known"] == 92
    assert row["y_mean_28_days"] == pytest.approx(np.mean(np.arange(66, 93)))
