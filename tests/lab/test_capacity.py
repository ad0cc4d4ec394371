"""Volumes, bytes of a log and cost, counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab.capacity import Prices, Volume, column_bytes, log_row_bytes, service_cost


def test_a_year_by_the_second() -> None:
    """One decision a second, all day, is 31,536,000 a year; in eight hours it is three a second."""
    assert Volume(31_536_000).mean_rate == pytest.approx(1)
    assert Volume(31_536_000, hours_per_day=8, peak=5).mean_rate == pytest.approx(3)
    assert Volume(31_536_000, hours_per_day=8, peak=5).peak_rate == pytest.approx(15)


@given(st.floats(1, 1e9), st.floats(0.5, 24))
def test_no_outage_touches_more_than_a_day(per_year: float, hours: float) -> None:
    """A while holds at most the decisions of its day, and all hours of service hold them all."""
    volume = Volume(per_year, hours)
    assert volume.within(1440) == pytest.approx(volume.per_day)
    assert volume.within(hours * 60) == pytest.approx(volume.per_day)
    assert volume.within(hours * 30) == pytest.approx(volume.per_day / 2)


def test_bytes_of_columns_by_hand() -> None:
    """Numbers and dates take 8 bytes, flags 1, texts their mean length in UTF-8 and 4."""
    frame = pd.DataFrame(
        {
            "number": [1.0, np.nan],
            "whole": [1, 2],
            "day": pd.to_datetime(["2025-01-01", None]),
            "flag": [True, False],
            "text": ["äb", None],
            "kind": pd.Categorical(["abc", "a"]),
        }
    )
    found = column_bytes(frame)
    assert found == {"number": 8, "whole": 8, "day": 8, "flag": 1, "text": 7, "kind": 6}
    assert log_row_bytes(found) == 38 + 8 + 1 + 8 + 16 + 16 + 1
    assert log_row_bytes(found, answers=3) - log_row_bytes(found) == 16


def test_a_year_of_service_by_hand() -> None:
    """Two workers all year at ten cents, ten gigabytes at two cents, and people."""
    found = service_cost(2 * 8760, 10, Prices(0.1, 0.02, 1000))
    assert found.workers == pytest.approx(1752)
    assert found.storage == pytest.approx(2.4)
    assert found.total == pytest.approx(2754.4)
    assert found.per_1000(1e6) == pytest.approx(2.7544)
