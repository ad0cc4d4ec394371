"""Every rung learns what there is to learn, and nothing where there is nothing."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from app.lab.ladder import climb, compare, one_row_latency, simplest_adequate
from app.lab.metrics import METRICS, roc_auc
from app.lab.problem import FORMS, class_target
from app.lab.rungs import RUNGS, Training, fit_rung
from app.lab.rungs.own_estimator import EstimatorError
from app.lab.splits import Fold
from tests.conftest import RULES, small_table

COLUMNS = ["signal", "place", "holes", "filler"]
PAST = {"last_value": "last", "seasonal_naive": "before", "moving_mean": "level"}
HERE = [key for key, kind in RUNGS.items() if kind.installed]
CASES = [(key, task) for task in RULES for key in HERE if RUNGS[key].suits(task)]


def _training(task: str, seed: int = 0) -> tuple[Training, pd.DataFrame, np.ndarray]:
    train, later = small_table(800, seed, task), small_table(400, seed + 100, task)
    y, classes = _target(train, task)
    options = {
        "rule": RULES[task] if task != "forecasting" else "level",
        "estimator": "ExtraTreesRegressor" if FORMS[task] == "regression" else "GaussianNB",
        "estimator_params": '{"max_depth": 6}' if FORMS[task] == "regression" else "",
        "past": PAST,
    }
    lists = train["request"].to_numpy() if task == "ranking" else None
    frame = _with_past(train, y) if task == "forecasting" else train[COLUMNS]
    rows = _with_past(later, _target(later, task)[0]) if task == "forecasting" else later[COLUMNS]
    training = Training(frame, y, FORMS[task], 0, options, classes, lists)
    return training, rows, _target(later, task)[0]


def _target(table: pd.DataFrame, task: str) -> tuple[np.ndarray, tuple[str, ...]]:
    if task == "multiclass":
        return class_target(table["target"])
    return table["target"].to_numpy(dtype=float), ()


def _with_past(table: pd.DataFrame, y: np.ndarray) -> pd.DataFrame:
    target = pd.Series(y)
    return table[COLUMNS].assign(
        last=target.shift(1), before=target.shift(42), level=target.shift(1).rolling(168, 1).mean()
    )


@pytest.mark.parametrize(("key", "task"), CASES)
def test_every_rung_is_whole(key: str, task: str) -> None:
    """Each rung fits, predicts in range, survives storing, and says what it needs."""
    training, rows, y = _training(task)
    fitted = RUNGS[key].fit(training)
    found = fitted.predict(rows)
    assert found.shape == ((len(y), 3) if task == "multiclass" else y.shape)
    assert np.isfinite(found).all()
    if task in ("binary", "multiclass"):
        assert ((found >= 0) & (found <= 1)).all()
    if task == "multiclass":
        assert np.allclose(found.sum(axis=1), 1)
    assert np.array_equal(pickle.loads(pickle.dumps(fitted)).predict(rows), found)
    assert set(fitted.inputs) <= set(training.frame.columns)
    assert fitted.description
    assert fitted.size_bytes > 0
    assert RUNGS[key].why.endswith(".")


@pytest.mark.parametrize(
    "key", [k for k, task in CASES if task == "binary" and k not in ("constant", "group_means")]
)
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


@pytest.mark.parametrize("key", [k for k, task in CASES if task == "binary"])
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


@pytest.mark.parametrize("key", [k for k, task in CASES if task == "multiclass"])
def test_a_class_that_training_never_saw_gets_nothing(key: str) -> None:
    """A class without a training row has probability 0 and does not break a rung."""
    training, rows, _ = _training("multiclass")
    classes = (*training.classes, "zebra")
    wider = Training(training.frame, training.y, "multiclass", 0, training.options, classes)
    found = RUNGS[key].fit(wider).predict(rows)
    assert found.shape == (len(rows), 4)
    assert (found[:, 3] == 0).all()


@pytest.mark.parametrize(
    "key", [k for k, task in CASES if task == "forecasting" and RUNGS[k].learns]
)
def test_a_ratio_to_the_level_grows_with_it(key: str) -> None:
    """Learned as a ratio, a forecast doubles when the whole past doubles: trees can grow, too."""
    training, rows, _ = _training("forecasting")
    past = ("last", "before", "level")
    options = {**training.options, "level": "level", "past_columns": past}
    fitted = fit_rung(RUNGS[key], Training(training.frame, training.y, "regression", 0, options))
    doubled = rows.assign(**{name: 2 * rows[name] for name in past})
    known = rows["level"].notna().to_numpy()
    assert np.allclose(fitted.predict(doubled)[known], 2 * fitted.predict(rows)[known], rtol=1e-6)
    assert "level" in fitted.inputs


def test_group_means_find_the_group() -> None:
    """The mean by a category is the mean of its rows, drawn a little to that of all."""
    frame = pd.DataFrame({"shop": list("ab") * 200, "noise": np.tile([1, 2, 3, 4], 100)})
    y = np.where(frame["shop"] == "a", 10.0, 20.0)
    found = RUNGS["group_means"].fit(Training(frame, y, "regression"))
    assert found.inputs == ("shop",)
    assert found.predict(frame.head(2)) == pytest.approx([10.24, 19.76], abs=0.01)


@pytest.mark.parametrize(
    ("name", "params", "words"),
    [
        ("RandomForestClasifier", "", "did you mean RandomForestClassifier"),
        ("os.system", "", "is no classifier"),
        ("StackingClassifier", "", "is no classifier"),
        ("RandomForestClassifier", "{max_depth: 3}", "are no JSON"),
        ("RandomForestClassifier", "[1]", "one JSON object"),
        ("RandomForestClassifier", '{"max_dept": 3}', "did you mean max_depth"),
        ("RandomForestClassifier", '{"max_depth": -3}', "max_depth"),
        ("RandomForestClassifier", '{"n_estimators": 1000000}', "at most 5,000"),
        ("RandomForestClassifier", '{"class_weight": {"0": 1}}', "only numbers"),
        ("RandomForestClassifier", '{"n_jobs": 64}', "no parameter 'n_jobs'"),
    ],
)
def test_a_wrong_estimator_is_refused_by_name(name: str, params: str, words: str) -> None:
    """An unknown name, a nested wrapper or a bad parameter says what is wrong and what to do."""
    training, _, _ = _training("binary")
    options = {"estimator": name, "estimator_params": params}
    with pytest.raises(EstimatorError, match=words):
        RUNGS["own_estimator"].fit(Training(training.frame, training.y, "binary", 0, options))
