"""Comparisons agree with closed forms and independent methods, and find nothing where nothing is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from app.lab.comparison import correlated_bayes_t
from app.lab.ladder import climb, compare
from app.lab.metrics import METRICS
from app.lab.splits import Fold
from tests.conftest import small_table

COLUMNS = ["signal", "place", "holes", "filler"]
RUNGS_TRIED = [
    "constant",
    "user_rule",
    "one_rule",
    "group_means",
    "linear",
    "shallow_tree",
    "boosting",
    "lightgbm",
]
SEEDS = 20


def test_the_posterior_is_that_of_drawn_means() -> None:
    """The three probabilities are those counted on draws from the widened Student t."""
    d = np.array([0.02, 0.03, -0.01, 0.04, 0.02])
    found = correlated_bayes_t(d, 80, 20, 0.01)
    rng = np.random.default_rng(0)
    scale = np.sqrt((1 / 5 + 0.25) * d.var(ddof=1))
    drawn = d.mean() + scale * rng.standard_t(4, 400_000)
    assert found.worse == pytest.approx((drawn < -0.01).mean(), abs=0.003)
    assert found.better == pytest.approx((drawn > 0.01).mean(), abs=0.003)
    assert found.same == pytest.approx((np.abs(drawn) <= 0.01).mean(), abs=0.003)


def test_without_a_region_it_is_the_corrected_t_test() -> None:
    """With no region of equivalence, being worse has half the two-sided p value."""
    d = np.array([0.5, 0.9, 0.4, 1.1, 0.2, 0.8])
    found = correlated_bayes_t(d, 100, 25, 0.0)
    t = d.mean() / np.sqrt((1 / 6 + 25 / 100) * d.var(ddof=1))
    assert found.worse == pytest.approx(stats.t.sf(t, 5))
    assert found.same == pytest.approx(0, abs=1e-12)


@given(
    st.lists(st.floats(-1, 1), min_size=2, max_size=12),
    st.floats(0, 0.5),
)
def test_probabilities_add_up_and_mirror(values: list[float], region: float) -> None:
    """They sum to one, and turning the difference round swaps better and worse."""
    d = np.array(values)
    one, other = correlated_bayes_t(d, 80, 20, region), correlated_bayes_t(-d, 80, 20, region)
    assert one.worse + one.same + one.better == pytest.approx(1)
    assert one.worse == pytest.approx(other.better, abs=1e-9)
    assert one.verdict in ("better", "same", "worse")


def test_one_fold_is_not_enough_data() -> None:
    """With a single fold it says so instead of guessing."""
    found = correlated_bayes_t(np.array([0.3]), 80, 20, 0.01)
    assert found.verdict == ""
    assert found.words == "not enough data"


def test_a_permuted_target_makes_every_rung_practically_the_same_as_the_constant() -> None:
    """Where there is nothing to learn, at least 95 % of the seeds say so for every rung."""
    table = small_table(2000, seed=11)
    frame, y = table[COLUMNS], table["target"].to_numpy(dtype=float)
    same: dict[str, list[bool]] = {key: [] for key in RUNGS_TRIED[1:]}
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(y)) % 5
        folds = tuple(
            Fold(np.flatnonzero(order != i), np.flatnonzero(order == i)) for i in range(5)
        )
        found = climb(
            RUNGS_TRIED,
            frame,
            rng.permutation(y),
            "binary",
            folds,
            METRICS["roc_auc"],
            seed,
            {"rule": "signal > 1"},
            lambda: 0.0,
            lambda fraction, words: None,
        )
        for key, difference in compare(
            found, "constant", METRICS["roc_auc"], folds, same_within=0.1
        ).items():
            same[key].append(difference.three_way.verdict == "same")
    assert {key: np.mean(hits) >= 0.95 for key, hits in same.items()} == dict.fromkeys(same, True)


def test_a_real_signal_is_better() -> None:
    """Where there is something to learn the same comparison says better, surely."""
    table = small_table(2000, seed=11)
    folds = tuple(
        Fold(np.flatnonzero(np.arange(2000) % 5 != i), np.flatnonzero(np.arange(2000) % 5 == i))
        for i in range(5)
    )
    found = climb(
        ["constant", "linear"],
        table[COLUMNS],
        table["target"].to_numpy(dtype=float),
        "binary",
        folds,
        METRICS["roc_auc"],
        0,
        {},
        lambda: 0.0,
        lambda fraction, words: None,
    )
    told = compare(found, "constant", METRICS["roc_auc"], folds, same_within=0.1)["linear"]
    assert told.three_way.verdict == "better"
    assert told.three_way.sure
