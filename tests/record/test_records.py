"""Records are immutable, survive JSON, and never hold a number that is none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.record.chart import Axis, Chart, Series
from app.record.digest import canonical, digest
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.number import readable
from app.record.project import Look, Project
from app.record.table import Column, Table

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_equal_data_has_one_digest(data: object) -> None:
    """A trip through JSON, in any order of keys, changes no digest."""
    assert digest(json.loads(json.dumps(data))) == digest(data)


def test_digests_refuse_what_is_no_data() -> None:
    """NaN has no place in a fingerprint."""
    with pytest.raises(ValueError, match="JSON"):
        canonical({"a": float("nan")})


@given(st.floats(allow_nan=True, allow_infinity=True) | st.none())
def test_measures_hold_finite_numbers_or_nothing(value: float | None) -> None:
    """What is not finite becomes "not enough data"."""
    found = Measure(key="k", label="l", value=value, low=value)
    again = Measure.model_validate(json.loads(json.dumps(found.to_json())))
    assert again == found


def test_tables_and_charts_refuse_ragged_data() -> None:
    """A row too short and a series too long are mistakes of the program, told at once."""
    with pytest.raises(ValidationError, match="1 cells, expected 2"):
        Table(
            key="t",
            title="T",
            columns=(Column(key="a", label="A"), Column(key="b", label="B")),
            rows=((1,),),
        )
    with pytest.raises(ValidationError, match="y has 1 values, x has 2"):
        Series(name="s", mark="line", x=(1.0, 2.0), y=(1.0,))


def test_evidence_facts_leave_clocks_out() -> None:
    """Timings and the stamp are no part of what must be the same."""
    table = Table(
        key="t",
        title="T",
        columns=(Column(key="a", label="A"), Column(key="ms", label="ms", timing=True)),
        rows=((1, 2.5),),
    )
    chart = Chart(
        key="c", title="C", says="", x=Axis(label=""), y=Axis(label=""), series=(), timing=True
    )
    found = Evidence(
        stage="s",
        measures=(
            Measure(key="a", label="", value=1),
            Measure(key="b", label="", value=2, timing=True),
        ),
        tables=(table,),
        charts=(chart,),
    ).facts()
    assert [m["key"] for m in found["measures"]] == ["a"]
    assert found["tables"][0]["rows"] == [[1]]
    assert found["charts"] == []
    assert "stamp" not in found


def test_projects_are_never_changed_in_place(binary_project: Project) -> None:
    """An answer makes a new project; the old one stays."""
    changed = binary_project.answered("framing", {"bar": 99.0})
    assert binary_project.answers["framing"]["bar"] == 1.0
    assert changed.answers["framing"]["bar"] == 99.0
    with pytest.raises(ValidationError):
        binary_project.name = "other"  # type: ignore[misc]


def test_a_look_is_noted_once_per_digest(binary_project: Project) -> None:
    """The same measurement again is no new look at the test rows."""
    look = Look(stage="baselines", digest="x", at="now")
    once = binary_project.looked(look)
    assert once.looked(look.model_copy(update={"at": "later"})) == once
    assert len(once.looks) == len(binary_project.looks) + 1


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (9968.54, "9,970"),
        (0.78461, "0.785"),
        (0, "0"),
        (-12.0, "-12"),
        (1.5e13, "1.50e+13"),
        (0.00123, "0.00123"),
        (None, "not enough data"),
        (99.96, "100"),
        (float("nan"), "not enough data"),
        (float("inf"), "∞"),
    ],
)
def test_numbers_read_well(value: float | None, words: str) -> None:
    """Three significant digits, thousands apart, no powers of ten in between."""
    assert readable(value) == words
