"""The data contract: derived, written, read, kept."""

from __future__ import annotations

import json
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.lab.contract import (
    Contract,
    ContractError,
    breaches,
    contract_of,
    frame_of,
    refusals,
    remarks,
    rows_of,
)
from app.lab.contract.request import request_model
from app.lab.contract.schema import pandera_schema

FRAME = pd.DataFrame(
    {
        "age": pd.Series([20, 30, 40], dtype="int16"),
        "speed": pd.Series([1.5, np.nan, 0.1], dtype="float32"),
        "place": pd.Categorical(["north", "south", "north"]),
        "new": [True, False, True],
        "when": pd.to_datetime(["2024-01-01 00:00", "2024-02-01 16:30", "2024-03-01 00:00"]),
        "Straße; DROP": ["a", None, "b"],
    }
)
FINE = {
    "age": 25,
    "speed": 1.0,
    "place": "north",
    "new": False,
    "when": "2024-02-02",
    "Straße; DROP": None,
}


@pytest.fixture
def contract() -> Contract:
    """The contract of the small table."""
    return contract_of(FRAME, "y", "binary", units={"age": "years"})


def test_it_says_what_training_held(contract: Contract) -> None:
    """Kind, range, levels, unit and holes of every column are those of the training rows."""
    kinds = [column.kind for column in contract.columns]
    assert kinds == ["whole", "number", "text", "flag", "date", "text"]
    age, speed, place = contract.columns[:3]
    assert (age.low, age.high, age.unit, age.missing) == (20.0, 40.0, "years", False)
    assert (speed.missing, round(speed.missing_share, 3)) == (True, 0.333)
    assert (place.levels, place.all_levels) == (("north", "south"), 2)


def test_json_and_back(contract: Contract) -> None:
    """A contract is plain JSON and comes back as it was."""
    assert Contract.from_json(json.loads(json.dumps(contract.to_json()))) == contract


def test_a_contract_edited_wrongly(contract: Contract) -> None:
    """A mistake made by hand is named, with its column."""
    data = contract.to_json()
    data["columns"][0]["kind"] = "integer"
    with pytest.raises(ContractError, match=r"'age'.*'integer'.*whole"):
        Contract.from_json(data)
    with pytest.raises(ContractError, match="format"):
        Contract.from_json({})
    twice = {**contract.to_json(), "columns": [contract.to_json()["columns"][1]] * 2}
    with pytest.raises(ContractError, match=r"speed.*twice"):
        Contract.from_json(twice)


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("age", "25", "kind"),
        ("age", 25.5, "kind"),
        ("age", True, "kind"),
        ("age", None, "missing"),
        ("speed", float("inf"), "kind"),
        ("place", 3, "kind"),
        ("new", "true", "kind"),
        ("new", 1, "kind"),
        ("when", "yesterday", "kind"),
        ("when", 20240101, "kind"),
    ],
)
def test_what_is_refused(contract: Contract, column: str, value: object, kind: str) -> None:
    """The check and the request model refuse the same values, and name the column."""
    row = {**FINE, column: value}
    assert [(r.column, r.kind) for r in refusals(contract, row)] == [(column, kind)]
    assert column in refusals(contract, row)[0].words
    with pytest.raises(ValidationError, match=column):
        request_model(contract).model_validate(row)


def test_absent_and_unknown_columns(contract: Contract) -> None:
    """A column that is not there is refused by both, an unknown one by the request model."""
    row = {name: value for name, value in FINE.items() if name != "age"}
    assert [r.kind for r in refusals(contract, row)] == ["absent"]
    for wrong in (row, {**FINE, "other": 1}):
        with pytest.raises(ValidationError):
            request_model(contract).model_validate(wrong)


def test_what_is_flagged(contract: Contract) -> None:
    """Unseen texts and numbers out of range are answered, and told."""
    assert refusals(contract, FINE) == ()
    assert remarks(contract, FINE) == ()
    strange = {**FINE, "age": 99, "place": "east", "when": "2030-01-01"}
    assert refusals(contract, strange) == ()
    assert {(r.column, r.kind) for r in remarks(contract, strange)} == {
        ("age", "outside"),
        ("place", "unseen"),
        ("when", "outside"),
    }


def test_request_gives_the_row_back(contract: Contract) -> None:
    """What passes comes back under the columns' own names, whatever they are."""
    row = request_model(contract).model_validate(FINE).model_dump(by_alias=True)
    assert row == {**FINE, "when": datetime(2024, 2, 2)}


def test_table_to_rows_to_table(contract: Contract) -> None:
    """Rows written as JSON become the same table again, kinds and bits."""
    rows = json.loads(json.dumps(rows_of(contract, FRAME)))
    found = frame_of(contract, rows)
    for name in FRAME.columns:
        if contract.part([name]).columns[0].kind == "text":
            assert found[name].tolist() == [None if pd.isna(v) else v for v in FRAME[name]]
        else:
            pd.testing.assert_series_equal(found[name], FRAME[name], check_names=False)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1))
def test_any_number_survives(values: list[float]) -> None:
    """Every number of single precision goes through JSON without losing a bit."""
    frame = pd.DataFrame({"x": pd.Series(values, dtype="float32")})
    contract = contract_of(frame)
    back = frame_of(contract, json.loads(json.dumps(rows_of(contract, frame))))
    known = np.abs(frame["x"]) < 1e38
    assert back["x"][known].to_numpy().tobytes() == frame["x"][known].to_numpy().tobytes()


def test_whole_numbers_with_holes_and_beyond() -> None:
    """A hole makes floats of whole numbers; what does not fit the narrow kind gets a wide one."""
    contract = contract_of(pd.DataFrame({"n": pd.Series([1, 2], dtype="int8")}))
    assert str(frame_of(contract, [{"n": 5}])["n"].dtype) == "int8"
    assert frame_of(contract, [{"n": 2**60 + 1}])["n"][0] == 2**60 + 1
    assert frame_of(contract, [{"n": None}, {"n": 3}])["n"].isna().tolist() == [True, False]


def test_time_zones() -> None:
    """A date with a zone is moved to the zone of training; without one it is taken as there."""
    zone = "America/New_York"
    frame = pd.DataFrame({"at": pd.to_datetime(["2024-06-01 08:00"]).tz_localize(zone)})
    contract = contract_of(frame)
    rows = [{"at": "2024-06-01T12:00:00+00:00"}, {"at": "2024-06-01T08:00:00"}]
    assert frame_of(contract, rows)["at"].dt.hour.tolist() == [8, 8]


def test_tables_are_checked_like_pandera_does(contract: Contract) -> None:
    """Our own check of a table and pandera's agree on what breaks the contract."""
    import pandera.errors

    schema = pandera_schema(contract)
    schema.validate(FRAME)
    assert breaches(contract, FRAME) == ()
    broken = {
        "age": [20.0, None, 3.0],
        "place": [1, 2, 3],
        "new": ["yes", "no", "no"],
        "when": ["a", "b", "c"],
    }
    for name, values in broken.items():
        wrong = FRAME.assign(**{name: values})
        assert [r.column for r in breaches(contract, wrong)] == [name]
        with pytest.raises(pandera.errors.SchemaError):
            schema.validate(wrong)
    assert breaches(contract, FRAME.drop(columns=["age"]))[0].kind == "absent"
