"""Intervals and tests agree with closed forms and keep their laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from app.lab.intervals import bootstrap, bootstrap_mean, corrected_resampled_t, holm
from app.lab.proportion import wilson


@given(st.integers(1, 5000), st.floats(0, 1))
def test_wilson_is_scipys(n: int, share: float) -> None:
    """Wilson's interval is the one of an independent library, and lies in [0, 1]."""
    successes = round(n * share)
    found = wilson(successes, n)
    low, high = stats.binomtest(successes, n).proportion_ci(0.95, "wilson")
    assert found.low == pytest.approx(low, abs=1e-9)
    assert found.high == pytest.approx(high, abs=1e-9)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_wilson_of_nothing_has_no_interval() -> None:
    """Without rows there is nothing to say."""
    found = wilson(0, 0)
    assert np.isnan(found.value)
    assert found.low is None


def test_bootstrap_mean_covers_like_the_normal_interval() -> None:
    """For independent rows the block bootstrap is about the textbook interval."""
    values = np.random.default_rng(1).normal(size=2000)
    found = bootstrap_mean(values, rng=np.random.default_rng(2))
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert found.low == pytest.approx(values.mean() - half, abs=0.01)
    assert found.high == pytest.approx(values.mean() + half, abs=0.01)


def test_blocks_widen_the_interval_of_dependent_rows() -> None:
    """Rows that repeat a day's value count as days, not as rows."""
    days = np.repeat(np.arange(40), 50)
    values = np.random.default_rng(0).normal(size=40)[days]
    rows = bootstrap_mean(values, rng=np.random.default_rng(0))
    blocks = bootstrap_mean(values, rng=np.random.default_rng(0), blocks=days)
    assert blocks.high - blocks.low > 4 * (rows.high - rows.low)


def test_generic_and_fast_bootstrap_agree() -> None:
    """Two ways to the same interval."""
    rng = np.random.default_rng(3)
    values, days = rng.normal(size=600), np.repeat(np.arange(60), 10)
    fast = bootstrap_mean(values, rng=np.random.default_rng(0), blocks=days, rounds=2000)
    slow = bootstrap(
        lambda v: float(v.mean()), values, rng=np.random.default_rng(1), blocks=days, rounds=2000
    )
    assert fast.low == pytest.approx(slow.low, abs=0.02)
    assert fast.high == pytest.approx(slow.high, abs=0.02)


def test_degenerate_resamples_give_no_interval() -> None:
    """An interval is not made up from the few resamples that worked."""
    y = np.array([1.0] + [0.0] * 20)
    found = bootstrap(
        lambda v: float("nan") if v.min() == v.max() else 0.5, y, rng=np.random.default_rng(0)
    )
    assert found.low is None
    assert "not enough data" in found.method


def test_few_blocks_give_no_interval() -> None:
    """Two days cannot say how days differ."""
    found = bootstrap_mean(
        np.arange(100.0), rng=np.random.default_rng(0), blocks=np.arange(100) // 50
    )
    assert found.low is None
    assert found.value == pytest.approx(49.5)


def test_corrected_t_is_wider_than_plain_t() -> None:
    """Shared training rows widen the interval by the known factor."""
    d = np.array([0.1, 0.2, 0.15, 0.05, 0.12])
    found, p = corrected_resampled_t(d, n_train=80, n_test=20)
    plain = stats.t.interval(0.95, 4, d.mean(), stats.sem(d))
    ratio = (found.high - found.low) / (plain[1] - plain[0])
    assert ratio == pytest.approx(np.sqrt((1 / 5 + 20 / 80) * 5))
    assert p > stats.ttest_1samp(d, 0).pvalue


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(max_examples=60)
def test_holm_is_the_textbook_method(p: list[float]) -> None:
    """Corrected p values are those of a plain loop, never smaller than the raw ones."""
    found = holm(p)
    order = np.argsort(p, kind="stable")
    running = 0.0
    for place, index in enumerate(order):
        running = max(running, min(1.0, (len(p) - place) * p[index]))
        assert found[index] == pytest.approx(running)
    assert (found >= np.array(p) - 1e-12).all()
