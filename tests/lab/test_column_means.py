"""Means of many columns have the intervals that each would have alone."""

from __future__ import annotations

import numpy as np
import pytest

from app.lab.column_means import column_means
from app.lab.intervals import bootstrap_mean


@pytest.mark.parametrize("by_block", [False, True])
def test_as_one_by_one(by_block: bool) -> None:
    """The interval of a column among others is the one it has alone, up to the draws."""
    rng = np.random.default_rng(0)
    blocks = np.repeat(np.arange(40), 10) if by_block else None
    values = rng.normal(size=(400, 3)) + np.repeat(rng.normal(size=(40, 3)), 10, axis=0)
    for place, found in enumerate(column_means(values, rng, blocks)):
        alone = bootstrap_mean(values[:, place], rng=rng, blocks=blocks, rounds=2000)
        assert found.value == pytest.approx(alone.value)
        assert found.low == pytest.approx(alone.low, abs=0.1)
        assert found.high == pytest.approx(alone.high, abs=0.1)


def test_too_few_rows() -> None:
    """No rows have no mean, a few have a mean without an interval."""
    rng = np.random.default_rng(0)
    assert np.isnan(column_means(np.zeros((0, 2)), rng)[1].value)
    few = column_means(np.ones((4, 2)), rng)
    assert (few[0].value, few[0].low) == (1.0, None)
