"""Attributions add up to the prediction, exactly, on the user's own columns."""

from __future__ import annotations

import numpy as np
import pytest

from app.lab.rungs import RUNGS, Training
from app.lab.shapley import explain, importance
from tests.conftest import small_table

COLUMNS = ("signal", "place", "holes", "filler")


@pytest.mark.parametrize("task", ["binary", "regression"])
@pytest.mark.parametrize("key", RUNGS)
def test_contributions_add_up(key: str, task: str) -> None:
    """Base plus contributions is the model's output for every rung and both tasks."""
    table = small_table(700, task=task)
    rule = "signal > 1 and place = 'north'" if task == "binary" else "100 + 20 * signal"
    y = table["target"].to_numpy(dtype=float)
    training = Training(table[list(COLUMNS)], y, task, 0, {"rule": rule})
    fitted = RUNGS[key].fit(training)
    rows = table[list(COLUMNS)].head(60)
    found = explain(fitted, rows, training.frame, COLUMNS)
    output = found.base + found.values.sum(axis=1)
    if found.unit == "log-odds":
        output = 1 / (1 + np.exp(-output))
    assert found.columns == COLUMNS
    assert np.allclose(output, fitted.predict(rows), atol=1e-6)


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
