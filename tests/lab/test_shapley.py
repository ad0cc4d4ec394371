"""Attributions add up to the prediction, exactly, on the user's own columns."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from app.lab.problem import class_target
from app.lab.recalibration import Calibrated, Sigmoid
from app.lab.rungs import RUNGS, Fitted, Training, fit_rung
from app.lab.shapley import (
    Attribution,
    column_groups,
    compare_cohorts,
    explain,
    group_attribution,
    importance,
    prepare,
    refit_importance,
    strongest_partner,
)
from tests.conftest import small_table

COLUMNS = ("signal", "place", "holes", "filler")
PAST = {"last_value": "last", "seasonal_naive": "season", "moving_mean": "recent"}
FORMS = {"forecasting": "regression", "ranking": "regression"}
TASKS = ("binary", "regression", "multiclass", "forecasting", "ranking")
SUITED = [
    (key, task)
    for task in TASKS
    for key, kind in RUNGS.items()
    if kind.installed and kind.suits(task)
]
RULE = {
    "binary": "signal > 1 and place = 'north'",
    "multiclass": "CASE WHEN signal > 1 and place = 'north' THEN 'high' ELSE 'middle' END",
    "forecasting": "last + signal",
}


def _training(task: str, estimator: str = "", rows: int = 700) -> Training:
    table = small_table(rows, task=task)
    frame = table[list(COLUMNS)].copy()
    form = FORMS.get(task, task)
    options: dict[str, Any] = {
        "rule": RULE.get(task, "100 + 20 * signal"),
        "estimator": estimator or ("SVR" if form == "regression" else "GaussianNB"),
    }
    if task == "forecasting":
        target = table["target"]
        frame["last"], frame["season"] = target.shift(1), target.shift(42)
        frame["recent"] = target.shift(1).rolling(28, min_periods=1).mean()
        options |= {"past": PAST, "level": "recent", "past_columns": tuple(PAST.values())}
    if task == "multiclass":
        y, classes = class_target(table["target"])
        return Training(frame, y, form, 0, options, classes)
    y = table["target"].to_numpy(dtype=float)
    queries = table["request"].to_numpy() if task == "ranking" else None
    return Training(frame, y, form, 0, options, queries=queries)


def _columns(training: Training) -> tuple[str, ...]:
    return tuple(str(c) for c in training.frame.columns)


def _answer(found: Attribution) -> np.ndarray:
    if found.unit == "log-odds":
        return np.asarray(1 / (1 + np.exp(-found.output)))
    return found.output


def _class_answers(fitted: Fitted, rows: pd.DataFrame, training: Training) -> np.ndarray:
    size = len(training.classes)
    each = [explain(fitted, rows, training.frame, COLUMNS, about=c) for c in range(size)]
    outputs = np.stack([one.output for one in each], axis=1)
    if each[0].unit == "probability":
        return outputs
    shares = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


@pytest.mark.parametrize(("key", "task"), SUITED)
def test_contributions_add_up(key: str, task: str) -> None:
    """Base plus contributions is the model's answer for every rung and kind of problem.

    Of several classes, every one can be asked about, and the outputs of all give all the
    probabilities.
    """
    training = _training(task)
    fitted = fit_rung(RUNGS[key], training)
    rows = training.frame.head(60)
    found = explain(fitted, rows, training.frame, _columns(training))
    told = fitted.predict(rows)
    assert found.columns == _columns(training)
    assert found.base == pytest.approx(found.bases.mean())
    if task != "multiclass":
        assert np.allclose(_answer(found), told, atol=1e-6)
        return
    assert (found.classes == told.argmax(axis=1)).all()
    assert np.allclose(_class_answers(fitted, rows, training), told, atol=1e-6)
    if found.unit == "probability":
        assert np.allclose(found.output, told.max(axis=1), atol=1e-6)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_own_forest_is_exact(task: str) -> None:
    """A forest of the user's own is explained exactly, behind its filling and scaling."""
    kind = "Regressor" if task == "regression" else "Classifier"
    training = _training(task, f"RandomForest{kind}", 300)
    fitted = RUNGS["own_estimator"].fit(training)
    rows = training.frame.head(40)
    found = explain(fitted, rows, training.frame, COLUMNS)
    told = fitted.predict(rows)
    assert prepare(fitted)
    assert found.exact
    assert np.allclose(found.output, told if told.ndim == 1 else told.max(axis=1), atol=1e-9)


def test_sampled_values_tell_their_error() -> None:
    """A sampled value is off by about its standard error, seldom by more than three."""
    training = _training("binary")
    fitted = RUNGS["own_estimator"].fit(training)
    rows = training.frame.head(30)
    found = explain(fitted, rows, training.frame, COLUMNS)
    others = [
        explain(fitted, rows, training.frame.iloc[start::40], COLUMNS).values
        for start in range(0, 40, 5)
    ]
    assert found.error is not None
    assert not found.exact
    off = np.abs(found.values - np.mean(others, axis=0))
    assert (off <= 3 * found.error + 1e-3).mean() > 0.9
    assert found.column_error is not None
    assert found.column_error.shape == (len(COLUMNS),)


def test_two_classes_of_several() -> None:
    """Of three classes only two were seen: what is left still adds up, the third has nothing."""
    training = _training("multiclass")
    two = training.y < 2
    part = replace(
        training,
        frame=training.frame[two].reset_index(drop=True),
        y=training.y[two],
        _encoder=None,
        _matrix=None,
    )
    for key in ("boosting", "linear", "shallow_tree", "lightgbm"):
        fitted = RUNGS[key].fit(part)
        rows = part.frame.head(30)
        found = explain(fitted, rows, part.frame, COLUMNS)
        told = fitted.predict(rows).max(axis=1)
        assert np.allclose(_answer(found), told, atol=1e-6), key
        third = explain(fitted, rows, part.frame, COLUMNS, about=2)
        assert (third.values == 0).all()


def test_a_calibrated_rung_is_explained_before_its_map() -> None:
    """The map of probabilities changes nothing about which columns push where."""
    training = _training("binary")
    plain = RUNGS["boosting"].fit(training)
    mapped = replace(plain, predictor=Calibrated(plain.predictor, Sigmoid(0.7, 0.1)))
    rows = training.frame.head(20)
    before = explain(plain, rows, training.frame, COLUMNS)
    after = explain(mapped, rows, training.frame, COLUMNS)
    assert np.array_equal(before.values, after.values)
    assert prepare(mapped)


@pytest.mark.parametrize("key", ["boosting", "linear", "user_rule", "own_estimator", "constant"])
def test_no_rows_and_one_row(key: str) -> None:
    """No rows give no values; one row is explained as it is among others."""
    training = _training("multiclass")
    fitted = RUNGS[key].fit(training)
    none = explain(fitted, training.frame.head(0), training.frame, COLUMNS)
    assert none.values.shape == (0, 4)
    one = explain(fitted, training.frame.iloc[[3]], training.frame, COLUMNS)
    many = explain(fitted, training.frame.head(8), training.frame, COLUMNS)
    assert one.output == pytest.approx(many.output[3])
    if one.exact:
        assert np.allclose(one.values[0], many.values[3], atol=1e-12)


def test_what_cannot_be_asked() -> None:
    """A class there is not, a class of a number, a forgotten column and no background are named."""
    training = _training("multiclass")
    fitted = RUNGS["boosting"].fit(training)
    rows = training.frame.head(3)
    with pytest.raises(ValueError, match="about names class 7; classes are counted from 0 to 2"):
        explain(fitted, rows, training.frame, COLUMNS, about=7)
    with pytest.raises(ValueError, match="uses filler, which is not among"):
        explain(fitted, rows, training.frame, COLUMNS[:3])
    with pytest.raises(ValueError, match="background has no rows"):
        explain(fitted, rows, training.frame.head(0), COLUMNS)
    number = _training("regression")
    with pytest.raises(ValueError, match="this model has one output"):
        explain(RUNGS["boosting"].fit(number), rows, number.frame, COLUMNS, about=1)


def test_reading_leaves_the_model_as_it_was() -> None:
    """What is remembered of a model's trees is neither pickled nor part of its size."""
    training = _training("binary")
    fitted = RUNGS["lightgbm"].fit(training)
    before = fitted.size_bytes
    assert prepare(fitted)
    assert fitted.size_bytes == before
    copy = pickle.loads(pickle.dumps(fitted))
    rows = training.frame.head(5)
    first, second = (explain(f, rows, training.frame, COLUMNS) for f in (fitted, copy))
    assert np.array_equal(first.values, second.values)


def test_an_unused_column_gets_nothing() -> None:
    """A column the rule does not read has no part in its answers."""
    table = small_table(300)
    training = Training(
        table[list(COLUMNS)], table["target"].to_numpy(float), "binary", 0, {"rule": "signal > 1"}
    )
    found = explain(
        RUNGS["user_rule"].fit(training), training.frame.head(40), training.frame, COLUMNS
    )
    assert (found.values[:, 1:] == 0).all()
    assert np.abs(found.values[:, 0]).sum() > 0


def test_a_rule_of_many_columns_is_sampled() -> None:
    """Beyond a few columns all subsets are too many: it is sampled, and still adds up."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(200, 8)), columns=[f"c{i}" for i in range(8)])
    rule = " + ".join(f"{i} * c{i}" for i in range(8))
    training = Training(frame, frame.sum(axis=1).to_numpy(), "regression", 0, {"rule": rule})
    fitted = RUNGS["user_rule"].fit(training)
    columns = tuple(frame.columns)
    found = explain(fitted, frame.head(10), frame, columns)
    assert not found.exact
    assert np.allclose(found.output, fitted.predict(frame.head(10)))
    assert np.corrcoef(found.values[:, 7], frame["c7"].head(10))[0, 1] > 0.99


def test_the_signal_ranks_first() -> None:
    """The column that carries the signal is the most important one."""
    table = small_table(900)
    training = Training(table[list(COLUMNS)], table["target"].to_numpy(float), "binary")
    found = explain(RUNGS["boosting"].fit(training), training.frame, training.frame, COLUMNS)
    ranks = importance(found, np.random.default_rng(0))
    assert ranks[0].column == "signal"
    assert ranks[0].size.low > ranks[-1].size.high
    assert [r.rank for r in ranks] == [1, 2, 3, 4]


def _made(values: np.ndarray, names: str) -> Attribution:
    return Attribution(tuple(names), values, 0.5, "target", "made by hand")


def test_the_partner_is_the_column_that_bends_the_effect() -> None:
    """Where the effect of a turns with b, b is the partner; where it is alone, nobody is."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(600, 4)), columns=list("abcd"))
    frame["d"] = np.where(frame["d"] > 0, "x", "y")
    bent = np.where(frame["d"] == "x", 1, -1) * frame["a"].to_numpy()
    values = np.column_stack([bent, np.zeros((600, 3))])
    assert strongest_partner(_made(values, "abcd"), frame, "a") == "d"
    alone = np.column_stack([np.zeros(600), rng.normal(size=(600, 3))])
    assert strongest_partner(_made(alone, "abcd"), frame, "a") is None
    assert strongest_partner(_made(values[:5], "abcd"), frame.head(5), "a") is None


def test_columns_that_say_the_same_are_grouped() -> None:
    """Twins by rank, by name and across kinds stand together; all else stays alone."""
    rng = np.random.default_rng(0)
    number, code = rng.normal(size=3000), rng.integers(0, 4, 3000)
    frame = pd.DataFrame(
        {
            "number": number,
            "alone": rng.normal(size=3000),
            "grown": np.exp(number) + rng.normal(scale=1e-3, size=3000),
            "city": np.array(["a", "b", "c", "d"])[code],
            "post code": np.array(["1", "2", "3", "4"])[code],
            "height": code * 100.0 + rng.normal(size=3000),
            "same": 1.0,
            "key": [f"k{i}" for i in range(3000)],
        }
    )
    groups = column_groups(frame, tuple(frame.columns))
    assert ("number", "grown") in groups
    assert ("city", "post code", "height") in groups
    assert {("alone",), ("same",), ("key",)} <= set(groups)
    assert sorted(n for g in groups for n in g) == sorted(frame.columns)
    assert column_groups(frame.head(0), ("number", "city")) == (("number",), ("city",))


def test_grouped_contributions_still_add_up() -> None:
    """A group's contribution is the sum of its columns'; outputs stay."""
    values = np.random.default_rng(0).normal(size=(5, 3))
    found = replace(_made(values, "abc"), error=np.abs(values))
    grouped = group_attribution(found, (("a", "c"), ("b",)))
    assert grouped.columns == ("a + c", "b")
    assert np.allclose(grouped.output, found.output)
    assert grouped.error is not None
    assert np.allclose(grouped.error[:, 0], np.abs(values[:, [0, 2]]).sum(axis=1))
    assert np.allclose(found.rows(np.arange(5) < 2).output, found.output[:2])


def test_cohorts_differ_where_they_do() -> None:
    """A column that matters in one half only stands first and is told apart; others are not."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(400, 3))
    mask = np.arange(400) < 200
    values[mask, 1] *= 4
    first, *rest = compare_cohorts(_made(values, "abc"), mask, rng)
    assert first.column == "b"
    assert first.difference.low > 0
    assert first.p_value < 1e-6
    assert all(c.p_value > 0.05 for c in rest)
    few = compare_cohorts(_made(values, "abc"), np.arange(400) < 2, rng)
    assert all(np.isnan(c.p_value) and c.difference.low is None for c in few)
    values[:, 2] = np.where(mask, 0.3, 0.3 + 1e-16)
    even = {c.column: c for c in compare_cohorts(_made(values, "abc"), mask, rng)}
    assert even["c"].p_value == 1.0
    values[:, 2] = np.where(mask, 0.3, rng.normal(size=400))
    values[0, 2] += 1e-16
    assert all(np.isfinite(c.p_value) for c in compare_cohorts(_made(values, "abc"), mask, rng))
    none = compare_cohorts(_made(values, "abc"), np.zeros(400, dtype=bool), rng)
    assert all(c.inside.n == 0 for c in none)


@pytest.mark.parametrize(("key", "task"), [("shallow_tree", "binary"), ("lightgbm", "ranking")])
def test_refits_tell_steady_ranks_from_loose_ones(key: str, task: str) -> None:
    """The signal stays first over refits; the same seed gives the same ranks."""
    training = _training(task)
    told: list[float] = []

    def run(progress: Callable[[float], None] | None) -> Any:
        rng = np.random.default_rng(0)
        return refit_importance(
            RUNGS[key], training, COLUMNS, rng, refits=4, top=1, progress=progress
        )

    found = run(told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]
    assert found.refits == 4
    assert (found.columns[0].column, found.columns[0].high) == ("signal", 1)
    assert found.columns[0].share_top == 1.0
    assert found.columns[-1].low > 1
    assert -1 <= found.agreement <= 1
    assert found == run(None)


def test_refits_that_fail_are_left_out() -> None:
    """A rung that cannot be fitted gives no ranks, and no error."""
    training = _training("binary")
    broken = replace(training, options={"rule": "nothing > 1"})
    rng = np.random.default_rng(0)
    blocks = np.arange(len(training.y)) // 50
    found = refit_importance(RUNGS["user_rule"], broken, COLUMNS, rng, blocks, refits=2)
    assert (found.refits, found.columns) == (0, ())
