"""Every rung learns what there is to learn, and nothing where there is nothing."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from app.lab.ladder import climb, compare, one_row_latency, simplest_adequate
from app.lab.metrics import METRICS, roc_auc
from app.lab.rungs import RUNGS, Training
from app.lab.splits import Fold
from tests.conftest import small_table

COLUMNS = ["signal", "place", "holes", "filler"]
RULES = {"binary": "signal > 1", "regression": "100 + 20 * signal"}


def _training(task: str, seed: int = 0) -> tuple[Training, pd.DataFrame, np.ndarray]:
    train, later = small_table(800, seed, task), small_table(400, seed + 100, task)
    training = Training(
        train[COLUMNS], train["target"].to_numpy(dtype=float), task, 0, {"rule": RULES[task]}
    )
    return training, later[COLUMNS], later["target"].to_numpy(dtype=float)


@pytest.mark.parametrize("task", ["binary", "regression"])
@pytest.mark.parametrize("key", RUNGS)
def test_every_rung_is_whole(key: str, task: str) -> None:
    """Each rung fits, predicts in range, survives storing, and says what it needs."""
    training, rows, y = _training(task)
    fitted = RUNGS[key].fit(training)
    found = fitted.predict(rows)
    assert found.shape == y.shape
    assert np.isfinite(found).all()
    if task == "binary":
        assert ((found >= 0) & (found <= 1)).all()
    assert np.array_equal(pickle.loads(pickle.dumps(fitted)).predict(rows), found)
    assert set(fitted.inputs) <= set(COLUMNS)
    assert fitted.description
    assert fitted.size_bytes > 0
    assert RUNGS[key].why.endswith(".")


@pytest.mark.parametrize("key", [k for k in RUNGS if k != "constant"])
def test_every_rung_beats_the_constant_where_there_is_a_signal(key: str) -> None:
    """A real signal is found by all of them."""
    training, rows, y = _training("binary")
    assert roc_auc(y, RUNGS[key].fit(training).predict(rows)) > 0.65


@pytest.mark.parametrize("key", ["one_rule", "linear", "shallow_tree", "boosting"])
def test_no_rung_finds_what_is_not_there(key: str) -> None:
    """With a permuted target no rung ranks new rows better than a coin."""
    scores = []
    for seed in range(4):
        training, rows, y = _training("binary", seed)
        shuffled = np.random.default_rng(seed).permutation(training.y)
        fitted = RUNGS[key].fit(Training(training.frame, shuffled, "binary"))
        scores.append(roc_auc(y, fitted.predict(rows)))
    assert 0.4 < np.mean(scores) < 0.6


@pytest.mark.parametrize("key", RUNGS)
def test_strange_rows_get_an_answer(key: str) -> None:
    """Unseen values, holes, infinity and another order of columns do not break a rung."""
    training, rows, _ = _training("binary")
    strange = rows.head(6).copy()
    strange["place"] = ["north", "moon", None, "east", "", "south"]
    strange["signal"] = [np.inf, -np.inf, np.nan, 1e300, 0.0, -5.0]
    fitted = RUNGS[key].fit(training)
    found = fitted.predict(strange[COLUMNS[::-1]])
    assert np.isfinite(found).all()


def test_boosting_is_the_same_with_one_thread_and_two() -> None:
    """The number of threads changes the time, never a bit of the result."""
    found = []
    for threads in (1, 2):
        training, rows, _ = _training("binary")
        with threadpool_limits(threads):
            found.append(RUNGS["boosting"].fit(training).predict(rows))
    assert np.array_equal(*found)


def _folds(n: int) -> tuple[Fold, ...]:
    order = np.random.default_rng(0).permutation(n) % 3
    return tuple(Fold(np.flatnonzero(order != i), np.flatnonzero(order == i)) for i in range(3))


def _climbed(keys: list[str], rule: str) -> tuple[dict, tuple[Fold, ...]]:
    table = small_table(600)
    parts = _folds(600)
    y = table["target"].to_numpy(dtype=float)
    found = climb(
        keys,
        table[COLUMNS],
        y,
        "binary",
        parts,
        METRICS["roc_auc"],
        0,
        {"rule": rule},
        lambda: 0.0,
        lambda fraction, words: None,
    )
    return found, parts


def test_a_broken_rule_does_not_stop_the_ladder() -> None:
    """A rung that fails says why; the others are measured."""
    found, parts = _climbed(["constant", "user_rule", "linear"], "nonsense > 1")
    assert "nonsense" in found["user_rule"].failure
    assert np.isfinite(found["linear"].scores).all()
    gains = compare(found, "constant", METRICS["roc_auc"], parts)
    assert set(gains) == {"linear"}
    assert gains["linear"].gain.low > 0


def test_every_row_is_predicted_by_a_fold_that_did_not_see_it() -> None:
    """Out-of-fold predictions cover each row once and are not those of the training fit."""
    found, _ = _climbed(["shallow_tree"], "")
    assert np.isfinite(found["shallow_tree"].predictions).all()


def test_the_simplest_rung_wins_a_tie() -> None:
    """When a lower rung is within one standard error it is the one to take."""
    found, parts = _climbed(["constant", "linear", "boosting"], "")
    assert simplest_adequate(found, METRICS["roc_auc"], parts) == "linear"


def test_latency_is_counted_in_milliseconds() -> None:
    """A clock that ticks one millisecond a look gives one millisecond a row."""
    training, rows, _ = _training("binary")
    ticks = iter(np.arange(0, 100, 0.001))
    p50, p99 = one_row_latency(RUNGS["constant"].fit(training), rows, lambda: float(next(ticks)))
    assert p50 == pytest.approx(1.0)
    assert p99 == pytest.approx(1.0)
