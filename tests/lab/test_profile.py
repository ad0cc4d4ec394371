"""Columns are told in numbers, and the target by day, week or month."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from app.lab.profile import kind_of, profile, target_over_time


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.5, 2.5, None], "number"),
        ([0, 1, 1], "flag"),
        ([True, False, True], "flag"),
        ([1, 2, 2], "number"),
        (["a", "b", "a"], "category"),
        ([f"remark {i}" for i in range(60)], "text"),
        (["a", "a", "a"], "constant"),
        ([3, 3, None], "number"),
        ([None, None], "empty"),
        (pd.to_datetime(["2025-01-01", "2025-01-02"]), "date"),
        (pd.Categorical(["a", None, "b"]), "category"),
    ],
)
def test_kinds_are_told_apart(values: list[object], kind: str) -> None:
    """Each column has one kind, by its type and its values."""
    assert kind_of(pd.Series(values)) == kind


def test_numbers_are_told_with_their_range() -> None:
    """Range and median leave missing and infinite values out, and count them apart."""
    frame = pd.DataFrame({"x": [1.0, 2.0, 9.0, np.inf, -np.inf, np.nan, np.nan, 2.0]})
    (found,) = profile(frame)
    assert (found.low, found.typical, found.high) == ("1", "2", "9")
    assert (found.infinite, found.missing, found.distinct) == (2, 0.25, 5)


def test_dates_and_categories_are_told_in_words() -> None:
    """A date has a first and a last day, a category its commonest value."""
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(["2025-03-02", "2025-01-01", None, "2025-02-01"]),
            "place": pd.Categorical(["north", "north", "south", None]),
            "gone": [np.nan] * 4,
        }
    )
    day, place, gone = profile(frame)
    assert (day.low, day.high, day.missing) == ("2025-01-01", "2025-03-02", 0.25)
    assert place.typical == "north (67%)"
    assert (gone.kind, gone.missing, gone.typical) == ("empty", 1.0, "")


@pytest.mark.parametrize(
    ("days", "unit", "count"),
    [(1, "day", 1), (70, "day", 70), (71, "week", 11), (699, "month", 23)],
)
def test_the_unit_follows_the_span(days: int, unit: str, count: int) -> None:
    """Few days are shown one by one, many by week or month."""
    times = np.datetime64("2025-01-01") + np.arange(days).astype("timedelta64[D]")
    found, periods = target_over_time(times, np.zeros(days), "binary")
    assert (found, len(periods)) == (unit, count)
    assert sum(p.target.n for p in periods) == days


def test_weeks_begin_on_monday() -> None:
    """Every period of a week starts on a Monday and holds at most seven days."""
    times = np.datetime64("2024-11-07") + np.arange(200).astype("timedelta64[D]")
    _, periods = target_over_time(times, np.zeros(200), "binary")
    assert {pd.Timestamp(p.start).day_name() for p in periods} == {"Monday"}
    assert max(p.target.n for p in periods) == 7


def test_rates_have_wilson_intervals() -> None:
    """Share and interval of a day agree with an independent library."""
    times = np.repeat(np.datetime64("2025-01-01"), 40)
    y = np.r_[np.ones(7), np.zeros(33)]
    _, (period,) = target_over_time(times, y, "binary")
    wanted = binomtest(7, 40).proportion_ci(method="wilson")
    assert period.target.value == pytest.approx(7 / 40)
    assert (period.target.low, period.target.high) == pytest.approx((wanted.low, wanted.high))


def test_means_have_normal_intervals_where_they_can() -> None:
    """Two rows and more give an interval, one row gives none."""
    times = np.array(["2025-01-01", "2025-01-01", "2025-01-02"], dtype="datetime64[D]")
    _, (pair, single) = target_over_time(times, np.array([1.0, 3.0, 7.0]), "regression")
    assert (pair.target.value, pair.target.low, pair.target.high) == pytest.approx(
        (2.0, 2.0 - 1.96, 2.0 + 1.96)
    )
    assert (single.target.value, single.target.low) == (7.0, None)
