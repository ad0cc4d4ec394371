"""Comparisons agree with closed forms and independent methods, and find nothing where nothing is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from app.lab.comparison import ThreeWay, correlated_bayes_t
from app.lab.ladder import RungResult, climb, compare
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


def _permuted(seed: int) -> tuple[np.ndarray, tuple[Fold, ...], dict[str, RungResult]]:
    table = small_table(2000, seed=11)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(table)) % 5
    folds = tuple(Fold(np.flatnonzero(order != i), np.flatnonzero(order == i)) for i in range(5))
    y = rng.permutation(table["target"].to_numpy(dtype=float))
    results = climb(
        RUNGS_TRIED,
        table[COLUMNS],
        y,
        "binary",
        folds,
        METRICS["roc_auc"],
        seed,
        {"rule": "signal > 1"},
        lambda: 0.0,
        lambda fraction, words: None,
    )
    return y, folds, results


def _scored(
    results: dict[str, RungResult], y: np.ndarray, folds: tuple[Fold, ...], metric: str
) -> dict[str, RungResult]:
    """The same predictions by another metric."""
    return {
        key: replace(
            result,
            scores=np.array(
                [
                    METRICS[metric].score(y[f.validation], result.predictions[f.validation])
                    for f in folds
                ]
            ),
        )
        for key, result in results.items()
    }


def test_a_permuted_target_makes_every_rung_practically_the_same_as_the_constant() -> None:
    """With nothing to learn, the whole ladder says so in 95 % of the seeds, at the usual region."""
    alike: dict[str, list[bool]] = {"roc_auc": [], "average_precision": []}
    losses = []
    for seed in range(SEEDS):
        y, folds, results = _permuted(seed)
        for metric, hits in alike.items():
            found = compare(_scored(results, y, folds, metric), "constant", METRICS[metric], folds)
            hits.append({d.three_way.verdict for d in found.values()} == {"same"})
        found = compare(_scored(results, y, folds, "brier"), "constant", METRICS["brier"], folds)
        losses.append({key: d.three_way.verdict for key, d in found.items()})
    assert np.mean(alike["roc_auc"]) >= 0.95
    assert np.mean(alike["average_precision"]) >= 0.95
    # Probabilities made of noise cost something: boosting may be worse there, but never better.
    assert not any("better" in told.values() for told in losses)
    assert np.mean([told["linear"] == "same" for told in losses]) >= 0.95


@given(st.integers(1, 40), st.lists(st.floats(-1, 1), min_size=3, max_size=8))
def test_more_rungs_never_make_a_claim_easier(compared: int, values: list[float]) -> None:
    """What is claimed among many would be claimed alone."""
    d = np.array(values)
    alone, among = (
        correlated_bayes_t(d, 80, 20, 0.01),
        correlated_bayes_t(d, 80, 20, 0.01, compared),
    )
    assert among.level == pytest.approx(1 - 0.05 / compared)
    assert among.verdict in ("same", alone.verdict)


def test_the_words_tell_proof_from_the_want_of_it() -> None:
    """Shown to be the same and not shown to differ are two things to say."""
    assert ThreeWay(0.01, 0.98, 0.01, 0.1).words == "practically the same (98 %)"
    assert ThreeWay(0.1, 0.3, 0.6, 0.1).words == "practically the same so far (better: 60 %)"
    assert ThreeWay(0.001, 0.002, 0.997, 0.1).words == "better (over 99 %)"
    assert ThreeWay(0.001, 0.002, 0.997, 0.1, level=0.999).verdict == "same"


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
    told = compare(found, "constant", METRICS["roc_auc"], folds)["linear"]
    assert told.three_way.verdict == "better"
    assert told.three_way.sure
