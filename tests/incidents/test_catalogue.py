"""Every incident of the catalog is whole, repeatable and touches only what it strikes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from app.incidents import ACTIONS, INCIDENTS
from tests.conftest import small_table

WEIGHTS = {"signal": 2.0, "place": 1.0, "holes": 0.4, "filler": 0.01}
COLUMNS = ["signal", "place", "holes", "filler"]


def _rows(task: str = "binary") -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    table = small_table(600, task=task)
    return table[COLUMNS], table["target"].to_numpy(dtype=float), np.arange(600) >= 200


@pytest.mark.parametrize("task", ["binary", "regression"])
@pytest.mark.parametrize("key", INCIDENTS)
def test_the_past_is_untouched_and_the_seed_decides(key: str, task: str) -> None:
    """Rows before the strike stay bit for bit; the same seed strikes alike."""
    rows, y, struck = _rows(task)
    before = rows.copy(deep=True)
    one, two = (
        INCIDENTS[key].strike(rows, y.copy(), struck, WEIGHTS, np.random.default_rng(5))
        for _ in range(2)
    )
    pd.testing.assert_frame_equal(rows, before)
    quiet = one.rows[~struck]
    for column in COLUMNS:
        assert quiet[column].astype(object).equals(
            rows[~struck][column].astype(object)
        ) or np.array_equal(
            quiet[column].to_numpy(dtype=float),
            rows[~struck][column].to_numpy(dtype=float),
            equal_nan=True,
        )
    assert np.array_equal(one.y[~struck], y[~struck])
    assert one.arrived[~struck].all()
    pd.testing.assert_frame_equal(one.rows, two.rows)
    assert np.array_equal(one.y, two.y)
    assert np.array_equal(one.arrived, two.arrived)


@pytest.mark.parametrize("key", INCIDENTS)
def test_it_really_strikes(key: str) -> None:
    """Something differs after the strike: inputs, outcomes, labels or arrivals."""
    rows, y, struck = _rows()
    found = INCIDENTS[key].strike(rows, y.copy(), struck, WEIGHTS, np.random.default_rng(1))
    same_rows = all(found.rows[c].astype(object).equals(rows[c].astype(object)) for c in COLUMNS)
    assert (
        not same_rows
        or not np.array_equal(found.y, y)
        or not np.array_equal(found.seen_y, y)
        or not found.arrived.all()
    )


@pytest.mark.parametrize("key", INCIDENTS)
def test_every_incident_is_described(key: str) -> None:
    """Key, story, decoy, remedy and a move that exists."""
    incident = INCIDENTS[key]
    assert incident.key == key
    assert incident.right_action in ACTIONS
    for words in (
        incident.title,
        incident.symptom,
        incident.cause,
        incident.decoy,
        incident.remedy,
    ):
        assert len(words) > 8


def test_incidents_say_when_they_cannot_strike() -> None:
    """A table without numbers or without texts gets a reason, not a crash."""
    texts = pd.DataFrame({"a": ["x", "y"] * 50})
    numbers = pd.DataFrame({"a": np.arange(100.0)})
    for key, incident in INCIDENTS.items():
        for rows in (texts, numbers):
            why = incident.applies(rows)
            if not why:
                y = np.tile([0.0, 1.0], 50)
                incident.strike(rows, y, np.arange(100) > 50, {}, np.random.default_rng(0))
            else:
                assert "there is no" in why, key
