"""Costs lead to the decision that costs least."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.cost import (
    AsymmetricCosts,
    BinaryCosts,
    asymmetric_cost,
    best_threshold,
    binary_cost,
    break_even_probability,
    cost_quantile,
)

ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=1, max_size=60)
COSTS = st.builds(BinaryCosts, st.floats(0, 10), st.floats(0, 10), st.floats(0, 5))


def test_break_even_is_elkans() -> None:
    """With free hits the break-even is the false alarm's share of both costs."""
    assert break_even_probability(BinaryCosts(1, 6)) == pytest.approx(1 / 7)
    assert break_even_probability(BinaryCosts(200, 1200, hit=150)) == pytest.approx(200 / 1250)
    assert break_even_probability(BinaryCosts(1, 2, hit=2)) == np.inf


@given(ROWS, COSTS)
@settings(max_examples=150)
def test_no_threshold_is_cheaper_than_the_best(
    rows: list[tuple[bool, int]], costs: BinaryCosts
) -> None:
    """The chosen threshold beats every other one on the rows it was chosen on."""
    y = np.array([float(a) for a, _ in rows])
    p = np.array([b / 20 for _, b in rows])
    best = best_threshold(y, p, costs)
    assert 1000 * binary_cost(y, p >= best.value, costs).mean() == pytest.approx(best.cost_per_1000)
    for t in [*np.unique(p), np.inf]:
        assert best.cost_per_1000 <= 1000 * binary_cost(y, p >= t, costs).mean() + 1e-6


@given(ROWS, COSTS, st.floats(0, 1))
@settings(max_examples=100)
def test_capacity_is_never_exceeded(
    rows: list[tuple[bool, int]], costs: BinaryCosts, share: float
) -> None:
    """However cheap acting is, no more is acted upon than people can handle."""
    y = np.array([float(a) for a, _ in rows])
    p = np.array([b / 20 for _, b in rows])
    best = best_threshold(y, p, costs, capacity_share=share)
    assert (p >= best.value).mean() <= share + 1e-12


def test_a_threshold_needs_rows() -> None:
    """Nothing is chosen on nothing."""
    with pytest.raises(ValueError, match="0 rows"):
        best_threshold(np.empty(0), np.empty(0), BinaryCosts(1, 1))


def test_the_cost_quantile_is_the_cheapest_constant() -> None:
    """Among constants, the quantile that the costs imply costs least."""
    y = np.random.default_rng(0).lognormal(size=4000)
    costs = AsymmetricCosts(over=1, under=3)
    best = asymmetric_cost(y, np.full(4000, np.quantile(y, cost_quantile(costs))), costs).mean()
    for q in (0.3, 0.5, 0.65, 0.85, 0.95):
        assert best <= asymmetric_cost(y, np.full(4000, np.quantile(y, q)), costs).mean() + 1e-9


def test_costs_of_each_kind_of_decision() -> None:
    """Hit, false alarm, miss and quiet each cost what was said."""
    y = np.array([1.0, 0.0, 1.0, 0.0])
    act = np.array([True, True, False, False])
    assert binary_cost(y, act, BinaryCosts(2, 7, hit=1)).tolist() == [1, 2, 7, 0]
