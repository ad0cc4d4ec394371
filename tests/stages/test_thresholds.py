"""Where a rung acts follows what the user said decides: cost, capacity or both."""

from __future__ import annotations

import numpy as np
import pytest

from app.lab.cost import AsymmetricCosts, BinaryCosts, ReviewCosts
from app.stages.baselines.money import threshold_of

RNG = np.random.default_rng(0)
TOLD = RNG.random(2000)
Y = (RNG.random(2000) < TOLD).astype(float)
CHEAP_ALARMS = BinaryCosts(false_alarm=1.0, miss=9.0)


@pytest.mark.parametrize(
    ("by", "acted"),
    [("cost", 0.9), ("both", 0.2), ("capacity", 0.2)],
)
def test_cost_acts_where_it_pays_and_capacity_where_it_can(by: str, acted: float) -> None:
    """Alarms pay from 10 % on; with capacity for a fifth, only the top fifth is acted upon."""
    threshold = threshold_of(TOLD, Y, CHEAP_ALARMS, 0.2, None, by)
    assert (threshold <= TOLD).mean() == pytest.approx(acted, abs=0.04)


def test_capacity_alone_acts_even_where_it_does_not_pay() -> None:
    """Both together do not act on what costs more than it brings; capacity alone does."""
    dear = BinaryCosts(false_alarm=100.0, miss=1.0)
    assert (threshold_of(TOLD, Y, dear, 0.2, None, "both") <= TOLD).mean() < 0.1
    assert (threshold_of(TOLD, Y, dear, 0.2, None, "capacity") <= TOLD).mean() == 0.2


def test_without_a_limit_capacity_is_cost() -> None:
    """No capacity is given: cost decides, whatever was chosen."""
    found = {by: threshold_of(TOLD, Y, CHEAP_ALARMS, None, None, by) for by in ("cost", "capacity")}
    assert found["cost"] == found["capacity"]


def test_only_decisions_have_a_threshold() -> None:
    """Numbers have none, unseen rows do not count, and several classes have one for answering."""
    assert np.isnan(threshold_of(TOLD, Y, AsymmetricCosts(1, 2), None, None, "both"))
    assert np.isnan(threshold_of(np.full(5, np.nan), Y[:5], CHEAP_ALARMS, None, None, "both"))
    shares = np.column_stack([TOLD, 1 - TOLD])
    answered = threshold_of(shares, 1 - Y, ReviewCosts(10.0, 1.0), None, None, "cost")
    assert answered == pytest.approx(0.9, abs=0.06)
    holed = np.where(np.arange(2000) < 500, np.nan, TOLD)
    assert threshold_of(holed, Y, CHEAP_ALARMS, None, None, "cost") == threshold_of(
        TOLD[500:], Y[500:], CHEAP_ALARMS, None, None, "cost"
    )
