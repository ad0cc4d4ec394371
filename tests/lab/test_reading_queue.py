"""The queue of rows to read: a draw without favour, and the best of every reason."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.reading_queue import draw_by_weight, line_up, worth_telling

WEIGHTS = st.lists(st.floats(0, 1000, allow_subnormal=False), min_size=1, max_size=60)


@settings(max_examples=80, deadline=None)
@given(WEIGHTS, st.integers(0, 30), st.integers(0, 10_000))
def test_a_row_is_drawn_as_often_as_it_weighs(weights: list[float], draws: int, seed: int) -> None:
    """The law of systematic sampling: never a whole draw away from its share of the weight."""
    weight = np.array(weights)
    hits = draw_by_weight(weight, draws, np.random.default_rng(seed))
    if weight.sum() == 0:
        assert hits.sum() == 0
        return
    expected = min(draws, int((weight > 0).sum()))
    assert hits.sum() == expected
    assert not hits[weight == 0].any()
    assert (np.abs(hits - expected * weight / weight.sum()) < 1 + 1e-6).all()


def test_shares_of_the_draw_are_shares_of_the_weight() -> None:
    """Over many seeds the mean number of hits is the share of the weight: nothing is favoured."""
    weight = np.array([1.0, 1.0, 2.0, 4.0, 8.0, 0.0, 16.0])
    total = np.zeros(7)
    for seed in range(4000):
        total += draw_by_weight(weight, 4, np.random.default_rng(seed))
    np.testing.assert_allclose(total / 4000, 4 * weight / weight.sum(), atol=0.03)


def test_each_reason_gives_its_best_and_rows_bear_all_their_reasons() -> None:
    """The highest of each sign is there; a row that is highest in two is there once, with both."""
    sure = np.array([9.0, 1.0, 2.0, np.nan, 8.0, 0.0])
    near = np.array([9.0, 8.0, 1.0, 0.0, np.nan, 0.0])
    line = line_up(
        {"sure": sure, "near": near}, np.zeros(6), np.random.default_rng(0), most=3, drawn=0
    )
    reasons = {item.at: set(item.reasons) for item in line}
    assert reasons == {0: {"sure", "near"}, 4: {"sure"}, 1: {"near", "sure"}} or reasons == {
        0: {"sure", "near"},
        4: {"sure"},
        1: {"near"},
    }
    assert line[0].at == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 80), st.integers(1, 40), st.integers(0, 20))
def test_the_queue_keeps_its_promises(seed: int, rows: int, most: int, drawn: int) -> None:
    """No row twice, none beyond the limit, none without a reason, every draw in it."""
    drawn = min(drawn, most)
    rng = np.random.default_rng(seed)
    weight = rng.exponential(size=rows) * (rng.random(rows) < 0.7)
    signs = {
        name: np.where(rng.random(rows) < 0.5, rng.normal(size=rows), np.nan) for name in "abc"
    }
    line = line_up(signs, weight, rng, most=most, drawn=drawn)
    places = [item.at for item in line]
    assert len(set(places)) == len(places) <= most
    assert sum(item.draws for item in line) == min(drawn, int((weight > 0).sum()))
    for item in line:
        assert item.reasons
        assert len(set(item.reasons)) == len(item.reasons)
        assert ("random" in item.reasons) == (item.draws > 0)
        assert all(np.isfinite(signs[why][item.at]) for why in item.reasons if why != "random")


def test_equal_signs_are_settled_by_what_the_row_cost() -> None:
    """Of ten rows equally near, the costliest is read first."""
    weight = np.arange(10.0)
    line = line_up({"near": np.zeros(10)}, weight, np.random.default_rng(0), most=3, drawn=0)
    assert [item.at for item in line] == [9, 8, 7]


def test_a_sign_that_many_share_tells_nothing() -> None:
    """Every miss costs the same: none is the costliest."""
    assert not worth_telling(np.full(100, 1050.0), 30)
    assert worth_telling(np.r_[np.full(100, 10.0), 11.0], 30)
    assert not worth_telling(np.full(5, np.nan), 30)
