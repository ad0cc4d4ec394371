"""The user's rule runs locked down, and says plainly why it cannot."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.rule import RuleError, apply_rule, apply_rule_text, quoted, rule_columns, suggest_rule
from app.lab.vocabulary import CHANGING, FUNCTIONS, OVER_ROWS

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
    "#1 > 0",
    "COLUMNS('d.*')",
    "delay AS late",
    "delay IN (SELECT 1)",
    "array_resize([1], 1000000000, 2)",
    "bitstring('1', 2000000000)",
    "printf('%1000000000d', 1) = 'x'",
    "format('{:>1000000000}', 1) = 'x'",
    "replace(replace('aaaa', 'a', 'aaaa'), 'a', 'aaaa') = 'x'",
    "list_transform([1], x -> x + 1)",
    "list_sort(range(1000000000000))",
    "list_sort(generate_series(1, 1000000000))",
    "lpad('a', 2000000000, 'b') = 'x'",
    "sleep_ms(100000)",
    "regexp_matches(carrier, concat('(a{0,30}){0,30}b', carrier))",
    "regexp_matches(carrier, '(((a{0,999}){0,999}){0,999})b')",
    "regexp_replace(carrier, '', repeat('a', 1000000), 'g') = 'x'",
    "CAST(NULL AS INTEGER[100000]) IS NULL",
    "write_log('x')",
    "txid_current()",
    "version() = 'x'",
    "age(day) > INTERVAL 1 DAY",
    "transaction_timestamp() > day",
    "CURRENT_DATE > day",
    "any_value(delay)",
    "arg_max(delay, day)",
    "memory.main.rows.delay",
    "NOT " * 900 + "true",
    "+".join(["delay"] * 600),
    "list_value(1)",
    "NULL",
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


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


@pytest.mark.parametrize("expression", HOSTILE)
def test_hostile_and_broken_rules_are_refused(expression: str) -> None:
    """Nothing but one plain expression over the row runs; a refusal takes no time and no memory."""
    started, held = time.perf_counter(), _peak_mb()
    with pytest.raises(RuleError):
        apply_rule(expression, ROWS)
    assert time.perf_counter() - started < 5
    assert _peak_mb() - held < 200


LONG = ",".join(["s"] * 25)
WORDY = pd.DataFrame({"s": ["a" * 200] * 3000, "x": np.arange(3000.0)})


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("length(" + "concat(" * 50 + "s" + ",s,s,s,s,s,s,s,s)" * 50 + ") > 1", "builds texts"),
        ("length(concat(" + ",".join(["s"] * 1900) + ")) > 1", "builds texts"),
        ("contains(list_value(" + ",".join(["s"] * 900) + ")::VARCHAR, 'x')", "builds texts"),
        ("regexp_matches(s, '((a{0,30}){0,30})b')", "search for"),
        ("regexp_matches(s, s)", "in single quotes"),
        (
            " OR ".join([f"contains(concat({LONG}), concat({LONG},'b'))"] * 16),
            "search for",
        ),
    ],
    ids=["nested joins", "one long join", "a list as text", "a pattern", "no constant", "searches"],
)
def test_a_rule_that_blows_up_is_refused_before_it_runs(expression: str, message: str) -> None:
    """Texts that grow and searches that crawl are foreseen: no limit of the database holds them."""
    started, held = time.perf_counter(), _peak_mb()
    with pytest.raises(RuleError, match=message):
        apply_rule(expression, WORDY)
    assert time.perf_counter() - started < 5
    assert _peak_mb() - held < 200


@pytest.mark.parametrize(
    "expression",
    [
        "s LIKE '" + "%a_" * 60 + "%b'",
        "s LIKE concat('" + "%a" * 15 + "%b', s)",
        "contains(lower(s), 'b') OR regexp_matches(s, '^[0-9]{5}-[0-9]{4}$')",
        "regexp_matches(s, '(a*)*(a|aa)*b')",
    ],
)
def test_what_looks_dangerous_but_is_not_runs(expression: str) -> None:
    """Patterns that ruin other engines take no time here, and are taken."""
    started = time.perf_counter()
    assert apply_rule(expression, WORDY).tolist() == [0.0] * 3000
    assert time.perf_counter() - started < 5


def test_a_slow_rule_is_stopped() -> None:
    """A rule that is still answering at its limit is stopped, wherever it runs, and told so."""
    frame = pd.DataFrame({"x": np.arange(2_000_000.0)})
    rule = "+".join(f"sin(pow(x, 1.{i}))" for i in range(100)) + " > 1"
    started = time.perf_counter()
    with pytest.raises(RuleError, match=r"took more than 0\.1 s for 2,000,000 rows"):
        apply_rule(rule, frame, limit_s=0.1)
    assert time.perf_counter() - started < 10


def test_a_text_column_of_categories_is_text() -> None:
    """A column of categories answers as its texts do, with holes and with none."""
    texts = pd.Series(["UA", None, "B6", "UA"], name="c")
    for rule in ("c = 'UA'", "contains(lower(c), 'b')", "coalesce(c, '?') = '?'", "c > 'C'"):
        plain = apply_rule(rule, texts.to_frame())
        assert np.array_equal(
            apply_rule(rule, texts.astype("category").to_frame()), plain, equal_nan=True
        )


def test_nothing_outside_the_row_is_touched(tmp_path: Path) -> None:
    """No rule reads a file that is there or writes one that is not."""
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    for rule in (
        f"(SELECT a FROM '{secret}')",
        f"(SELECT count(*) FROM read_csv('{secret}'))",
        f"1; COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"1; ATTACH '{tmp_path}/out.db'",
        f"1 FROM '{secret}'",
    ):
        with pytest.raises(RuleError):
            apply_rule(rule, ROWS)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_every_word_of_the_vocabulary_is_plain() -> None:
    """What a rule may call exists, looks at one row, and answers alike each time."""
    with duckdb.connect(":memory:") as connection:
        found = connection.execute(
            "SELECT function_name, function_type, stability FROM duckdb_functions()"
        ).fetchall()
    kinds = {name: (kind, stability) for name, kind, stability in found}
    assert kinds.keys() >= FUNCTIONS
    assert {kinds[name][0] for name in FUNCTIONS} <= {"scalar", "macro"}
    assert {kinds[name][1] for name in FUNCTIONS} <= {"CONSISTENT", None}
    assert not FUNCTIONS & (OVER_ROWS | CHANGING)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("delay > 1; drop table rows", "more than one statement"),
        ("sum(delay) > 1", "sees one row at a time"),
        ("lag(delay) over ()", "a window over other rows"),
        ("now() > day", "reads the clock"),
        ("delay > > 1", r"syntax error.*\(character 9 of 11\)"),
        ("delay, 1", "without commas"),
        ("flor(delay)", r"flor\(\), which a rule may not\. Did you mean floor\?"),
        ("delay::BLOB", "turns a value into BLOB"),
        ("delay late", "the name 'late'; leave the name out"),
        ("rows.dely > 1", r"Did you mean delay\?"),
        ("carrier > 5", "cannot run"),
    ],
)
def test_a_refusal_says_why(expression: str, message: str) -> None:
    """Each refusal names what is wrong in words that help to mend it."""
    with pytest.raises(RuleError, match=message):
        apply_rule(expression, ROWS)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
@settings(max_examples=30, deadline=None)
def test_every_column_name_works_in_quotes(name: str) -> None:
    """Whatever a column is called, its quoted name reads exactly that column."""
    frame = pd.DataFrame({name: [3.0, np.nan, -1.5], "another column": [0.0, 1.0, 2.0]})
    assert np.array_equal(apply_rule(quoted(name), frame), frame[name], equal_nan=True)
    assert rule_columns(quoted(name), tuple(frame.columns)) == (name,)


@pytest.mark.parametrize("name", ["end", "true", "select", "rows", "answer", "_", "groundwork_row"])
def test_a_column_may_bear_any_word(name: str) -> None:
    """Reserved words and the words of the query itself are columns like others."""
    frame = pd.DataFrame({name: [5.0, 1.0, 3.0]})
    assert apply_rule(f"{quoted(name)} > 2", frame).tolist() == [1.0, 0.0, 1.0]


def test_names_that_differ_in_case_only_are_not_mixed_up() -> None:
    """SQL cannot tell them apart, so the rule is refused instead of reading the wrong one."""
    frame = pd.DataFrame({"delay": [1, 2, 3], "Delay": [3, 0, 3]})
    assert apply_rule('"Delay" > 1', frame).tolist() == [1, 0, 1]
    for rule in ("delay > Delay", "DELAY > 1"):
        with pytest.raises(RuleError, match="upper and lower case"):
            apply_rule(rule, frame)


def test_a_text_column_without_a_value_stays_text() -> None:
    """On a day on which a source is down the rule still runs, and has no answer."""
    for holes in (pd.Series([None] * 3, dtype=object), pd.Categorical([None] * 3)):
        found = apply_rule("lower(carrier) LIKE 'u%'", pd.DataFrame({"carrier": holes}))
        assert np.isnan(found).all()
    empty = apply_rule("lower(carrier) = 'ua'", ROWS.iloc[:0])
    assert empty.shape == (0,)


def test_mixed_values_are_compared_as_text() -> None:
    """A column of numbers and texts does not break the rule, wherever the text turns up."""
    values = np.array([1] * 5000, dtype=object)
    values[3210] = "UA"
    found = apply_rule("code = 'UA'", pd.DataFrame({"code": values}))
    assert np.flatnonzero(found).tolist() == [3210]


def test_hours_do_not_depend_on_the_machine() -> None:
    """Times with a zone are read in UTC."""
    times = pd.Series(pd.to_datetime(["2025-07-01 01:00", None])).dt.tz_localize("Asia/Tokyo")
    found = apply_rule("hour(t)", pd.DataFrame({"t": times}))
    assert np.array_equal(found, [16.0, np.nan], equal_nan=True)


def test_answers_keep_the_order_of_many_rows() -> None:
    """Row i of the answer belongs to row i of the frame, whatever its index."""
    values = np.random.default_rng(0).normal(size=20_000)
    frame = pd.DataFrame({"x": values}, index=np.random.default_rng(1).permutation(20_000))
    assert np.array_equal(apply_rule("x * 2;", frame), values * 2)


def test_too_little_memory_is_explained() -> None:
    """A rule that outgrows its memory ends with the limit, not with the machine."""
    with pytest.raises(RuleError, match="more than 20 MB for 3,000,000 rows"):
        apply_rule("x > 1", pd.DataFrame({"x": np.arange(3_000_000.0)}), memory_mb=20)


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
    assert y[answer == 1].mean() > 0.9
    assert y[answer == 0].mean() < 0.2
    assert np.isfinite(apply_rule(suggest_rule(frame, 10 * y, "regression"), frame)).all()


def test_a_suggested_cut_is_short_but_never_moves_a_row() -> None:
    """Values that differ in the seventh digit are still told apart."""
    x = 1_000_000.0 + np.arange(200)
    frame = pd.DataFrame({"end": x})
    y = (x >= 1_000_100).astype(float)
    answer = apply_rule(suggest_rule(frame, y, "binary"), frame)
    assert np.mean(answer == y) >= 0.95
    rounded = suggest_rule(pd.DataFrame({"x": np.linspace(0, 1, 400) / 3}), y.repeat(2), "binary")
    assert len(rounded) <= len("x > 0.1234")


def test_no_number_to_cut_is_explained() -> None:
    """Without a numeric column there is no suggestion, and the person is told."""
    with pytest.raises(RuleError, match="no numeric column"):
        suggest_rule(pd.DataFrame({"place": ["a", "b"] * 50}), np.tile([0.0, 1.0], 50), "binary")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT x FROM rows, range(1000000000000)",
        "SELECT x FROM rows CROSS JOIN rows AS others",
        "SELECT x FROM rows JOIN rows AS r2 ON true",
        "SELECT x FROM range(1000000000000) AS t(x)",
        "SELECT x FROM read_csv('/etc/passwd')",
        "SELECT x FROM '/etc/passwd'",
        "SELECT x FROM rows WHERE x > (SELECT count(*) FROM range(1000000000000))",
        "SELECT x FROM rows; ATTACH 'out.db'",
        "SELECT x FROM rows; INSTALL httpfs",
        "SELECT x FROM rows; SELECT 1",
        "SELECT sleep_ms(100000) FROM rows",
        "SELECT x FROM rows WHERE sleep_ms(100000) IS NULL",
        "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x FROM t) SELECT x FROM t",
        "SELECT x FROM rows UNION ALL SELECT x FROM rows",
        "SELECT x FROM rows ORDER BY random()",
        "SELECT x FROM rows LIMIT 1",
        "SELECT count(*) FROM rows",
        "SELECT avg(x) OVER () FROM rows",
        "SELECT * FROM rows",
        "SELECT x FROM duckdb_settings()",
        "SELECT getenv('HOME') FROM rows",
        "FROM rows",
        "VALUES (1)",
        "ATTACH 'out.db'",
        "INSTALL httpfs",
        "COPY rows TO 'out.csv'",
        "PRAGMA database_list",
        "SET memory_limit='100GB'",
    ],
)
def test_a_hostile_query_is_refused_at_once(
    query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query that reads, joins, waits, installs or says more is refused, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RuleError):
        apply_rule(query, pd.DataFrame({"x": [1.0, 2.0]}))
    assert list(tmp_path.iterdir()) == []


def test_a_plain_query_is_a_rule() -> None:
    """A query over one row at a time answers like the expression it holds."""
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "place": ["a", "b", "a"]})
    query = "SELECT x * 2 AS twice FROM rows WHERE place = 'a'"
    assert np.array_equal(apply_rule(query, frame), [2.0, np.nan, 6.0], equal_nan=True)
    assert rule_columns(query, ("x", "place", "other")) == ("x", "place")
    assert np.array_equal(apply_rule("select x > 1 from rows", frame), [0.0, 1.0, 1.0])


def test_a_rule_may_name_a_class() -> None:
    """Texts, numbers and booleans become the words of the classes; no answer is None."""
    frame = pd.DataFrame({"x": [1.0, np.nan, 3.0]})
    rule = "CASE WHEN x > 2 THEN 'high' WHEN x > 0 THEN 'low' END"
    assert apply_rule_text(rule, frame).tolist() == ["low", None, "high"]
    assert apply_rule_text("x", frame).tolist() == ["1", None, "3"]
    assert apply_rule_text("x > 2", frame).tolist() == ["false", None, "true"]


@pytest.mark.parametrize("task", ["multiclass", "ranking"])
def test_a_starting_rule_is_mined_for_every_kind(task: str) -> None:
    """Several classes get a handful of cuts, lists an order; both find the signal."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"signal": rng.normal(size=600), "noise": rng.normal(size=600)})
    lists = np.repeat(np.arange(60), 10)
    if task == "ranking":
        y = np.clip(np.rint(-frame["signal"]), 0, 3).to_numpy()
        assert suggest_rule(frame, y, task, queries=lists) == "-signal"
        return
    y = np.digitize(frame["signal"], [-0.5, 0.5]).astype(float)
    rule = suggest_rule(frame, y, task, classes=("low", "it's", "high"))
    told = apply_rule_text(rule, frame)
    assert (told == np.array(["low", "it's", "high"])[y.astype(int)]).mean() > 0.97
    assert suggest_rule(frame, y, "forecasting", past="y_7_days_before") == "y_7_days_before"
