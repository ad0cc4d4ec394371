"""Intervals that hold all together: Student's t of the blocks, at Bonferroni's level."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from app.lab.at_once import at_once
from app.lab.estimate import Estimate


def test_it_is_students_t_of_the_block_means() -> None:
    """With the bootstrap's normal interval of eight block means it gives the t interval by hand."""
    means = np.array([0.1, 0.4, -0.2, 0.9, 0.3, 0.5, -0.1, 0.2])
    half = stats.norm.ppf(0.975) * means.std() / np.sqrt(8)
    value = float(means.mean())
    found = at_once(Estimate(value, value - half, value + half, 400), 18, 8)
    low, high = stats.t.interval(1 - 0.05 / 18, 7, value, stats.sem(means))
    assert found.low == pytest.approx(low)
    assert found.high == pytest.approx(high)
    assert found.level == pytest.approx(1 - 0.05 / 18)


def test_more_compared_and_fewer_blocks_are_wider() -> None:
    """Each comparison more and each block less leaves more room, and never less than a single one."""
    one = Estimate(1.0, 0.8, 1.1, 900)
    many = [at_once(one, k, 50).high for k in (1, 2, 18, 144)]
    few = [at_once(one, 18, k).high for k in (1000, 50, 10, 5)]
    for ends in (many, few):
        assert ends == sorted(ends)
        assert min(ends) >= 1.2
    assert at_once(one, 18) == at_once(one, 18, 5)


def test_what_has_no_interval_gets_none() -> None:
    """Few blocks stay "not enough data"; nonsense is refused."""
    bare = Estimate(1.0, None, None, 9)
    assert at_once(bare, 18, 2) == bare
    with pytest.raises(ValueError, match="compared is 0"):
        at_once(bare, 0)
    with pytest.raises(ValueError, match="blocks is 4"):
        at_once(Estimate(1.0, 0.0, 2.0, 9), 2, 4)
