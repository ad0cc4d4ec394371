"""Columns that do not come, models without them, people, and nobody."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from app.lab.blanking import blanked, with_usual
from app.lab.capacity import Volume
from app.lab.cost import AsymmetricCosts, BinaryCosts, ListCosts, ReviewCosts
from app.lab.estimate import Estimate
from app.lab.fallback import idle_cost, person_cost, refit, threshold_within
from app.lab.many_means import joint_means
from app.lab.outage import outage
from app.lab.problem import Problem
from app.lab.rule import apply_rule
from app.lab.rungs import RUNGS, Training, fit_rung
from app.lab.splits import folds, random_split

COSTS = BinaryCosts(2.0, 10.0, hit=1.0)
Y = np.array([1.0, 0.0, 0.0, 1.0])


def _frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "number": [1.0, 2.0, 2.0],
            "whole": [1, 5, 6],
            "flag": [True, True, False],
            "day": pd.to_datetime(["2025-01-01", "2025-01-03", "2025-01-09"]),
            "text": ["a", "b", "b"],
            "kind": pd.Categorical(["x", "x", "y"]),
        }
    )


def test_blanked_columns_are_missing_and_the_others_as_they_were() -> None:
    """Whatever the kind, every value is gone; nothing else and nobody's table is touched."""
    frame = _frame()
    for name in frame.columns:
        found = blanked(frame, [name, "not there"])
        assert found[name].isna().all()
        pd.testing.assert_frame_equal(found.drop(columns=name), frame.drop(columns=name))
    pd.testing.assert_frame_equal(frame, _frame())


@pytest.mark.parametrize(
    "rule",
    ["number > 1", "whole > 3", "flag", "text = 'b'", "kind = 'x'", "day > DATE '2025-01-02'"],
)
def test_a_rule_on_a_blanked_column_has_no_answer(rule: str) -> None:
    """It runs, and says nothing, instead of failing or acting."""
    frame = _frame()
    assert np.isfinite(apply_rule(rule, frame)).all()
    assert not np.isfinite(apply_rule(rule, blanked(frame, frame.columns))).any()


def test_the_usual_value_is_median_or_most_frequent() -> None:
    """Of what was before, never of the rows that are asked about."""
    asked = _frame().iloc[:1]
    found = with_usual(asked, asked.columns, _frame()).iloc[0]
    assert found["number"] == 2
    assert found["whole"] == 5
    assert bool(found["flag"])
    assert found["day"] == pd.Timestamp("2025-01-03")
    assert found["kind"] == "x"
    nothing = with_usual(asked, ["number"], _frame().assign(number=np.nan))
    assert nothing["number"].isna().all()


def _problem(n: int = 400) -> tuple[Problem, pd.DataFrame]:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"tells": rng.normal(size=n), "helps": rng.normal(size=n), "idle": 0.0})
    y = (frame["tells"] + 0.5 * frame["helps"] + 0.3 * rng.normal(size=n) > 0).to_numpy(float)
    split = random_split(n, 0.3, rng)
    rows = np.arange(n)
    return Problem("binary", rows, y, tuple(frame.columns), split, None, rows, "row"), frame


def test_refits_are_honest_and_blank_what_is_gone() -> None:
    """Each row is answered by a model that had not seen it, with these columns blanked or never had."""
    problem, frame = _problem()
    parts = folds(problem.split, 3, None, None, 0.0, np.random.default_rng(0))
    losses = {"feed": ("tells",), "nothing": ("idle",)}
    found = refit(RUNGS["linear"], frame, problem, parts, 0, {}, losses, ("tells",))
    by_hand, gone, never = [], [], []
    for part in parts:
        y, train = problem.y[part.train], frame.iloc[part.train].reset_index(drop=True)
        asked = frame.iloc[part.validation].reset_index(drop=True)
        model = fit_rung(RUNGS["linear"], Training(train, y, "binary"))
        by_hand.append(model.predict(asked))
        gone.append(model.predict(asked.assign(tells=np.nan)))
        less = fit_rung(RUNGS["linear"], Training(train.drop(columns="tells"), y, "binary"))
        never.append(less.predict(asked.drop(columns="tells")))
    np.testing.assert_allclose(found.whole, np.concatenate(by_hand))
    np.testing.assert_allclose(found.blank["feed"], np.concatenate(gone))
    np.testing.assert_allclose(found.reduced, np.concatenate(never))
    np.testing.assert_allclose(found.blank["nothing"], found.whole)
    assert set(found.at) == set(problem.split.train)


def test_a_reduced_model_that_cannot_be_says_why() -> None:
    """No column left, or a rule whose columns are gone: no model, and a reason."""
    problem, frame = _problem(200)
    parts = folds(problem.split, 2, None, None, 0.0, np.random.default_rng(0))
    every = refit(RUNGS["linear"], frame, problem, parts, 0, {}, {}, tuple(frame.columns))
    assert every.reduced is None
    assert "no column is left" in every.trouble
    options = {"rule": "tells > 0"}
    rule = refit(RUNGS["user_rule"], frame, problem, parts, 0, options, {}, ("tells",))
    assert rule.reduced is None
    assert rule.trouble


def test_a_person_costs_a_fee_and_some_mistakes() -> None:
    """Counted by hand for every kind of costs."""
    found = person_cost(COSTS, Y, wrong=0.25, fee=3.0)
    happened, quiet = 3 + 0.75 * 1 + 0.25 * 10, 3 + 0.25 * 2
    np.testing.assert_allclose(found, [happened, quiet, quiet, happened])
    stakes = np.array([100.0, 0, 0, 0])
    assert person_cost(COSTS, Y, 0.25, 3.0, stakes=stakes)[0] == 3 + 0.75 * 1 + 0.25 * 100
    review = person_cost(ReviewCosts(10, 1), Y, 0.1, 99.0)
    np.testing.assert_allclose(review, 1 + 0.1 * 10)
    number = person_cost(AsymmetricCosts(1, 3), np.array([-10.0, 20.0]), 0.1, 2.0)
    np.testing.assert_allclose(number, [2 + 1 * 2, 2 + 2 * 2])
    queries = np.array([0, 0, 1, 1])
    lists = person_cost(ListCosts(8, 1, 1.0), np.array([1.0, 0, 0, 0]), 0.25, 1.0, queries)
    np.testing.assert_allclose(lists, [1 + 2, 1 + 2, 1 + 8, 1 + 8])


def test_nobody_deciding_costs_the_misses() -> None:
    """Only a yes-or-no decision can be left undone."""
    np.testing.assert_allclose(idle_cost(COSTS, Y), [10, 0, 0, 10])
    assert idle_cost(AsymmetricCosts(1, 1), Y) is None


def test_a_threshold_of_its_own_within_a_share() -> None:
    """Lowest cost on the rows; with a share no more of them are acted upon; none for numbers."""
    told = np.array([0.9, 0.6, 0.1, 0.7])
    free = threshold_within(COSTS, Y, told)
    np.testing.assert_array_equal(told >= free, [True, False, False, True])
    tight = threshold_within(COSTS, Y, told, share=0.25)
    assert (told >= tight).sum() == 1
    assert np.isnan(threshold_within(AsymmetricCosts(1, 1), Y, told))


def test_an_outage_is_decisions_times_extra_and_people_have_an_end() -> None:
    """An hour of 100 decisions an hour; people take 30 of them, the rest stays undone."""
    volume = Volume(100 * 24 * 365)
    worse, undone = Estimate(500.0, 400.0, 600.0, 9), Estimate(2000.0, 1000.0, 3000.0, 9)
    plain = outage(60, volume, worse)
    assert (plain.extra.value, plain.extra.low, plain.extra.high) == pytest.approx((50, 40, 60))
    people = outage(60, volume, worse, undone, per_hour=30)
    assert people.taken == 30
    assert people.extra.value == pytest.approx(30 * 0.5 + 70 * 2.0)
    assert people.extra.low == pytest.approx(30 * 0.4 + 70 * 1.0)
    enough = outage(60, volume, worse, undone, per_hour=1000)
    assert enough.extra.value == pytest.approx(plain.extra.value)


def test_joint_intervals_are_those_of_the_mean_and_grow_with_their_number() -> None:
    """One column: 1.96 standard errors; twenty: as wide as Bonferroni asks; few blocks: none."""
    values = np.random.default_rng(2).normal(3, 2, size=(4000, 1))
    one = joint_means(values, np.random.default_rng(0))[0]
    many = joint_means(values, np.random.default_rng(0), compared=20)[0]
    half = (one.high - one.low) / 2
    assert half == pytest.approx(1.96 * 2 / np.sqrt(4000), rel=0.15)
    assert (many.high - many.low) / 2 == pytest.approx(half * 3.0233 / 1.96, rel=1e-3)
    few = joint_means(values, np.random.default_rng(0), np.arange(4000) % 4)[0]
    assert few.low is None


@pytest.mark.parametrize("blocks", [6, 12, 60])
def test_joint_intervals_hold_with_few_blocks(blocks: int) -> None:
    """Of means of rows that hang together by block, 19 in 20 lie in their interval, few blocks or not."""
    rng, held = np.random.default_rng(blocks), []
    of_row = np.repeat(np.arange(blocks), 3)
    for _ in range(6):
        rows = rng.normal(size=(blocks, 800))[of_row] + rng.normal(size=(3 * blocks, 800))
        found = joint_means(rows, rng, of_row)
        held += [one.low <= 0 <= one.high for one in found]
    assert 0.93 <= np.mean(held) <= 0.97
