"""Metrics by group: known answers, another library's numbers, and intervals that hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, mean_absolute_error, precision_score, recall_score

from app.lab.clustered import difference, ratio, weighted
from app.lab.cost import BinaryCosts
from app.lab.disaggregation import disaggregate, group_calibration, too_small
from app.lab.group_metric import metrics_for
from app.lab.group_threshold import own_thresholds
from app.lab.groups import MISSING, OTHERS, groups_of
from app.lab.outcomes import Outcomes
from app.lab.proportion import wilson
from app.lab.ranking import ndcg


def binary(n: int = 2000, seed: int = 0, harder: float = 0.0) -> tuple[Outcomes, np.ndarray]:
    """Rows of three groups; in the third the score knows less."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 3, n)
    truth = rng.random(n)
    y = (rng.random(n) < truth).astype(float)
    noise = harder * (group == 2)
    p = np.clip(truth * (1 - noise) + noise * rng.random(n), 0, 1)
    cost = np.where(p >= 0.5, 1 - y, 3 * y)
    return Outcomes("binary", y, p, p >= 0.5, cost, np.arange(n)), group


def masks(group: np.ndarray) -> dict[str, np.ndarray]:
    """One mask a number."""
    return {f"g{k}": group == k for k in np.unique(group)}


def test_metrics_are_those_of_sklearn_group_by_group() -> None:
    """Every rate of every group is what scikit-learn computes on these rows."""
    o, group = binary(harder=0.6)
    found = disaggregate(o, masks(group))
    for k in range(3):
        rows = group == k
        y, acts = o.y[rows], o.acts[rows]
        tn, fp, _, _ = confusion_matrix(y, acts).ravel()
        expected = {
            "base_rate": y.mean(),
            "selection_rate": acts.mean(),
            "precision": precision_score(y, acts),
            "recall": recall_score(y, acts),
            "false_alarm_rate": fp / (fp + tn),
            "calibration_gap": (o.prediction[rows] - y).mean(),
            "cost": o.cost[rows].mean(),
        }
        for key, value in expected.items():
            told = found.value(f"g{k}", key)
            assert told.value == pytest.approx(value), key
            assert told.low < told.value < told.high
        assert found.value(f"g{k}", "recall").n == int(y.sum())


def test_gaps_are_those_of_fairlearn() -> None:
    """Parity differences and ratios follow fairlearn: max minus min, min over max, of groups."""
    o, group = binary(harder=0.6)
    found = disaggregate(o, masks(group))
    selection = [o.acts[group == k].mean() for k in range(3)]
    caught = [recall_score(o.y[group == k], o.acts[group == k]) for k in range(3)]
    parity, opportunity = found.gap("selection_rate"), found.gap("recall")
    assert parity.difference.value == pytest.approx(max(selection) - min(selection))
    assert parity.ratio.value == pytest.approx(min(selection) / max(selection))
    assert opportunity.difference.value == pytest.approx(max(caught) - min(caught))
    assert opportunity.low == f"g{int(np.argmin(caught))}"
    assert parity.ratio.low < parity.ratio.value < parity.ratio.high


def test_gaps_are_the_numbers_of_fairlearn() -> None:
    """The four gaps of fairlearn 0.12.0 on the same rows, to the last digit."""
    o, group = binary(3000, harder=0.7)
    found = disaggregate(o, masks(group))
    parity, opportunity = found.gap("selection_rate"), found.gap("recall")
    alarms = found.gap("false_alarm_rate").difference.value
    assert parity.difference.value == pytest.approx(0.028706944284833724, abs=1e-12)
    assert parity.ratio.value == pytest.approx(0.942179332867592, abs=1e-12)
    assert opportunity.difference.value == pytest.approx(0.1946222890539011, abs=1e-12)
    odds = max(opportunity.difference.value, alarms)
    assert odds == pytest.approx(0.2251390028256312, abs=1e-12)


def test_numbers_classes_and_lists_have_theirs() -> None:
    """Bias and absolute error of numbers, accuracy and coverage of classes, nDCG of lists."""
    rng = np.random.default_rng(1)
    n = 600
    group = rng.integers(0, 2, n)
    y = rng.normal(size=n)
    p = y + rng.normal(size=n) + group
    numbers = Outcomes("regression", y, p, np.zeros(n, bool), np.abs(p - y), np.arange(n))
    found = disaggregate(numbers, masks(group))
    assert found.value("g1", "bias").value == pytest.approx((p - y)[group == 1].mean())
    assert found.value("g0", "absolute_error").value == pytest.approx(
        mean_absolute_error(y[group == 0], p[group == 0])
    )
    assert found.gap("bias").proven
    probabilities = rng.dirichlet([1, 1, 1], n)
    y3 = rng.integers(0, 3, n).astype(float)
    sure = probabilities.max(axis=1) > 0.5
    classes = Outcomes("multiclass", y3, probabilities, sure, np.ones(n), np.arange(n))
    told = disaggregate(classes, masks(group))
    right = probabilities.argmax(axis=1) == y3
    assert told.value("g0", "accuracy").value == pytest.approx(right[group == 0].mean())
    assert told.value("g0", "precision").value == pytest.approx(right[(group == 0) & sure].mean())
    queries = np.arange(n) // 6
    of_list = (queries % 2).astype(int)
    grades = rng.integers(0, 3, n).astype(float)
    lists = Outcomes("ranking", grades, p, p > 1, np.ones(n), queries, "list", queries)
    ranked = disaggregate(lists, masks(of_list))
    values = ndcg(grades, p, queries, 10)
    expected = np.nanmean(values[np.arange(len(values)) % 2 == 1])
    assert ranked.value("g1", "ndcg").value == pytest.approx(expected)
    assert ranked.value("g1", "ndcg").n == int(np.isfinite(values[1::2]).sum())


def test_too_few_rows_get_no_number() -> None:
    """Below 30 rows, or 10 counted ones, nothing is said, and nothing is compared."""
    o, _ = binary(500)
    groups = {"tiny": np.arange(500) < 20, "large": np.arange(500) >= 20}
    found = disaggregate(o, groups)
    tiny = found.value("tiny", "recall")
    assert too_small(tiny)
    assert np.isnan(tiny.value)
    assert tiny.low is None
    assert found.gaps == ()
    assert np.isnan(found.against_rest("tiny", "cost").p_value)
    quiet = Outcomes("binary", np.zeros(500), o.prediction, o.acts, o.cost, o.blocks)
    assert too_small(disaggregate(quiet, groups).value("large", "recall"))
    assert not too_small(disaggregate(quiet, groups).value("large", "false_alarm_rate"))


def test_independent_rows_get_the_plain_wilson_interval() -> None:
    """With every row its own block a share has exactly Wilson's interval."""
    rng = np.random.default_rng(2)
    v = (rng.random(300) < 0.13).astype(float)
    mine = weighted(v, np.ones(300), np.ones(300, bool), np.arange(300), share=True).estimate()
    theirs = wilson(v.sum(), 300)
    assert (mine.low, mine.high) == pytest.approx((theirs.low, theirs.high))


def test_alike_rows_in_a_block_widen_the_interval() -> None:
    """Each row ten times over says no more than once."""
    rng = np.random.default_rng(3)
    v = (rng.random(200) < 0.3).astype(float)
    once = weighted(v, np.ones(200), np.ones(200, bool), np.arange(200), share=True).estimate()
    many = weighted(
        np.repeat(v, 10), np.ones(2000), np.ones(2000, bool), np.repeat(np.arange(200), 10), True
    ).estimate()
    assert many.high - many.low == pytest.approx(once.high - once.low, rel=0.03)


@pytest.mark.parametrize("blocked", [False, True])
def test_no_gap_is_proven_where_there_is_none(blocked: bool) -> None:
    """Groups that are alike give a proven gap in about one of twenty data sets, also with days."""
    false = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        n, days = 600, 60
        day = rng.integers(0, days, n) if blocked else np.arange(n)
        mood = rng.normal(size=n)[day] if blocked else np.zeros(n)
        y = (rng.random(n) < 1 / (1 + np.exp(-mood))).astype(float)
        # In half of the days one group is seen more often: what days share must not count twice.
        group = (
            (rng.random(n) < np.where(day % 2 == 0, 0.7, 0.3)).astype(int)
            if blocked
            else (rng.integers(0, 2, n))
        )
        acts = rng.random(n) < 0.5
        o = Outcomes("binary", y, np.full(n, 0.5), acts, y, day, "day" if blocked else "row")
        false += bool(disaggregate(o, masks(group)).proven)
    assert false <= 13


def test_a_true_gap_lies_in_its_interval() -> None:
    """The interval of the difference of two shares holds the truth in about 95 of 100."""
    inside = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        v = np.r_[rng.random(120) < 0.1, rng.random(80) < 0.3].astype(float)
        first = np.arange(200) < 120
        a = weighted(v, np.ones(200), ~first, np.arange(200), share=True)
        b = weighted(v, np.ones(200), first, np.arange(200), share=True)
        apart, p = difference(a, b)
        inside += apart.low <= 0.2 <= apart.high
        assert (p < 0.05) == (not apart.low <= 0 <= apart.high)
    assert 275 <= inside <= 296


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 10_000))
def test_intervals_hold_their_value(hits: int, others: int, seed: int) -> None:
    """Whatever the counts, also none and all: low <= value <= high, for difference and ratio too."""
    rng = np.random.default_rng(seed)
    v = np.r_[np.arange(60) < hits, np.arange(60) < others].astype(float)
    first = np.arange(120) < 60
    order = rng.permutation(120)
    codes = np.arange(120) // int(rng.integers(1, 6))
    a = weighted(v[order], np.ones(120), first[order], codes, share=True)
    b = weighted(v[order], np.ones(120), ~first[order], codes, share=True)
    apart, p = difference(a, b)
    assert apart.low - 1e-12 <= apart.value <= apart.high + 1e-12
    assert 0 <= p <= 1
    back, _ = difference(b, a)
    assert (back.low, back.high) == pytest.approx((-apart.high, -apart.low))
    low, high = sorted((a, b), key=lambda one: one.value)
    times = ratio(low, high)
    if times.low is not None:
        assert 0 <= times.low <= times.value + 1e-9 <= times.high + 2e-9


def test_columns_become_groups() -> None:
    """Numbers in bands, rare levels together, dates in spans, what is missing on its own."""
    rng = np.random.default_rng(4)
    age = pd.Series(np.where(rng.random(400) < 0.1, np.nan, rng.integers(18, 90, 400)))
    bands = groups_of(age)
    assert len(bands) == 5
    assert bands[MISSING].sum() == age.isna().sum()
    many = pd.Series([f"text {i}" for i in range(100_000)])
    levels = groups_of(many)
    assert len(levels) == 9
    assert levels[OTHERS].sum() == 100_000 - 8
    few = groups_of(pd.Series([1.0, 0.0, np.nan, 1.0]))
    assert list(few) == ["0", "1", MISSING]
    named = groups_of(pd.Series(["missing", None, "x"]))
    assert set(named) == {"“missing”", "x", MISSING}
    spans = groups_of(pd.Series(pd.date_range("2024-01-01", periods=400, freq="D")))
    assert list(spans) == ["2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1"]
    assert list(groups_of(pd.Series([None, None], dtype=object))) == [MISSING]
    assert list(groups_of(pd.Series([7.0] * 5))) == ["7"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.floats(allow_infinity=False, allow_nan=True), st.integers(-9, 9)),
        min_size=1,
        max_size=60,
    )
)
def test_every_row_stands_in_one_group(values: list[float | None]) -> None:
    """The groups of a column are disjoint and hold all the rows."""
    groups = groups_of(pd.Series(values, dtype=float))
    assert (np.sum(list(groups.values()), axis=0) == 1).all()


def test_an_own_threshold_saves_only_where_the_group_differs() -> None:
    """A group whose scores are shifted gains by its own threshold; the others gain nothing."""
    rng = np.random.default_rng(5)
    n = 6000
    group = rng.integers(0, 3, n)
    truth = rng.random(n)
    y = (rng.random(n) < truth).astype(float)
    p = np.where(group == 2, truth**3, truth)
    costs = BinaryCosts(false_alarm=1.0, miss=1.0)
    o = Outcomes("binary", y, p, p >= 0.5, np.zeros(n), np.arange(n))
    found = own_thresholds(o, masks(group), costs, 0.5, rng)
    assert [one.proven for one in found] == [False, False, True]
    assert found[2].threshold == pytest.approx(0.125, abs=0.08)
    assert found[2].saving.low > 0
    # Judged on the rows it was chosen on, every group would seem to gain.
    assert found[0].saving.value < 0.01


def test_an_own_threshold_is_judged_on_rows_it_was_not_chosen_on() -> None:
    """Where the common threshold is right, searching for another saves nothing, on average."""
    saved = []
    for seed in range(25):
        o, group = binary(600, seed=seed)
        costs = BinaryCosts(false_alarm=1.0, miss=1.0)
        found = own_thresholds(o, masks(group), costs, 0.5, np.random.default_rng(seed))
        saved += [one.saving.value for one in found]
    # Judged on the rows it was chosen on, it would save in every single group.
    assert np.mean(saved) < 0


def test_calibration_of_a_group_that_is_too_small_is_left_out() -> None:
    """Fewer than ten rows a bin draw no calibration; enough do."""
    o, group = binary(900)
    assert group_calibration(o, np.arange(900) < 30) == ()
    bins = group_calibration(o, group == 1)
    assert len(bins) == 5
    assert sum(b.observed.n for b in bins) == int((group == 1).sum())


@pytest.mark.parametrize("form", ["binary", "multiclass", "regression", "ranking"])
def test_every_metric_explains_itself(form: str) -> None:
    """Every metric of every kind has a title and one sentence."""
    assert metrics_for(form)
    assert all(m.title and m.explanation.endswith(".") for m in metrics_for(form))
