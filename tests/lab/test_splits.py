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
