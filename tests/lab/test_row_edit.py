"""Editing one row: any type, checked, and unchanged when nothing is changed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from app.lab.row_edit import EditError, Field, edited, fields_of, loosened, unseen, value_of
from app.lab.rungs.boosting import KIND
from app.lab.rungs.rung import Training


def _frame(rows: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "number": np.where(rng.random(rows) < 0.1, np.nan, rng.normal(size=rows)),
            "whole": rng.integers(0, 9, rows),
            "place": pd.Categorical(rng.choice(["a", "b", "c"], rows)),
            "text": rng.choice(["x", "y", None], rows).astype(object),
            "flag": rng.random(rows) < 0.5,
            "when": pd.date_range("2024-01-01", periods=rows, freq="h"),
            "zoned": pd.date_range("2024-01-01", periods=rows, freq="h", tz="UTC"),
            "empty": np.nan,
        }
    )


def test_putting_its_own_values_back_changes_nothing() -> None:
    """Every cell of every type travels to JSON and back; the model says the same to the last digit."""
    frame = _frame().drop(columns="empty")
    y = (frame["number"].fillna(0) + (frame["place"] == "a") > 0.5).astype(float).to_numpy()
    model = KIND.fit(Training(frame, y, "binary"))
    fields = {field.column: field for field in fields_of(frame)}
    loose = loosened(frame)
    for at in range(0, 60, 7):
        row = loose.iloc[[at]].reset_index(drop=True)
        changes = {c: value_of(fields[c], frame[c].iloc[at]) for c in frame.columns}
        found = edited(row, fields, changes)
        assert model.predict(found)[0] == model.predict(frame.iloc[[at]])[0]


def test_every_column_may_be_emptied() -> None:
    """Missing is a value like any other to edit to, for each type."""
    frame = _frame()
    fields = {field.column: field for field in fields_of(frame)}
    row = loosened(frame).iloc[[0]]
    found = edited(row, fields, dict.fromkeys(frame.columns))
    assert found.isna().all(axis=None)


def test_what_was_seen_is_known() -> None:
    """Ranges of numbers and dates, texts by how frequent they are, holes."""
    fields = {field.column: field for field in fields_of(_frame())}
    assert (fields["whole"].kind, fields["whole"].low, fields["whole"].high) == ("whole", 0.0, 8.0)
    assert fields["number"].holes
    assert not fields["whole"].holes
    assert set(fields["text"].levels) == {"x", "y"}
    assert fields["when"].low == "2024-01-01T00:00:00"
    assert fields["empty"].low is None


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("whole", 99, "outside what the model has seen (0 to 8)"),
        ("whole", 4, ""),
        ("whole", None, "never seen it missing"),
        ("number", None, ""),
        ("place", "z", "never seen “z”"),
        ("place", "a", ""),
        ("when", "1999-01-01", "outside what the model has seen (2024-01-01 to 2024-01-13)"),
        ("zoned", "2024-01-02T00:00:00", ""),
        ("zoned", "2031-01-02T00:00:00", "outside"),
        ("flag", True, ""),
        ("empty", 1.0, "has seen no value"),
    ],
)
def test_what_lies_outside_is_said(column: str, value: object, words: str) -> None:
    """Each value beyond the training rows has its sentence, each within none."""
    fields = {field.column: field for field in fields_of(_frame())}
    found = unseen(fields[column], value)  # type: ignore[arg-type]
    assert (words in found) if words else found == ""


def test_a_rare_text_among_very_many_is_not_called_unseen() -> None:
    """Of a column with thousands of texts only the most frequent are listed, and that is said."""
    field = fields_of(pd.DataFrame({"id": [f"id{i}" for i in range(5000)]}))[0]
    assert len(field.levels) == 200
    assert "not among its 200 most frequent" in unseen(field, "other")


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("number", "many", "is no number"),
        ("number", True, "is no number"),
        ("number", float("inf"), "no number a model can take"),
        ("number", float("nan"), "no number a model can take"),
        ("flag", "perhaps", "neither true nor false"),
        ("when", "soon", "is no date"),
        ("other", 1, "does not look at a column 'other'"),
    ],
)
def test_what_a_column_cannot_hold_is_refused(column: str, value: object, words: str) -> None:
    """The error names the column, the value and what is allowed."""
    frame = _frame(40)
    fields = {field.column: field for field in fields_of(frame)}
    with pytest.raises(EditError, match=words):
        edited(loosened(frame).iloc[[0]], fields, {column: value})  # type: ignore[dict-item]


def test_a_constant_and_an_infinite_column_are_fields() -> None:
    """Nothing to divide by, nothing to overflow."""
    frame = pd.DataFrame({"same": [1, 1], "wild": [np.inf, 2.0]})
    same, wild = fields_of(frame)
    assert (same.low, same.high) == (1.0, 1.0)
    assert (wild.low, wild.high) == (2.0, 2.0)
    assert value_of(Field("wild", "number"), np.inf) is None
