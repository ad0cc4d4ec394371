"""Detectors keep their promise about false pages, and see what they should."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from app.lab.watching import (
    Pages,
    Profile,
    compare_days,
    daily_tests,
    harmful_change,
    learn_shapes,
    page_by_day,
    page_by_evidence,
)
from app.lab.watching.dispersion import Usual
from app.lab.watching.e_values import e_value, sums
from app.lab.watching.shape_test import ratios
from app.lab.watching.share_test import share_p_value

PER_DAY = 300
BEFORE = 21


def _frame(days: int, rng: np.random.Generator, weekend: float = 0.0) -> pd.DataFrame:
    day = np.repeat(np.arange(days), PER_DAY)
    n = len(day)
    return pd.DataFrame(
        {
            "x": rng.normal(size=n) + weekend * (day % 7 >= 5),
            "z": np.where(rng.random(n) < 0.04, np.nan, rng.gamma(2, 1, n)),
            "c": rng.choice(["a", "b", "c"], n, p=[0.6, 0.3, 0.1]),
            "day": day,
        }
    )


def _names(first: int, days: int) -> tuple[str, ...]:
    start = np.datetime64("2025-01-06") + first
    return tuple(str(start + i) for i in range(days))


def _profiles(before: pd.DataFrame, now: pd.DataFrame) -> tuple[Profile, Profile]:
    inputs = ["x", "z", "c"]
    shapes = learn_shapes(before[inputs], before["day"].to_numpy())
    days = int(before["day"].max()) + 1, int(now["day"].max()) + 1
    return (
        Profile.of(before[inputs], shapes, before["day"].to_numpy(), _names(0, days[0])),
        Profile.of(now[inputs], shapes, now["day"].to_numpy(), _names(days[0], days[1])),
    )


def _pages(before: pd.DataFrame, now: pd.DataFrame, budget: float = 1.0) -> Pages:
    return compare_days(daily_tests(*_profiles(before, now)), budget)


def test_false_pages_stay_within_the_budget() -> None:
    """Over 20 quiet streams of 30 days: fewer pages than the budget, by each detector and both."""
    by_day = by_evidence = both = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        tests = daily_tests(*_profiles(_frame(BEFORE, rng), _frame(30, rng)))
        by_day += page_by_day(tests, 1.0).count
        by_evidence += page_by_evidence(tests, 30.0).count
        both += compare_days(tests, 1.0).count
    # 20 pages are allowed; a rate of one a month would exceed 30 in two runs of a hundred.
    assert by_day <= 30
    assert by_evidence <= 20
    assert both <= 20
    tight = page_by_day(tests, 0.01)
    assert tight.limit > page_by_day(tests, 1.0).limit
    assert "30 days" in tight.promise


def test_each_change_of_an_input_is_seen_and_named() -> None:
    """Within three days, the right column and signal come first, with a value past its limit."""
    rng = np.random.default_rng(5)
    before = _frame(BEFORE, rng)

    def struck(change: str) -> pd.DataFrame:
        now = _frame(14, np.random.default_rng(6))
        late = (now["day"] >= 7).to_numpy()
        some = late & (np.random.default_rng(7).random(len(now)) < 0.06)
        if change == "shift":
            now["x"] += 0.4 * late
        elif change == "holes":
            now["z"] = now["z"].mask(some)
        elif change == "new":
            now["c"] = now["c"].mask(some, "new")
        elif change == "unit":
            now["z"] *= np.where(late, 1.8, 1.0)
        elif change == "infinite":
            now["x"] = now["x"].mask(some, np.inf)
        elif change == "half":
            now = now[~late | (np.arange(len(now)) % 2 == 0)]
        return now.reset_index(drop=True)

    expected = {
        "shift": ("x", "distribution"),
        "holes": ("z", "missing"),
        "new": ("c", "unseen"),
        "unit": ("z", "distribution"),
        "infinite": ("x", "infinite"),
        "half": ("", "volume"),
    }
    for change, key in expected.items():
        pages = _pages(before, struck(change))
        assert pages.first_day is not None, change
        assert 7 <= pages.first_day <= 10, change
        first = pages.changes[0]
        assert (first.column, first.signal) == key, change
        assert 0 < first.size <= 1, change
        beyond = (
            first.value < first.threshold if change == "half" else first.value > first.threshold
        )
        assert beyond, change


def test_weights_rank_but_do_not_silence() -> None:
    """The same pages with other weights; only impact and order change."""
    rng = np.random.default_rng(8)
    before, now = _frame(BEFORE, rng), _frame(7, rng)
    now["x"] += 0.5
    now["c"] = now["c"].mask(now.index % 3 == 0, "c")
    tests = daily_tests(*_profiles(before, now))
    plain = compare_days(tests)
    weighted = compare_days(tests, weights={"x": 0.0, "c": 5.0})
    assert (plain.paged == weighted.paged).all()
    assert {c.column for c in weighted.changes} == {c.column for c in plain.changes} >= {"x", "c"}
    assert weighted.changes[0].column == "c"
    assert [c.impact for c in weighted.changes if c.column == "x"] == [0.0] * sum(
        c.column == "x" for c in weighted.changes
    )


def test_weekdays_are_no_news() -> None:
    """A strong weekly pattern pages nobody when the reference has it, and a change still does."""
    rng = np.random.default_rng(9)
    before, now = _frame(28, rng, weekend=1.5), _frame(14, rng, weekend=1.5)
    reference, current = _profiles(before, now)
    tests = daily_tests(reference, current)
    assert any(s.seasonal for s in tests.signals if s.key == ("x", "distribution"))
    assert compare_days(tests).count == 0
    now["x"] += 0.5 * (now["day"] >= 7)
    assert _pages(before, now).first_day in {7, 8}


def test_days_that_differ_by_themselves_are_no_news() -> None:
    """Where quiet days already differ more than chance, the limit is as wide as they are."""
    rng = np.random.default_rng(10)
    before, now = _frame(28, rng), _frame(14, rng)
    for frame in (before, now):
        frame["x"] += rng.normal(0, 0.4, int(frame["day"].max()) + 1)[frame["day"]]
    tests = daily_tests(*_profiles(before, now))
    signal = next(s for s in tests.signals if s.key == ("x", "distribution"))
    assert page_by_day(tests, 1.0).count <= 1
    assert (signal.p_value < 1e-4).sum() == 0
    now["x"] += 4.0 * (now["day"] >= 10)
    assert _pages(before, now).first_day == 10


def test_without_days_one_batch_is_compared() -> None:
    """One chunk on each side: quiet draws do not page, a shift does."""
    rng = np.random.default_rng(11)
    shapes = learn_shapes(_frame(10, rng)[["x", "c"]])
    side = [Profile.of(_frame(10, rng), shapes) for _ in range(2)]
    assert not compare_days(daily_tests(*side)).paged.any()
    moved = _frame(10, rng).assign(x=lambda f: f["x"] + 0.2)
    assert compare_days(daily_tests(side[0], Profile.of(moved, shapes))).paged.all()


def test_the_chi_squared_of_days_is_the_known_one() -> None:
    """With rows enough in every bin it is Pearson's; with few, bins are joined, never rows lost."""
    base, today = np.array([[400.0, 300.0, 300.0]]), np.array([[50.0, 20.0, 40.0]])
    ratio, freedom = ratios(base, today, True)
    told = stats.chi2_contingency(np.vstack([base, today]), correction=False)
    assert freedom[0] == 2
    assert ratio[0] * 2 == pytest.approx(told.statistic)
    few, joined = ratios(base, np.array([[10.0, 4.0, 4.0]]), True)
    assert joined[0] == 1
    assert np.isfinite(few[0])
    assert np.isnan(ratios(base, np.array([[3.0, 1.0, 1.0]]), True)[0][0])


def test_tails_of_shares_are_those_of_the_field() -> None:
    """Near the hypergeometric tail, for rare and common events, rising and falling."""
    cases = ((6, 500, 20, 9000), (90, 300, 1800, 9000), (0, 500, 90, 9000), (210, 300, 5400, 9000))
    for k, n, events, rows in cases:
        found = float(share_p_value(k, n, events, rows, Usual(), rises_only=False))
        above = stats.hypergeom.sf(k - 1, n + rows, events + k, n)
        below = stats.hypergeom.cdf(k, n + rows, events + k, n)
        twice = min(1.0, 2 * min(above, below))
        assert twice * 0.8 <= found <= twice * 1.25, (k, found, twice)
    assert float(share_p_value(0, 0, 3, 100, Usual(), True)) == 1.0


def test_an_e_value_wins_nothing_on_average() -> None:
    """Its mean under a uniform p value is at most 1, and it falls as the p value rises."""
    mean = integrate.quad(lambda u: np.exp(float(e_value(np.exp(-u))) - u), 0, 600, limit=400)[0]
    assert 0.95 < mean <= 1.0 + 1e-6
    grid = e_value(np.array([1e-9, 1e-3, 0.1, 0.5, 0.99, 0.9999, 1.0]))
    assert (np.diff(grid) < 0).all()
    assert np.exp(grid[-1]) == pytest.approx(0.5)


def test_the_sum_pages_no_sooner_than_promised() -> None:
    """Mean days to a page over uniform p values is at least the run length, for several bets."""
    rng = np.random.default_rng(12)
    log_e = e_value(rng.random((20_000, 4)))
    total, parts = sums(log_e, np.full(4, -np.log(4)), float(np.log(50)))
    pages = (total >= np.log(50)).sum()
    assert pages <= 20_000 / 50
    assert total[0] == pytest.approx(np.logaddexp.reduce(parts[0]))


def test_harm_is_told_from_change() -> None:
    """A rise of the loss pages soon; a steady or better loss never, and is called harmless."""
    rng = np.random.default_rng(13)
    reference = rng.beta(2, 8, 20 * PER_DAY)
    day = np.repeat(np.arange(14), PER_DAY)
    steady = rng.beta(2, 8, len(day))
    quiet = harmful_change(reference, steady, day, 14)
    assert (quiet.first_day, quiet.verdict) == (None, "harmless")
    worse = np.where(day >= 7, rng.beta(3, 8, len(day)), steady)
    found = harmful_change(reference, worse, day, 14)
    assert found.verdict == "harmful"
    assert found.first_day in {7, 8}
    assert found.excess.low is not None
    assert found.excess.low > 0
    assert harmful_change(reference, steady * 0.5, day, 14).first_day is None
    few = harmful_change(reference, steady[:40], day[:40], 14)
    assert few.verdict == "not yet known"
    unknown = np.where(day < 13, worse, np.nan)
    assert harmful_change(reference, unknown, day, 14).first_day == found.first_day
    with pytest.raises(ValueError, match="at least 30"):
        harmful_change(reference[:9], steady, day, 14)


def test_bets_on_the_loss_keep_their_run_length() -> None:
    """Over 3,000 quiet days at the edge of the tolerance, at most the promised share pages."""
    rng = np.random.default_rng(14)
    reference = rng.beta(2, 8, 50_000)
    loss = rng.beta(2, 8, 3000 * 20)
    found = harmful_change(reference, loss, np.repeat(np.arange(3000), 20), 3000, tolerance=0.0)
    assert (found.wealth >= found.limit).sum() <= 3000 / 100
