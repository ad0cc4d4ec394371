"""Signs that a row is worth reading, against answers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.champion import Champion
from app.lab.cost import AsymmetricCosts, BinaryCosts, Costs, ListCosts, ReviewCosts
from app.lab.reading_signs import (
    avoidable_cost,
    disagreement,
    list_signs,
    near_boundary,
    sure_and_wrong,
    went_wrong,
)
from app.lab.rungs.constant import Constant
from app.lab.rungs.rung import Fitted


def _champion(
    costs: Costs, threshold: float = np.nan, queries: np.ndarray | None = None
) -> Champion:
    fitted = Fitted("constant", "binary", Constant(np.array(0.5)), (), "always the same")
    return Champion(fitted, np.empty(0), threshold, costs, queries)


def test_only_what_a_better_decision_would_save_is_avoidable() -> None:
    """A hit that costs its price costs nothing that could be avoided; a miss costs the rest."""
    rung = _champion(BinaryCosts(false_alarm=2, miss=10, hit=3), 0.5)
    y, p = np.array([1.0, 1.0, 0.0, 0.0]), np.array([0.9, 0.1, 0.9, 0.1])
    assert avoidable_cost(rung, y, p, np.arange(4)).tolist() == [0, 7, 2, 0]


def test_misses_are_avoidable_even_when_it_never_acts() -> None:
    """A threshold out of reach is a decision like any other: its misses are errors."""
    rung = _champion(BinaryCosts(false_alarm=2, miss=10), np.inf)
    cost = avoidable_cost(rung, np.array([1.0, 0.0]), np.array([0.9, 0.9]), np.arange(2))
    assert cost.tolist() == [10, 0]


def test_of_several_classes_a_person_is_avoidable_too() -> None:
    """A right answer costs nothing, a wrong one its price, a look by a person the person."""
    rung = _champion(ReviewCosts(wrong=10, review=1), 0.8)
    p = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4]])
    cost = avoidable_cost(rung, np.array([0.0, 1.0, 0.0]), p, np.arange(3))
    assert cost.tolist() == [0, 10, 1]


def test_a_list_without_a_good_item_cannot_be_served() -> None:
    """What no order could have mended is not avoidable."""
    queries = np.array([0, 0, 1, 1])
    rung = _champion(ListCosts(6, top=1, relevant_from=1), queries=queries)
    y, score = np.array([0.0, 1.0, 0.0, 0.0]), np.array([2.0, 1.0, 2.0, 1.0])
    cost = avoidable_cost(rung, y, score, np.arange(4))
    assert cost[:2].sum() / 2 == 6
    assert not cost[2:].any()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([BinaryCosts(2, 10, 1, 0.5), BinaryCosts(5, 1, 4, 0), AsymmetricCosts(1, 3)]),
)
def test_avoidable_cost_is_never_below_nothing(seed: int, costs: Costs) -> None:
    """And a perfect answer with a threshold within reach leaves nothing to avoid."""
    rng = np.random.default_rng(seed)
    y, p = rng.integers(0, 2, 30).astype(float), rng.random(30)
    rung = _champion(costs, 0.5)
    assert (avoidable_cost(rung, y, p, np.arange(30)) >= 0).all()
    if costs != BinaryCosts(5, 1, 4, 0):
        assert not avoidable_cost(rung, y, y, np.arange(30)).any()


def test_misses_and_false_alarms_are_found_alike() -> None:
    """With a low threshold the surest miss is as sure as the surest false alarm."""
    rung = _champion(BinaryCosts(1, 9), 0.1)
    y = np.array([1.0, 0.0, 1.0, 0.0])
    found = sure_and_wrong(rung, y, np.array([0.0, 1.0, 0.9, 0.05]))
    assert found[:2] == pytest.approx([1.0, 1.0])
    assert np.isnan(found[2:]).all()


def test_nearness_needs_a_boundary() -> None:
    """Nearest to the threshold is highest; without one within reach there is nothing to say."""
    y, p = np.zeros(3), np.array([0.2, 0.31, 0.9])
    assert int(np.argmax(near_boundary(_champion(BinaryCosts(1, 2), 0.3), y, p))) == 1
    assert np.isnan(near_boundary(_champion(BinaryCosts(1, 2), np.inf), y, p)).all()
    assert np.isnan(near_boundary(_champion(AsymmetricCosts(1, 1)), y, p)).all()


def test_disagreement_is_the_share_that_decides_otherwise() -> None:
    """Each rung by its own threshold; agreement of all is no candidate, no answer does not count."""
    mine = _champion(BinaryCosts(1, 1), 0.5)
    low = _champion(BinaryCosts(1, 1), 0.1)
    p = np.array([0.9, 0.2, 0.2])
    others = [(mine, np.array([0.9, 0.9, 0.2])), (low, np.array([0.9, 0.2, np.nan]))]
    found = disagreement(mine, p, others)
    assert np.isnan(found[0])
    assert found[1] == 1.0
    assert np.isnan(found[2])
    assert np.isnan(disagreement(mine, p, [])).all()


def test_numbers_disagree_by_their_distance() -> None:
    """The row on which the other rung is furthest away is highest."""
    rung = _champion(AsymmetricCosts(1, 1))
    p = np.array([1.0, 2.0, 3.0])
    found = disagreement(rung, p, [(rung, np.array([1.0, 2.5, 8.0]))])
    assert int(np.nanargmax(found)) == 2
    assert np.isnan(found[0])


def test_a_number_is_wrong_when_it_is_off_more_than_usual() -> None:
    """Half of the numbers are right, whatever their unit."""
    y = np.zeros(4)
    assert (
        went_wrong(_champion(AsymmetricCosts(1, 1)), y, np.array([1.0, 2.0, 3.0, 9.0])).sum() == 2
    )


def test_lists_by_hand() -> None:
    """First item, best-placed answer, its distance and whether the list was served."""
    queries = np.array([4, 4, 4, 9, 9])
    y, score = np.array([0.0, 1.0, 2.0, 0.0, 0.0]), np.array([3.0, 1.0, 2.0, 1.0, 5.0])
    found = list_signs(y, score, queries, top=1, relevant_from=1)
    assert found.first.tolist() == [0, 4]
    assert found.answer.tolist() == [2, -1]
    assert found.place.tolist() == [0, 2, 1, 1, 0]
    assert found.served.tolist() == [False, False]
    assert found.gap[0] == 1.0
    assert np.isnan(found.gap[1])
    assert list_signs(y, score, queries, top=2, relevant_from=1).served.tolist() == [True, False]
