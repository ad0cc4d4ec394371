"""Planted slices are found first and proven on unseen rows; noise is not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from app.lab.condition import Condition
from app.lab.slices import (
    Slice,
    SliceSearch,
    compare_in,
    find_slices,
    measure_in,
    search_slices,
)

SEEDS = 100
ROWS = 6000


def _mixed(rng: np.random.Generator, n: int = ROWS) -> pd.DataFrame:
    """Twelve columns: numbers with and without ties, skewed and correlated, levels, holes."""
    shared = rng.normal(size=n)
    return pd.DataFrame(
        {
            "a": rng.normal(size=n),
            "b": 0.7 * shared + 0.7 * rng.normal(size=n),
            "c": shared,
            "money": rng.lognormal(3, 1, n).round(2),
            "hour": rng.integers(0, 24, n),
            "count": rng.poisson(3, n),
            "gappy": np.where(rng.random(n) < 0.1, np.nan, rng.uniform(0, 90, n)),
            "place": rng.choice(["north", "south", "east", "west"], n),
            "carrier": rng.choice([f"C{i}" for i in range(12)], n, p=_falling(12)),
            "flag": rng.random(n) < 0.4,
            "kind": pd.Categorical(rng.choice(list("abcdefg"), n)),
            "late": rng.integers(0, 2, n),
        }
    )


def _falling(count: int) -> np.ndarray:
    weights = 1 / np.arange(1, count + 1)
    return weights / weights.sum()


def _part(rng: np.random.Generator, series: pd.Series, share: float) -> np.ndarray:
    """Rows of about a share: a tail, a middle, or some levels."""
    if pd.api.types.is_numeric_dtype(series) and series.nunique() > 2:
        values = series.to_numpy(dtype=float)
        low = rng.choice([0.0, 1 - share, rng.uniform(0, 1 - share)])
        ends = np.nanquantile(values, [low, min(1.0, low + share)])
        return (values >= ends[0]) & (values <= ends[1])
    levels = list(rng.permutation(np.array(series.unique(), dtype=object)))
    wanted = [levels.pop()]
    while levels and series.isin([*wanted, levels[-1]]).mean() <= share:
        wanted.append(levels.pop())
    return series.isin(wanted).to_numpy(dtype=bool)


def _planted(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[set[str], np.ndarray]:
    """One to three conditions that 4 to 10 % of the rows meet."""
    while True:
        count = int(rng.integers(1, 4))
        columns = rng.choice(frame.columns, count, replace=False)
        share = rng.uniform(0.04, 0.10) ** (1 / count)
        parts = [_part(rng, frame[name], share) for name in columns]
        mask = np.all(parts, axis=0)
        # Each condition must leave something out, or there are fewer than it says.
        if 0.04 <= mask.mean() <= 0.10 and max(part.mean() for part in parts) < 0.7:
            return set(columns), mask


def _is_it(found: Slice, columns: set[str], mask: np.ndarray, frame: pd.DataFrame) -> bool:
    told = found.mask(frame)
    jaccard = (told & mask).sum() / (told | mask).sum()
    return bool({c.column for c in found.conditions} == columns and jaccard >= 0.5)


def test_a_planted_slice_comes_first() -> None:
    """In at least 90 of 100 tables, the first slice names the right columns and most of the rows."""
    right = covered = 0
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        frame = _mixed(rng)
        columns, mask = _planted(rng, frame)
        excess = rng.uniform(0.22, 0.3)
        wrong = rng.random(len(frame)) < rng.uniform(0.05, 0.2) + excess * mask
        found = search_slices(frame, wrong.astype(float), np.random.default_rng(seed)).confirmed
        if found and _is_it(found[0], columns, mask, frame):
            right += 1
            here = found[0].unseen & found[0].mask(frame)
            # The effect that these very rows can have: their edges are not quite the planted ones.
            truth = excess * (mask[here].mean() - mask[found[0].unseen & ~here].mean())
            covered += found[0].excess.low <= truth <= found[0].excess.high
    assert right >= 90
    assert covered >= 0.9 * right


@pytest.mark.parametrize("loss", ["error", "exponential"])
def test_without_a_slice_hardly_one_is_reported(loss: str) -> None:
    """In at most 2 of 40 tables without one, a slice is confirmed."""
    reported = 0
    for seed in range(40):
        rng = np.random.default_rng(10_000 + seed)
        frame = _mixed(rng, 2500)
        values = rng.exponential(size=2500) if loss == "exponential" else rng.random(2500) < 0.15
        found = search_slices(frame, values.astype(float), np.random.default_rng(seed))
        reported += bool(found.confirmed)
    assert reported <= 2


def _frame(rng: np.random.Generator, n: int = 4000) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "place": rng.choice(["north", "south", "east", "west"], n),
            "size": rng.normal(size=n),
            "age": np.where(rng.random(n) < 0.1, np.nan, rng.uniform(0, 90, n)),
        }
    )


def test_a_planted_slice_is_found_with_its_size() -> None:
    """A costly corner comes out first, with an interval that holds about the truth."""
    rng = np.random.default_rng(0)
    frame = _frame(rng)
    planted = ((frame["place"] == "north") & (frame["size"] > 0.3)).to_numpy()
    loss = rng.exponential(size=len(frame)) + 4.0 * planted
    best = find_slices(frame, loss, np.random.default_rng(1))[0]
    assert best.words.startswith("place is north and size > 0.")
    assert best.confirmed
    assert best.excess.low - 0.5 < 4.0 < best.excess.high + 0.5


def test_numbers_come_from_the_unseen_half_only() -> None:
    """n, losses, effect, interval and p value can be recomputed from the unseen rows (SciPy's Welch)."""
    rng = np.random.default_rng(2)
    frame = _frame(rng)
    loss = rng.exponential(size=4000) + 1.0 * (frame["place"] == "east").to_numpy()
    best = search_slices(frame, loss, np.random.default_rng(3)).confirmed[0]
    inside = loss[best.unseen & best.mask(frame)]
    outside = loss[best.unseen & ~best.mask(frame)]
    assert best.n == len(inside)
    assert best.unseen.sum() == pytest.approx(2000, abs=1)
    test = stats.ttest_ind(inside, outside, equal_var=False, alternative="greater")
    interval = stats.ttest_ind(inside, outside, equal_var=False).confidence_interval()
    assert best.excess.value == pytest.approx(inside.mean() - outside.mean())
    assert (best.excess.low, best.excess.high) == pytest.approx((interval.low, interval.high))
    assert best.p_value >= 0.999 * test.pvalue


@pytest.mark.parametrize(
    ("planted", "expected"),
    [
        (lambda f: f["age"].isna(), "age is missing"),
        (lambda f: f["place"].isin(["north", "west"]), "place is one of"),
        (lambda f: f["size"].between(-0.2, 0.2), "size is from"),
        (lambda f: f["size"] <= -1.5, "size ≤ -1."),
    ],
)
def test_every_shape_of_a_condition_is_found(
    planted: Callable[[pd.DataFrame], pd.Series], expected: str
) -> None:
    """Holes, sets of levels, middles and tails."""
    rng = np.random.default_rng(3)
    frame = _frame(rng)
    loss = rng.exponential(size=len(frame)) + 2 * planted(frame).to_numpy()
    best = find_slices(frame, loss, np.random.default_rng(1))[0]
    assert best.words.startswith(expected)
    assert len(best.conditions) == 1


def test_dates_are_cut_between_days() -> None:
    """A bad month is told by its first and last day."""
    rng = np.random.default_rng(4)
    when = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 360, 5000), "D")
    frame = pd.DataFrame({"when": when, "x": rng.normal(size=5000)})
    bad = frame["when"].between("2026-04-01", "2026-04-30").to_numpy()
    best = search_slices(frame, rng.random(5000) + bad, np.random.default_rng(0)).confirmed[0]
    assert [c.column for c in best.conditions] == ["when"]
    low, high = best.conditions[0].value
    assert abs(pd.Timestamp(low) - pd.Timestamp("2026-04-01")) < pd.Timedelta("9D")
    assert abs(pd.Timestamp(high) - pd.Timestamp("2026-04-30")) < pd.Timedelta("9D")


def test_the_same_seed_gives_the_same_slices() -> None:
    """Chance comes from the generator only; order of rows in memory does not matter."""
    rng = np.random.default_rng(5)
    frame = _frame(rng)
    loss = rng.exponential(size=4000) + (frame["size"] > 1).to_numpy()
    one, two = (search_slices(frame, loss, np.random.default_rng(9)) for _ in range(2))
    assert one == two


def test_rows_of_one_block_count_as_alike() -> None:
    """Noise that whole days share looks like a slice of days, unless intervals are by day."""
    naive = by_day = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        day = np.repeat(np.arange(60), 40)
        frame = pd.DataFrame({"weather": rng.normal(size=60)[day], "x": rng.normal(size=2400)})
        loss = rng.normal(size=60)[day] + rng.normal(size=2400)
        naive += bool(search_slices(frame, loss, np.random.default_rng(seed)).confirmed)
        by_day += bool(search_slices(frame, loss, np.random.default_rng(seed), day).confirmed)
    assert naive >= 10
    assert by_day <= 3


def test_a_block_is_in_one_half() -> None:
    """No day is searched and proven on."""
    rng = np.random.default_rng(6)
    frame = _frame(rng)
    day = rng.integers(0, 50, 4000)
    loss = rng.random(4000) + (frame["place"] == "north").to_numpy()
    for found in search_slices(frame, loss, np.random.default_rng(0), day).slices:
        assert not set(day[found.unseen]) & set(day[~found.unseen])


def _says(frame: pd.DataFrame, loss: np.ndarray) -> SliceSearch:
    return search_slices(frame, loss, np.random.default_rng(0))


def test_a_model_that_is_always_right_gets_a_sentence() -> None:
    """All losses equal: no slice, and why."""
    frame = _frame(np.random.default_rng(0))
    found = _says(frame, np.zeros(4000))
    assert found.slices == ()
    assert "same loss" in found.says


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (pd.DataFrame({"x": range(100)}), "100 rows are not enough"),
        (pd.DataFrame({"x": []}), "0 rows are not enough"),
        (pd.DataFrame(index=range(500)), "no column to search"),
        (pd.DataFrame({"x": [1] * 500, "y": [None] * 500}), "no column to search"),
        (pd.DataFrame({"id": range(500)}), "no column to search"),
        (pd.DataFrame({"name": [f"n{i}" for i in range(500)]}), "no column to search"),
    ],
)
def test_nothing_to_search_is_said(frame: pd.DataFrame, says: str) -> None:
    """Few rows, constant columns, empty ones and identifiers give a plain sentence."""
    found = _says(frame, np.random.default_rng(0).random(len(frame)))
    assert found.slices == ()
    assert says in found.says


def test_awkward_columns_do_no_harm() -> None:
    """100,000 distinct texts, one odd row, infinities, durations and twins beside a true slice."""
    rng = np.random.default_rng(0)
    n = 100_000
    frame = pd.DataFrame(
        {
            "text": [f"row {i}" for i in range(n)],
            "one": np.r_[["odd"], ["even"] * (n - 1)],
            "wild": np.where(rng.random(n) < 0.01, np.inf, rng.normal(size=n)),
            "all": np.full(n, np.nan),
            "took": pd.to_timedelta(rng.integers(0, 9, n), "s"),
            "key": rng.permutation(n),
            "nullable": pd.array(rng.integers(0, 9, n), dtype="Int64"),
            "bad": rng.choice(["a", "b", "c"], n),
        }
    )
    frame.loc[::7, "nullable"] = pd.NA
    twins = pd.concat([frame, frame[["bad"]].rename(columns={"bad": "wild"})], axis=1)
    loss = (rng.random(n) < 0.1 + 0.1 * (frame["bad"] == "b")).astype(float)
    for table in (frame, twins):
        best = _says(table, loss.to_numpy()).confirmed
        assert [c.words for c in best[0].conditions] == ["bad is b"]
        assert len(best) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"loss": np.full(500, np.nan)}, "500 of 500 losses are missing"),
        ({"loss": np.zeros(3)}, "one number for each of 500 rows"),
        ({"blocks": np.zeros(3)}, "one for each of 500 rows"),
        ({"conditions": 4}, "allowed are 1, 2 and 3"),
        ({"most": 0}, "at least 1"),
    ],
)
def test_bad_input_is_refused(change: dict[str, object], says: str) -> None:
    """A clear error names the value and what is allowed."""
    frame = pd.DataFrame({"x": np.arange(500.0) ** 0.5})
    given: dict[str, object] = {"loss": np.arange(500.0), **change}
    with pytest.raises(ValueError, match=says):
        search_slices(frame, rng=np.random.default_rng(0), **given)  # type: ignore[arg-type]


def test_probabilities_of_zero_and_one_do_no_harm() -> None:
    """Huge losses of a few rows neither crash nor draw every slice around themselves."""
    rng = np.random.default_rng(0)
    frame = _frame(rng)
    loss = rng.random(4000) + 1.5 * (frame["place"] == "north").to_numpy()
    loss[rng.integers(0, 4000, 5)] = 30.0
    assert _says(frame, loss).confirmed[0].words == "place is north"


def test_the_rule_is_better_here() -> None:
    """A paired difference in a slice with its interval agrees with SciPy, and is wider by block."""
    rng = np.random.default_rng(0)
    mask = rng.random(1000) < 0.3
    day = rng.integers(0, 40, 1000)
    model = rng.random(1000) + 0.3 * mask + 0.3 * rng.normal(size=40)[day]
    rule = rng.random(1000)
    found = compare_in(mask, model, rule)
    test = stats.ttest_rel(model[mask], rule[mask])
    interval = test.confidence_interval()
    assert (found.difference.low, found.difference.high) == pytest.approx(tuple(interval))
    assert found.p_value == pytest.approx(test.pvalue)
    assert found.better == "b"
    wide = compare_in(mask, model, rule, day).difference
    assert wide.high - wide.low > 1.3 * (found.difference.high - found.difference.low)
    assert compare_in(mask, rule, rule).better == ""


def test_the_same_difference_on_every_row_of_a_slice_is_not_certain() -> None:
    """Ten rows without the rare costly event do not prove anything; two that never differ are alike."""
    rng = np.random.default_rng(5)
    model, rule = np.full(500, 5.0), np.where(rng.random(500) < 0.1, 100.0, 0.0)
    quiet = np.zeros(500, dtype=bool)
    quiet[np.flatnonzero(rule == 0)[:10]] = True
    found = compare_in(quiet, model, rule)
    assert found.difference.low < 0 < found.difference.value < found.difference.high
    assert found.p_value > 0.05
    assert found.better == ""
    alike = compare_in(quiet, rule, rule)
    assert (alike.difference.low, alike.difference.high, alike.p_value) == (0, 0, 1)


def test_a_slice_of_ones_own_is_measured() -> None:
    """A slice defined beforehand is measured on all rows; too few rows give no interval."""
    loss = np.r_[np.ones(50), np.zeros(450)] + np.tile([0.0, 0.1], 250)
    found = measure_in(np.arange(500) < 50, loss)
    assert (found.n, found.loss, found.rest) == pytest.approx((50, 1.05, 0.05))
    assert found.excess.low > 0.9
    lonely = measure_in(np.arange(500) < 1, loss)
    assert lonely.excess.low is None
    assert np.isnan(lonely.p_value)
    assert np.isnan(measure_in(np.zeros(500, dtype=bool), loss).loss)
    with pytest.raises(ValueError, match="true or false"):
        measure_in(np.zeros(500), loss)


def test_what_was_found_speaks_on_the_unseen_half_only() -> None:
    """A found slice may be measured again on its unseen half; any other slice on all rows."""
    rng = np.random.default_rng(0)
    frame = _frame(rng)
    loss = rng.random(4000) + (frame["place"] == "north").to_numpy()
    found = search_slices(frame, loss, np.random.default_rng(0))
    north = Condition("place", "==", "north").mask(frame)
    assert (found.fair_rows(north, frame) == found.slices[0].unseen).all()
    assert found.fair_rows(~north, frame).all()
