"""The plan of an A/B test: known answers, laws, and what is promised is kept when it is played."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab.ab_trial import (
    Paired,
    conclude,
    group_limits,
    once_limits,
    peeking_limits,
    play,
    valid_limits,
)
from app.lab.always_valid import mixture_ratio
from app.lab.experiment import Design, design_effect, likeness
from app.lab.rehearsal import Guards, Steps, rehearse

TESTS = 1000


def _alike(icc: float, units: int = 300, size: int = 8) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    unit = np.repeat(np.arange(units), size)
    shared = rng.normal(scale=np.sqrt(icc), size=units)
    return shared[unit] + rng.normal(scale=np.sqrt(1 - icc), size=units * size), unit


@pytest.mark.parametrize("icc", [0.0, 0.1, 0.4])
def test_likeness_is_found_again(icc: float) -> None:
    """The correlation that was put in lies in the interval; the size of a unit is exact."""
    values, unit = _alike(icc)
    found = likeness(values, unit, np.random.default_rng(0))
    assert found.icc.low is not None
    assert found.icc.low - 0.01 <= icc <= found.icc.high + 0.01
    assert found.icc.value == pytest.approx(icc, abs=0.04)
    assert found.size == 8
    assert found.units == 300


def test_likeness_agrees_with_the_textbook() -> None:
    """Four units of three by hand: mean squares 18.083 and 1.25."""
    values = np.array([1.0, 2, 3, 4, 5, 6, 6, 7, 8, 5, 8, 8])
    unit = np.repeat(np.arange(4), 3)
    means = values.reshape(4, 3).mean(axis=1)
    between = 3 * ((means - values.mean()) ** 2).sum() / 3
    within = ((values.reshape(4, 3) - means[:, None]) ** 2).sum() / 8
    expected = (between - within) / (between + 2 * within)
    found = likeness(values, unit, np.random.default_rng(0))
    assert found.icc.value == pytest.approx(expected)
    assert found.icc.low is None


def test_single_decisions_are_not_alike() -> None:
    """Every decision its own unit: no correlation, design effect one."""
    found = likeness(np.arange(5.0), np.arange(5), np.random.default_rng(0))
    assert (found.icc.value, found.size, found.design_effect) == (0.0, 1.0, 1.0)


@given(st.floats(-1, 1), st.floats(1, 1e4))
def test_a_design_effect_is_at_least_one(icc: float, size: float) -> None:
    """And grows with size and likeness."""
    found = design_effect(icc, size)
    assert found >= 1
    assert design_effect(icc, size + 1) >= found
    assert design_effect(max(icc, 0) + 0.1, size + 1) > 1


def test_sample_size_agrees_with_the_formula_of_the_books() -> None:
    """Half a standard deviation, 5 % two-sided, 80 %: 63 to 64 in each arm (Lehr, Cohen)."""
    design = Design(1.0, 1.0, per_day=2.0)
    assert design.days_for(0.5) in (63, 64)
    assert float(design.power_at(np.array(0.5), 64)) == pytest.approx(0.80, abs=0.01)


def test_detectable_and_days_say_the_same() -> None:
    """After the days it takes to show an effect, that effect is detectable, and not a day before."""
    design = Design(2.0, 3.0, per_day=40.0, icc=0.05, fixed_size=4.0)
    days = design.days_for(0.2)
    assert days is not None
    assert design.detectable(np.array(days)) <= 0.2 < design.detectable(np.array(days - 1))


def test_groups_that_keep_coming_back_set_a_floor() -> None:
    """More days of the same groups stop helping; ten years are then not enough, and it says so."""
    design = Design(1.0, 1.0, per_day=100.0, icc=0.2, size_per_day=1.0)
    short, long = design.detectable(np.array([30.0, 3000.0]))
    floor = 2.8 * np.sqrt(4 * 0.2 / 100)
    assert long == pytest.approx(floor, rel=0.02)
    assert short < 1.15 * long
    assert design.days_for(0.5 * floor) is None


@given(st.floats(0.1, 10), st.floats(1, 1000), st.floats(0.05, 0.95))
def test_more_days_never_show_less(variance: float, per_day: float, share: float) -> None:
    """The smallest effect falls with time, and half and half is the best split."""
    design = Design(variance, variance, per_day, share_b=share)
    found = design.detectable(np.array([10.0, 20.0, 40.0]))
    assert (np.diff(found) <= 0).all()
    even = design.with_share(0.5).detectable(np.array([40.0]))
    assert even[0] <= found[-1] * (1 + 1e-12)


def _pairs(saving: float, grouped: bool, n: int = 6000, looks: int = 20) -> Paired:
    rng = np.random.default_rng(7)
    unit = rng.integers(0, 300, n) if grouped else np.arange(n)
    shared = rng.normal(scale=0.5, size=300)[unit] if grouped else 0.0
    cost = shared + rng.normal(size=n)
    return Paired(cost, cost - saving, unit, np.arange(n) * looks // n)


@pytest.mark.parametrize("grouped", [False, True])
def test_the_error_is_kept_under_looking_and_peeking_breaks_it(grouped: bool) -> None:
    """With equal arms one look, planned looks and always valid keep 5 %; daily peeking does not."""
    pairs = _pairs(0.0, grouped)
    equal = play(pairs, 0.5, TESTS, np.random.default_rng(1))[1]
    variance = float(np.nanmean(equal.variance[-1]))
    false = {
        "once": conclude(equal, once_limits(equal, 0.05)),
        "planned": conclude(equal, group_limits(equal, 0.05, 4)),
        "valid": conclude(equal, valid_limits(equal, 0.05, mixture_ratio(0.05) * variance)),
        "peek": conclude(equal, peeking_limits(equal, 0.05)),
    }
    rate = {key: float((one.sign != 0).mean()) for key, one in false.items()}
    assert max(rate["once"], rate["planned"]) < 0.075
    assert rate["valid"] <= 0.05
    assert rate["peek"] > 0.15


@pytest.mark.parametrize("grouped", [False, True])
def test_the_power_that_was_planned_is_the_power_that_is_played(grouped: bool) -> None:
    """The plan says how often a saving is shown; playing it a thousand times says the same."""
    probe = _pairs(0.0, grouped)
    alike = likeness(probe.cost_a, probe.unit, np.random.default_rng(0))
    variance = float(probe.cost_a.var())
    per_day = len(probe.unit) / probe.days
    size = alike.size / probe.days if grouped else 0.0
    design = Design(variance, variance, per_day, icc=alike.icc.value, size_per_day=size)
    saving = float(design.detectable(np.array(float(probe.days))))
    real = play(_pairs(saving, grouped), 0.5, TESTS, np.random.default_rng(2))[0]
    found = conclude(real, once_limits(real, 0.05))
    assert float((found.sign > 0).mean()) == pytest.approx(0.8, abs=0.06)
    looked = conclude(real, group_limits(real, 0.05, 4))
    assert float((looked.sign > 0).mean()) == pytest.approx(0.78, abs=0.06)
    assert looked.stopped.mean() < found.stopped.mean()


def test_one_way_concludes_savings_only() -> None:
    """Half of the false alarms of both ways, and never a loss, however large."""
    equal = play(_pairs(0.0, False), 0.5, TESTS, np.random.default_rng(1))[1]
    both = conclude(equal, once_limits(equal, 0.2))
    one = conclude(equal, once_limits(equal, 0.2), one_way=True)
    assert set(np.unique(one.sign)) == {0, 1}
    assert (one.sign > 0).sum() == (both.sign > 0).sum()
    worse = play(_pairs(-1.0, False), 0.5, 50, np.random.default_rng(1))[0]
    assert not conclude(worse, once_limits(worse, 0.05), one_way=True).sign.any()


def test_estimates_are_right_on_average() -> None:
    """The mean of all played savings is the truth, and their spread is what each test claims."""
    pairs = _pairs(0.1, True)
    real = play(pairs, 0.3, TESTS, np.random.default_rng(3))[0]
    last = real.saving[-1]
    assert pairs.saving == pytest.approx(0.1)
    assert last.mean() == pytest.approx(0.1, abs=4 * last.std() / np.sqrt(TESTS))
    assert float(np.sqrt(np.nanmean(real.variance[-1]))) == pytest.approx(last.std(), rel=0.1)


def test_the_same_seed_plays_the_same_tests() -> None:
    """Chance comes from the generator alone."""
    one, two = (play(_pairs(0.1, False), 0.5, 50, np.random.default_rng(5))[0] for _ in range(2))
    assert np.array_equal(one.saving, two.saving, equal_nan=True)


def _rehearsed(extra: float, acted: float, delay: int = 0) -> object:
    rng = np.random.default_rng(0)
    today = rng.normal(10, 3, 4000)
    canary = today + extra
    acts = (rng.random(4000) < acted).astype(float)
    steps = Steps((0.05, 0.25), 5, 2000.0)
    guards = Guards(1.0, 0.2, 0.2 * 0.8, 0.05, 0.05, delay)
    return rehearse(today, canary, acts, steps, guards, 300, rng)


def test_a_good_canary_goes_through_and_a_bad_one_is_taken_back() -> None:
    """Nothing wrong: nearly never taken back; a third dearer: always, within days, by its cost."""
    good, bad = _rehearsed(0.0, 0.2), _rehearsed(3.0, 0.2)
    assert good.caught.mean() < 0.05
    assert bad.caught.mean() > 0.99
    assert np.median(bad.day) <= 3
    assert bad.by_cost.all()


def test_labels_that_come_late_take_it_back_late() -> None:
    """Four days of delay are four days later, and more decisions exposed."""
    soon, late = _rehearsed(3.0, 0.2), _rehearsed(3.0, 0.2, delay=4)
    assert np.nanmedian(late.day) == pytest.approx(np.nanmedian(soon.day) + 4, abs=1)
    assert late.exposed.mean() > soon.exposed.mean()


def test_strange_actions_are_noticed_without_labels() -> None:
    """Acting on everything is seen at once, however late the costs are."""
    found = _rehearsed(0.0, 1.0, delay=100)
    assert found.caught.all()
    assert not found.by_cost.any()
    assert np.median(found.day) <= 2
