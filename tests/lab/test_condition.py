"""Conditions mean what they say, on every kind of column, and refuse what they cannot mean."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab.condition import Cohort, Condition, ConditionError, parse_conditions

FRAME = pd.DataFrame(
    {
        "origin": ["EWR", "JFK", None, "LGA"],
        "hour": [6, 9, 8, 7],
        "wind speed": [1.5, np.nan, np.inf, 20.0],
        "when": pd.to_datetime(
            ["2026-01-01", "2026-02-01", None, "2026-03-01 12:30"], format="ISO8601"
        ),
        "late": [True, False, True, False],
        "carrier": pd.Categorical(["UA", "DL", "UA", None]),
        "age": pd.array([1, None, 3, 40], dtype="Int64"),
        "big": [2**53, 2**53 + 1, 0, 1],
        "odd 'name\"": ["a", "b", "c", "d"],
    }
)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        (Condition("origin", "==", "EWR"), [0]),
        (Condition("origin", "in", ("EWR", "LGA")), [0, 3]),
        (Condition("origin", "is_missing"), [2]),
        (Condition("hour", ">", 7), [1, 2]),
        (Condition("hour", "<=", 7), [0, 3]),
        (Condition("hour", "between", (7, 8)), [2, 3]),
        (Condition("wind speed", ">=", 1.5), [0, 2, 3]),
        (Condition("wind speed", "<", 1e9), [0, 3]),
        (Condition("when", ">=", "2026-02-01"), [1, 3]),
        (Condition("when", "between", ("2026-01-01", "2026-02-01")), [0, 1]),
        (Condition("late", "==", False), [1, 3]),
        (Condition("carrier", "==", "UA"), [0, 2]),
        (Condition("carrier", "is_missing"), [3]),
        (Condition("age", ">", 2), [2, 3]),
        (Condition("age", "is_missing"), [1]),
        (Condition("big", "==", 2**53 + 1), [1]),
    ],
)
def test_a_condition_chooses_its_rows(condition: Condition, rows: list[int]) -> None:
    """Every operator on every kind of column; a missing value meets none but is_missing."""
    assert np.flatnonzero(condition.mask(FRAME)).tolist() == rows
    assert Condition.from_json(json.loads(json.dumps(condition.to_json()))) == condition


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Condition("hour", "~", 1), "no operator"),
        (lambda: Condition("hour", "between", (9, 6)), "lower value comes first"),
        (lambda: Condition("hour", "between", (9,)), "two values"),
        (lambda: Condition("hour", "between", (9, "a")), "not one of each"),
        (lambda: Condition("hour", "in", ()), "1 to 1,000 values"),
        (lambda: Condition("hour", ">", float("nan")), "finite"),
        (lambda: Condition("hour", ">", None), "give a text, a number"),
        (lambda: Condition("hour", "is_missing", 3), "takes no value"),
        (lambda: Condition("", "==", 3), "name of a column"),
        (lambda: Condition("origin", "==", "x" * 1001), "at most 1,000"),
        (lambda: Condition("houre", "==", 3).mask(FRAME), "Did you mean 'hour'"),
        (lambda: Condition("hour", "==", "six").mask(FRAME), "holds numbers"),
        (lambda: Condition("hour", "==", True).mask(FRAME), "holds numbers"),
        (lambda: Condition("origin", ">", "A").mask(FRAME), "use == or in"),
        (lambda: Condition("origin", "==", 3).mask(FRAME), "into quotes"),
        (lambda: Condition("late", "==", "maybe").mask(FRAME), "true or false"),
        (lambda: Condition("when", ">", "soon").mask(FRAME), "is no date"),
        (lambda: Condition("when", ">", "2026-02-31").mask(FRAME), "no day of the calendar"),
        (lambda: Condition.from_json([1]), "an object with column"),
        (lambda: Condition.from_json({"column": "a", "op": "==", "value": {}}), "give a text"),
        (lambda: Condition.from_json({"column": "a", "op": "==", "sql": 1}), "has no 'sql'"),
        (lambda: Cohort("", (Condition("hour", "==", 1),)), "needs a name"),
        (lambda: Cohort("a", ()), "at least one"),
        (lambda: Cohort("a", tuple(Condition(c, "==", 1) for c in "abcd")), "at most 3"),
        (lambda: Cohort("a", tuple(Condition("a", "==", i) for i in range(3))), "at most two"),
        (lambda: Cohort.from_json({"name": "a"}), "list of conditions"),
    ],
)
def test_what_cannot_be_meant_is_refused(make: Any, says: str) -> None:
    """One sentence says what is wrong."""
    with pytest.raises(ConditionError, match=says):
        make()


def test_null_is_missing() -> None:
    """In JSON, a missing value is == with null."""
    found = Condition.from_json({"column": "age", "op": "==", "value": None})
    assert found == Condition("age", "is_missing")


def test_a_cohort_joins_by_and() -> None:
    """Its mask is that of all conditions, its words a sentence, its JSON the whole of it."""
    cohort = Cohort("Early", (Condition("hour", "<", 8), Condition("origin", "==", "EWR")))
    assert cohort.mask(FRAME).tolist() == [True, False, False, False]
    assert cohort.words == "hour < 8 and origin is EWR"
    assert Cohort.from_json(json.loads(json.dumps(cohort.to_json()))) == cohort


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('origin == "EWR" and 6 <= hour < 9', [0]),
        ("carrier in (UA, DL)", [0, 1, 2]),
        ("carrier is one of [UA]", [0, 2]),
        ("`wind speed` > 2", [2, 3]),
        ("when >= 2026-02-01 & late = no", [1, 3]),
        ("age is missing", [1]),
        ("origin is EWR", [0]),
        ("hour between 7 and 8", [2, 3]),
        ("(ORIGIN == 'EWR') and (hour ≥ 6)", [0]),
        ("9 > hour >= 6.5", [2, 3]),
        ("hour > -3", [0, 1, 2, 3]),
        ("`odd 'name\"` == a", [0]),
    ],
)
def test_typed_conditions_are_understood(text: str, rows: list[int]) -> None:
    """People write conditions in many ways that mean one thing."""
    cohort = Cohort("typed", parse_conditions(text, FRAME))
    assert np.flatnonzero(cohort.mask(FRAME)).tolist() == rows


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no condition yet"),
        ("   ", "no condition yet"),
        ("hour > 1" + " " * 500 + "x", "at most 500"),
        ("hour > 1 or hour < 0", "joined by and"),
        ("origin != EWR", "joined by and"),
        ("not late", "joined by and"),
        ('__import__("os").system("ls")', "no meaning"),
        ("hour > __import__", "holds numbers"),
        ("hour", "break off"),
        ("hour >", "break off"),
        ("hour in (1, 2", "break off"),
        ("hour in 1", "into brackets"),
        ("(hour > 1", "break off"),
        ("hour > 1)", "not expected"),
        ('origin == "EWR', "not closed"),
        ("hour > $", "no meaning"),
        ("hour > 1e999", "finite"),
        ("1 < hour > 3", "one way"),
        ("origin == EVR", "Did you mean 'EWR'"),
        ("houre > 3", "Did you mean 'hour'"),
        ("hour > 1; drop table x", "no meaning"),
        ("hour > 1 and age > 1 and big > 1 and late is true", "at most 3"),
        ("origin > A", "never is 'A'"),
        ("late > true", "use == or in"),
    ],
)
def test_typing_errors_are_explained(text: str, says: str) -> None:
    """Nothing is run, nothing crashes, and the sentence helps."""
    with pytest.raises(ConditionError, match=says):
        parse_conditions(text, FRAME)


@given(st.text(max_size=60) | st.from_regex(r"(hour|origin|\(|<=?|and|in|[0-9]+|'|`| ){1,12}"))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text at all is either understood or refused with a sentence."""
    try:
        found = parse_conditions(text, FRAME)
    except ConditionError as error:
        said = str(error)
    else:
        said = Cohort("typed", found).words
        assert Cohort("typed", found).mask(FRAME).shape == (len(FRAME),)
    assert 3 < len(said) < 800


@given(
    st.lists(st.floats(allow_nan=True) | st.none(), min_size=1, max_size=20),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_above_and_at_most_part_the_known_rows(values: list[float | None], cut: float) -> None:
    """Each row is above, at most, or missing: one of the three, never two."""
    frame = pd.DataFrame({"x": pd.Series(values, dtype=float)})
    parts = [
        Condition("x", ">", cut).mask(frame),
        Condition("x", "<=", cut).mask(frame),
        Condition("x", "is_missing").mask(frame),
    ]
    assert (np.sum(parts, axis=0) == 1).all()


def test_awkward_frames_are_told_apart() -> None:
    """Two columns of one name, lists and durations are refused; zones of time are one."""
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(ConditionError, match="2 columns named 'a'"):
        Condition("a", "==", 1).mask(twice)
    frame = pd.DataFrame({"took": pd.to_timedelta([1, 2], "s"), "lists": [[1], [2]]})
    with pytest.raises(ConditionError, match="only is_missing"):
        Condition("took", ">", 1).mask(frame)
    zoned = pd.DataFrame({"at": pd.to_datetime(["2026-01-01 00:30+01:00"])})
    assert Condition("at", "<", "2026-01-01").mask(zoned).all()
    assert Condition("at", "==", "2026-01-01T00:30+01:00").mask(zoned).all()
