"""A table under the contract says of every row what a service would say of it alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.contract import Contract, ContractError, contract_of, refusals, remarks, rows_of
from app.lab.contract_edit import Edit, edited
from app.lab.schema_check import check


def _table(seed: int, rows: int, shift: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    number = rng.normal(size=rows) + shift
    number[rng.random(rows) < 0.2] = np.nan
    text = rng.choice(["a", "b", "c", "d"], size=rows).astype(object)
    text[rng.random(rows) < 0.1] = None
    return pd.DataFrame(
        {
            "number": number,
            "whole": rng.integers(0, 10, rows) + int(shift),
            "flag": rng.random(rows) > 0.5,
            "text": text,
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 99, rows), "D"),
        }
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000), st.floats(-3, 3))
def test_rows_are_judged_as_a_service_judges_them(one: int, other: int, shift: float) -> None:
    """Refused and flagged rows are exactly those that `refusals` and `remarks` name."""
    contract = contract_of(_table(one, 8))
    frame = _table(other, 25, shift)
    frame.loc[0, "number"] = np.inf
    found = check(contract, frame)
    for place, row in enumerate(rows_of(contract, frame)):
        refused = bool(refusals(contract, row))
        assert bool(found.refused[place]) == refused
        if not refused:
            assert bool(found.flagged[place]) == bool(remarks(contract, row))
    words = {(one.column, one.kind) for one in found.violations}
    for row in rows_of(contract, frame):
        told = refusals(contract, row)
        assert {(r.column, r.kind) for r in told} <= words


def test_training_rows_keep_their_own_contract() -> None:
    """Nothing is refused or flagged among the rows it was derived from."""
    frame = _table(0, 200)
    found = check(contract_of(frame), frame)
    assert not found.violations
    assert not found.refused.any()
    assert not found.flagged.any()


def test_a_planted_breach_is_counted_with_examples() -> None:
    """Each kind of breach is found in the very rows in which it was planted."""
    contract = contract_of(_table(0, 200)[["number", "whole", "text"]].dropna())
    frame = _table(0, 200)[["number", "whole", "text"]].dropna().reset_index(drop=True)
    frame.loc[[3, 4], "text"] = "new"
    frame.loc[5, "number"] = 1e6
    frame.loc[6, "number"] = np.nan
    found = check(contract, frame)
    told = {(one.column, one.kind): one for one in found.violations}
    assert told["text", "unseen"].rows == 2
    assert told["text", "unseen"].examples == ("new",)
    assert told["number", "outside"].examples == ("1e+06",)
    assert np.flatnonzero(found.refused).tolist() == [6]
    assert np.flatnonzero(found.flagged).tolist() == [3, 4, 5]


def test_an_absent_column_and_another_kind_refuse_every_row() -> None:
    """Without the column, or with texts in it, no row can be answered."""
    contract = contract_of(_table(0, 50)[["whole"]])
    frame = pd.DataFrame({"other": range(3)})
    assert check(contract, frame).refused.all()
    assert check(contract, frame).violations[0].kind == "absent"
    texts = pd.DataFrame({"whole": ["1", "2"]})
    found = check(contract, texts)
    assert found.refused.all()
    assert found.violations[0].kind == "kind"


def test_broken_numbers_are_not_whole() -> None:
    """A column of whole numbers refuses the row with a broken one, no other."""
    contract = contract_of(_table(0, 50)[["whole"]])
    found = check(contract, pd.DataFrame({"whole": [1.0, 1.5]}))
    assert found.refused.tolist() == [False, True]


def _contract() -> Contract:
    return contract_of(_table(0, 200))


def test_edits_change_what_is_refused_and_flagged() -> None:
    """A wider range flags less, a narrower more; a value that must be there is refused."""
    frame = _table(1, 100)
    low = frame["number"].min()
    narrow = edited(_contract(), [Edit("number", low="0", missing=True)])
    found = check(narrow, frame)
    assert low < 0
    assert found.flagged.sum() >= (frame["number"] < 0).sum()
    strict = edited(_contract(), [Edit("number", missing=False)])
    assert check(strict, frame).refused.sum() == frame["number"].isna().sum()
    texts = edited(_contract(), [Edit("text", levels=("a", "b"))])
    flagged = check(texts, frame).flagged
    assert flagged[frame["text"].isin(["c", "d"])].all()
    dates = edited(_contract(), [Edit("when", high="2024-01-05")])
    assert check(dates, frame).flagged[frame["when"] > pd.Timestamp("2024-01-05")].all()


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit("text", low="1"), "have no range"),
        (Edit("number", levels=("a",)), "cannot be kept"),
        (Edit("number", low="five"), "give a number"),
        (Edit("number", low="inf"), "finite"),
        (Edit("when", high="soon"), "give a date"),
        (Edit("number", low="3", high="1"), "must not be above the end"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_in_words(edit: Edit, words: str) -> None:
    """The column, the value and what is allowed are named."""
    with pytest.raises(ContractError, match=words) as told:
        edited(_contract(), [edit])
    assert edit.column in str(told.value)


def test_edits_of_other_columns_are_left_out() -> None:
    """A column that is no input any more changes nothing."""
    assert edited(_contract(), [Edit("gone", low="1")]) == _contract()
