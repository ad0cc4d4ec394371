"""Net benefit, maps of probabilities and learning curves agree with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression

from app.lab.conformal import split_conformal
from app.lab.cost import BinaryCosts, best_threshold, binary_cost
from app.lab.decision_curve import act_always, net_benefit
from app.lab.learning_curve import LearningCurve, extrapolate, learning_curve, power_law
from app.lab.recalibration import choose_map, fit_map, log_odds
from app.lab.splits import Fold


def _drawn(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 4, n)
    return (rng.random(n) < p).astype(float), p


def test_net_benefit_is_its_definition() -> None:
    """Hits a row less false alarms a row at the odds of the threshold, ties included."""
    y, p = _drawn(500)
    p = np.round(p, 2)
    thresholds = np.array([0.05, 0.1, 0.33, 0.6])
    expected = []
    for t in thresholds:
        acts = p >= t
        hits, alarms = (acts & (y == 1)).mean(), (acts & (y == 0)).mean()
        expected.append(hits - alarms * t / (1 - t))
    assert net_benefit(y, p, thresholds) == pytest.approx(expected)
    assert act_always(y, thresholds) == pytest.approx(
        [y.mean() - (1 - y.mean()) * t / (1 - t) for t in thresholds]
    )


def test_net_benefit_ranks_like_money() -> None:
    """At the break-even of the costs, net benefit is the saving against doing nothing."""
    y, p = _drawn(2000, 1)
    costs = BinaryCosts(false_alarm=1, miss=4)
    even = 1 / 5
    saved = binary_cost(y, np.zeros(len(y), bool), costs) - binary_cost(y, p >= even, costs)
    assert saved.mean() == pytest.approx(4 * net_benefit(y, p, np.array([even]))[0])


def test_costs_by_row_move_the_threshold() -> None:
    """When the misses that cost most have the highest probabilities, acting less is enough."""
    y, p = _drawn(4000, 2)
    costs = BinaryCosts(false_alarm=1, miss=4)
    flat = best_threshold(y, p, costs)
    same = best_threshold(y, p, costs, miss=np.full(len(y), 4.0))
    dear = best_threshold(y, p, costs, miss=np.where(p > 0.5, 4.0, 0.5))
    assert same == flat
    assert dear.value > flat.value


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_maps_are_those_of_scikit_learn(method: str) -> None:
    """A map of given scores is that of CalibratedClassifierCV on the same scores."""
    y, p = _drawn(3000, 3)
    score = log_odds(p).reshape(-1, 1) * 2 + 1
    fixed = LogisticRegression(C=1e12).fit(score, y)
    found = fit_map(method, y, fixed.predict_proba(score)[:, 1])
    from sklearn.frozen import FrozenEstimator

    peer = CalibratedClassifierCV(FrozenEstimator(fixed), method=method).fit(score, y)
    mine = found.apply(fixed.predict_proba(score)[:, 1])
    assert np.abs(mine - peer.predict_proba(score)[:, 1]).mean() < 0.004


def test_a_map_is_chosen_where_it_pays_and_left_where_not() -> None:
    """Overconfident probabilities get a map; honest ones are left alone."""
    y, p = _drawn(6000, 4)
    parts = np.arange(6000) % 5
    assert choose_map(y, expit(3 * log_odds(p)), parts).method != ""
    assert choose_map(y, p, parts).method == ""
    assert choose_map(y[:100], p[:100], parts[:100]).method == ""


def test_forward_maps_only_look_back() -> None:
    """In time a map is judged on later parts: what comes after cannot help it."""
    y, p = _drawn(6000, 5)
    parts = np.arange(6000) // 1500
    told = np.where(parts < 2, expit(3 * log_odds(p)), p)
    assert choose_map(y, told, parts, forward=True).method == ""


@pytest.mark.parametrize("steepness", [0.3, 0.5, 1.0])
def test_a_power_law_is_found_again(steepness: float) -> None:
    """Scores that follow a power law are extended along it."""
    sizes = np.array([100.0, 200, 400, 700, 1000])
    clean = power_law(sizes / 1000, 0.9, -0.05, steepness)
    rng = np.random.default_rng(0)
    curve = LearningCurve(sizes, clean + rng.normal(scale=1e-4, size=(6, 1)), 200.0)
    found = extrapolate(curve, 2.0, rng)
    truth = power_law(np.array([2.0]), 0.9, -0.05, steepness)[0] - 0.85
    assert found is not None
    assert found.value == pytest.approx(truth, rel=0.1)
    assert found.low <= found.value <= found.high


def test_what_twice_the_rows_bring_lies_in_the_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    """With three folds the interval holds the truth nineteen times in twenty, as it says."""
    monkeypatch.setattr("app.lab.learning_curve.ROUNDS", 60)
    sizes = np.array([100.0, 200, 400, 700, 1000])
    clean = power_law(sizes / 1000, 0.9, -0.05, 0.5)
    truth = power_law(np.array([2.0]), 0.9, -0.05, 0.5)[0] - 0.85
    rng, held = np.random.default_rng(0), []
    for _ in range(24):
        noisy = clean + rng.normal(scale=2e-3, size=(3, 5))
        found = extrapolate(LearningCurve(sizes, noisy, 1.0), 2.0, rng)
        held.append(found is not None and found.low <= truth <= found.high)
    assert np.mean(held) >= 0.9


def test_shared_rows_widen_the_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folds that check a quarter of what they train on are half as much wider again with five."""
    monkeypatch.setattr("app.lab.learning_curve.ROUNDS", 40)
    sizes = np.array([100.0, 200, 400, 800])
    scores = power_law(sizes / 800, 0.9, -0.05, 0.5) + np.random.default_rng(1).normal(
        scale=1e-3, size=(5, 4)
    )
    widths = []
    for checked in (0.0, 200.0):
        rng = np.random.default_rng(2)
        found = extrapolate(LearningCurve(sizes, scores, checked), 2.0, rng)
        assert found is not None
        widths.append(found.high - found.low)
    assert widths[1] / widths[0] == pytest.approx(1.5)


def test_too_few_folds_or_sizes_say_nothing() -> None:
    """Three sizes or two folds are no ground to look beyond."""
    rng = np.random.default_rng(0)
    assert (
        extrapolate(LearningCurve(np.array([1.0, 2, 3]), rng.random((5, 3)), 1.0), 2, rng) is None
    )
    assert extrapolate(LearningCurve(np.arange(1.0, 6), rng.random((2, 5)), 1.0), 2, rng) is None


def test_the_latest_rows_come_first_and_lists_stay_whole() -> None:
    """A shorter past is the latest one; a list is never cut in two."""
    seen: list[np.ndarray] = []

    def score(train: np.ndarray, check: np.ndarray) -> float:
        seen.append(train)
        return float(len(train))

    folds = (Fold(np.arange(1000), np.arange(1000, 1100)),)
    rng = np.random.default_rng(0)
    curve = learning_curve(folds, None, True, score, rng)
    assert seen[0].min() == 940
    assert curve.sizes.tolist() == [60, 120, 250, 500, 1000]
    seen.clear()
    learning_curve(folds, np.arange(1100) // 10, False, score, rng)
    assert {len(np.unique(part // 10)) for part in seen} == {6, 12, 25, 50, 100}


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_intervals_hold_for_the_next_row(level: float) -> None:
    """Over many draws the next outcome lies inside at least as often as promised, hardly more."""
    rng = np.random.default_rng(6)
    held = []
    for _ in range(4000):
        errors = rng.standard_exponential(60) - 1
        band = split_conformal(errors[:59], level)
        assert band is not None
        low, high = band.ends(np.zeros(1))
        held.append(low[0] <= errors[59] <= high[0])
    assert level - 0.02 < np.mean(held) < level + 2 / 60 + 0.02


def test_too_few_rows_give_no_interval() -> None:
    """Ten rows cannot tell where 95 of 100 lie."""
    assert split_conformal(np.arange(10.0), 0.95) is None
