"""Attributions add up to the prediction, exactly, on the user's own columns."""

from __future__ import annotations

import numpy as np
import pytest

from app.lab.problem import class_target
from app.lab.rungs import RUNGS, Training
from app.lab.shapley import explain, importance
from tests.conftest import small_table

COLUMNS = ("signal", "place", "holes", "filler")


SUITED = [
    (key, task)
    for task in ("binary", "regression", "multiclass")
    for key, kind in RUNGS.items()
    if kind.installed and kind.suits(task)
]
RULE = {
    "binary": "signal > 1 and place = 'north'",
    "regression": "100 + 20 * signal",
    "multiclass": "CASE WHEN signal > 1 and place = 'north' THEN 'high' ELSE 'middle' END",
}


def _training(task: str) -> Training:
    table = small_table(700, task=task)
    options = {
        "rule": RULE[task],
        "estimator": "KNeighborsRegressor" if task == "regression" else "GaussianNB",
    }
    frame = table[list(COLUMNS)]
    if task == "multiclass":
        y, classes = class_target(table["target"])
        return Training(frame, y, task, 0, options, classes)
    return Training(frame, table["target"].to_numpy(dtype=float), task, 0, options)


@pytest.mark.parametrize(("key", "task"), SUITED)
def test_contributions_add_up(key: str, task: str) -> None:
    """Base plus contributions is the model's output for every rung and kind of prediction.

    Of several classes each row speaks of its own, from a base of its own: there the contributions
    of two rows of one class differ as their outputs do.
    """
    training = _training(task)
    fitted = RUNGS[key].fit(training)
    rows = training.frame.head(60)
    found = explain(fitted, rows, training.frame, COLUMNS)
    output = found.base + found.values.sum(axis=1)
    if task == "multiclass":
        assert found.columns == COLUMNS
        _check_classes(key, fitted.predict(rows), output, found.unit)
        return
    if found.unit == "log-odds":
        output = 1 / (1 + np.exp(-output))
    assert found.columns == COLUMNS
    assert np.allclose(output, fitted.predict(rows), atol=1e-6)


def _check_classes(key: str, told: np.ndarray, output: np.ndarray, unit: str) -> None:
    if unit != "probability" or key == "constant":
        return
    top = told.argmax(axis=1)
    for number in np.unique(top):
        mine = top == number
        shift = (told.max(axis=1) - output)[mine]
        assert np.allclose(shift, shift[0], atol=1e-6)


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


def test_the_signal_ranks_first() -> None:
    """The column that carries the signal is the most important one."""
    table = small_table(900)
    training = Training(table[list(COLUMNS)], table["target"].to_numpy(float), "binary")
    found = explain(RUNGS["boosting"].fit(training), training.frame, training.frame, COLUMNS)
    ranks = importance(found, np.random.default_rng(0))
    assert ranks[0].column == "signal"
    assert ranks[0].size.low > ranks[-1].size.high
    assert [r.rank for r in ranks] == [1, 2, 3, 4]
