"""Splits keep the past before the future and groups together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.splits import as_times, default_test_from, folds, group_split, random_split, time_split

TIMES = np.datetime64("2025-01-01") + np.arange(400).astype("timedelta64[D]")


@given(st.integers(5, 390), st.floats(0, 20), st.integers(1, 60))
@settings(max_examples=80)
def test_time_split_partitions_and_keeps_the_gap(start: int, gap: float, length: int) -> None:
    """Every row is on one side, and training ends a gap before the test."""
    begin = TIMES[start]
    until = begin + np.timedelta64(length, "D")
    if gap >= start:
        return
    split = time_split(TIMES, begin, until, gap)
    sides = np.concatenate([split.train, split.test, split.later, split.dropped])
    assert sorted(sides.tolist()) == list(range(len(TIMES)))
    assert TIMES[split.train].max() + np.timedelta64(
        round(gap * 86400), "s"
    ) < begin + np.timedelta64(1, "s")
    assert (TIMES[split.test] >= begin).all()
    assert (TIMES[split.later] >= until).all()


@given(st.lists(st.integers(0, 8), min_size=20, max_size=80), st.integers(0, 5))
@settings(max_examples=60)
def test_no_group_is_on_both_sides(groups: list[int], seed: int) -> None:
    """A group is learned from or tested on, never both."""
    codes = np.array(groups)
    if len(set(groups)) < 3:
        return
    split = group_split(codes, 0.3, np.random.default_rng(seed))
    assert not set(codes[split.train]) & set(codes[split.test])
    assert len(split.train) + len(split.test) == len(codes)


@given(st.lists(st.integers(1, 60), min_size=2, max_size=12), st.integers(0, 5))
@settings(max_examples=60)
def test_uneven_groups_still_fill_both_sides(sizes: list[int], seed: int) -> None:
    """However uneven the groups are, a split of two or more leaves rows on both sides."""
    codes = np.repeat(np.arange(len(sizes)), sizes)
    split = group_split(codes, 0.3, np.random.default_rng(seed))
    assert min(len(split.train), len(split.test)) >= 1
    assert abs(len(split.test) - 0.3 * len(codes)) <= max(sizes)


def test_one_group_cannot_be_split() -> None:
    """The message says how many groups there are."""
    with pytest.raises(ValueError, match="1 groups"):
        group_split(np.zeros(20, dtype=int), 0.3, np.random.default_rng(0))


@given(st.integers(2, 200), st.floats(0.01, 0.99), st.integers(0, 3))
@settings(max_examples=60)
def test_random_split_partitions(rows: int, share: float, seed: int) -> None:
    """Every row is on one side, the test side as large as asked, alike for the same seed."""
    size = round(rows * share)
    if not 1 <= size < rows:
        return
    first, again = (random_split(rows, share, np.random.default_rng(seed)) for _ in range(2))
    assert sorted([*first.train, *first.test]) == list(range(rows))
    assert len(first.test) == size
    assert np.array_equal(first.test, again.test)


def test_rows_without_a_time_are_on_no_side() -> None:
    """They are dropped, and do not spoil the dates in a message or the default day."""
    times = TIMES.copy()
    times[::10] = np.datetime64("NaT")
    split = time_split(times, TIMES[300])
    assert set(range(0, 400, 10)) <= set(split.dropped)
    assert default_test_from(times, 0.25) == default_test_from(times[~np.isnat(times)], 0.25)
    with pytest.raises(ValueError, match="2025-01-02 to 2026-02-04"):
        time_split(times, np.datetime64("2030-01-01"))
    with pytest.raises(ValueError, match="no row has a date"):
        default_test_from(times[:1], 0.25)


def test_no_day_is_on_both_sides_of_a_fold() -> None:
    """Rows of one day stay together, however many there are."""
    times = np.repeat(TIMES[:40], 9) + np.arange(360).astype("timedelta64[m]")
    split = time_split(times, TIMES[30])
    for fold in folds(split, 4, times, None, 0.0, np.random.default_rng(0)):
        days = [set(times[side].astype("datetime64[D]")) for side in (fold.train, fold.validation)]
        assert not days[0] & days[1]


def test_an_empty_side_is_explained() -> None:
    """The message names the side, the dates there are and what to change."""
    with pytest.raises(ValueError, match=r"no test rows.*2025-01-01 to 2026-02-04.*change"):
        time_split(TIMES, np.datetime64("2030-01-01"))


def test_time_folds_only_look_back() -> None:
    """Each fold validates on what comes after all it was fitted on, a gap between."""
    split = time_split(TIMES, TIMES[300])
    for fold in folds(split, 4, TIMES, None, 3.0, np.random.default_rng(0)):
        assert TIMES[fold.train].max() + np.timedelta64(3, "D") < TIMES[
            fold.validation
        ].min() + np.timedelta64(1, "D")
        assert set(fold.validation) <= set(split.train)


def test_group_folds_keep_groups_together() -> None:
    """Folds follow the logic of the split."""
    groups = np.arange(120) // 4
    split = group_split(groups, 0.3, np.random.default_rng(0))
    for fold in folds(split, 3, None, groups, 0.0, np.random.default_rng(0)):
        assert not set(groups[fold.train]) & set(groups[fold.validation])


def test_random_folds_cover_training_once() -> None:
    """Every training row is validated exactly once, no test row ever."""
    split = random_split(100, 0.3, np.random.default_rng(0))
    found = folds(split, 5, None, None, 0.0, np.random.default_rng(0))
    assert sorted(np.concatenate([f.validation for f in found])) == sorted(split.train)


def test_too_few_days_for_folds_is_explained() -> None:
    """A training part of one day says what to change."""
    times = np.repeat(TIMES[:2], 50)
    split = time_split(times, TIMES[1])
    with pytest.raises(ValueError, match="too few for 5 folds"):
        folds(split, 5, times, None, 0.0, np.random.default_rng(0))


def test_default_start_leaves_about_the_share() -> None:
    """The default test part is the last days, about as large as asked."""
    start = default_test_from(TIMES, 0.25)
    assert 0.2 <= (start <= TIMES).mean() <= 0.3


def test_dates_as_text_become_times_and_numbers_do_not() -> None:
    """Text dates are read; numbers are refused with an example of a date."""
    found = as_times(pd.Series(["2026-01-03", "2026-02-04 10:00", None], name="day"))
    assert np.isnat(found[2])
    assert str(found[0])[:10] == "2026-01-03"
    with pytest.raises(ValueError, match="holds numbers, not dates"):
        as_times(pd.Series([1, 2, 3], name="n"))
    with pytest.raises(ValueError, match="holds dates in 1 of 3"):
        as_times(pd.Series(["2026-01-01", "x", "y"], name="d"))


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["01/02/2020", "13/02/2020"], ["2020-02-01", "2020-02-13"]),
        (["01/02/2020", "12/31/2020"], ["2020-01-02", "2020-12-31"]),
        (["2020-01-01T00:00:00Z", "2020-01-01T00:00:00+02:00"], ["2020-01-01", "2019-12-31"]),
    ],
)
def test_dates_of_one_column_are_read_one_way(texts: list[str], wanted: list[str]) -> None:
    """Day and month are told by the whole column; time zones meet in UTC."""
    assert [str(t)[:10] for t in as_times(pd.Series(texts, name="t"))] == wanted


def test_an_hour_alone_is_no_date() -> None:
    """10:00 does not become today's date, which would change every day."""
    with pytest.raises(ValueError, match="dates in 0 of 2"):
        as_times(pd.Series(["10:00", "11:30"], name="t"))


def test_aware_times_meet_in_utc() -> None:
    """Columns with a time zone come out in UTC, so that no machine's zone matters."""
    local = pd.Series(pd.to_datetime(["2025-03-01 00:30"])).dt.tz_localize("Europe/Vienna")
    assert str(as_times(local)[0])[:16] == "2025-02-28T23:30"
