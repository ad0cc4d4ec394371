"""The user's rule runs locked down, and says plainly why it cannot."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from app.lab.rule import RuleError, apply_rule, quoted, rule_columns, suggest_rule

ROWS = pd.DataFrame(
    {
        "delay": [1.0, 20.0, np.nan, np.inf],
        "carrier": pd.Categorical(["UA", "B6", None, "UA"]),
        "Odd name": [1, 2, 3, 4],
        "day": pd.to_datetime(["2025-01-01", "2025-06-01", "2025-07-01", None]),
    }
)


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("delay > 10", [0, 1, np.nan, 1]),
        ("delay > 10 OR carrier = 'UA'", [1, 1, np.nan, 1]),
        ('"Odd name" * 2', [2, 4, 6, 8]),
        ("CASE WHEN carrier IN ('B6') THEN 0.5 ELSE 0.1 END", [0.1, 0.5, 0.1, 0.1]),
        ("month(day)", [1, 6, 7, np.nan]),
        ("coalesce(carrier, '?') = '?'  -- nobody", [0, 0, 1, 0]),
    ],
)
def test_rules_answer_row_by_row(expression: str, wanted: list[float]) -> None:
    """True and false become one and zero, numbers stay, missing stays missing."""
    assert np.allclose(apply_rule(expression, ROWS), wanted, equal_nan=True)


HOSTILE = [
    "(select count(*) from read_csv('/etc/passwd'))",
    "1; drop table rows",
    "1) from rows; --",
    "1 from rows",
    "1 union select 2",
    "attach 'x.db'",
    "copy rows to 'x.csv'",
    "install httpfs",
    "getenv('HOME')",
    "current_setting('memory_limit')",
    "range(1000000000000)",
    "repeat('a', 1000000000000)",
    "list_sum(list_resize([1], 100000000000))",
    "(select 1 from rows a, rows b, rows c)",
    "row_number() over ()",
    "sum(delay)",
    "random()",
    "now()",
    "read_text('/etc/passwd')",
    "error('x')",
    "*",
    "1, 2",
    "$1",
    "",
    "   ",
    "delay >",
    "(" * 50,
    "x" * 5000,
    "delay\0 > 1",
]


@pytest.mark.parametrize("expression", HOSTILE)
def test_hostile_and_broken_rules_are_refused(expression: str) -> None:
    """Nothing but one plain expression over the row runs."""
    with pytest.raises(RuleError):
        apply_rule(expression, ROWS)


def test_an_unknown_column_is_named_with_its_neighbor() -> None:
    """The message names the column, the nearest one and all there are."""
    with pytest.raises(RuleError, match=r"reads dely.*Did you mean delay\?.*carrier"):
        rule_columns("dely > 1", tuple(ROWS.columns))


def test_a_text_is_no_answer() -> None:
    """A text result is refused with an example of what to write."""
    with pytest.raises(RuleError, match="neither true or false nor a number"):
        apply_rule("carrier", ROWS)


def test_columns_a_rule_reads() -> None:
    """Only what it reads counts as its inputs, in the order of the table."""
    assert rule_columns('"Odd name" > 1 and DELAY > 2', tuple(ROWS.columns)) == (
        "delay",
        "Odd name",
    )


def test_a_suggested_rule_runs_and_separates() -> None:
    """The hint is a rule that works on the rows it came from."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"Big One": rng.normal(size=500), "b": rng.normal(size=500)})
    y = (frame["Big One"] > 0.5).to_numpy(dtype=float)
    rule = suggest_rule(frame, y, "binary")
    assert quoted("Big One") in rule
    answer = apply_rule(rule, frame)
    assert y[answer == 1].mean() > 0.9 > 0.2 > y[answer == 0].mean()
    assert np.isfinite(apply_rule(suggest_rule(frame, 10 * y, "regression"), frame)).all()
