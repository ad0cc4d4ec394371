"""One plain SQL expression over the values of one row: read, checked, or refused with reasons.

A query is taken, too, when it says no more than that: SELECT expression FROM rows WHERE condition.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import duckdb

from app.lab.vocabulary import (
    CHANGING,
    DATES,
    FUNCTIONS,
    NUMBERS,
    OPERATORS,
    OVER_ROWS,
    PART_WORDS,
    PARTS,
    TEXTS,
    TYPES,
)

LONGEST = 4000
QUERY = re.compile(r"(select|with|from|values)\b", re.IGNORECASE)
OPENING = "SELECT "
TOO_DEEP = "the rule is nested too deeply; write it with fewer steps"


class RuleError(ValueError):
    """A rule that cannot run, with what is wrong and what is allowed."""


@lru_cache(maxsize=64)
def rule_columns(expression: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns a rule reads.

    Parameters
    ----------
    expression : str
        A DuckDB expression, at most 4,000 characters.
    columns : tuple of str
        Columns it may read.

    Returns
    -------
    tuple of str
        In the order of ``columns``.

    Raises
    ------
    RuleError
        If it is not one plain expression over these columns.
    """
    tree = parsed(one_expression(expression))
    used: set[str] = set()
    for node in _nodes(tree):
        _check(node)
        if node.get("class") == "COLUMN_REF":
            used.add(_known(node["column_names"], columns))
    _check_case(used)
    return tuple(name for name in columns if name in used)


@lru_cache(maxsize=64)
def one_expression(rule: str) -> str:
    """Return a rule as one expression, whether it was written as one or as a query.

    Parameters
    ----------
    rule : str
        An expression, or a query that selects one expression from ``rows``, with a condition at
        most. Rows that the condition leaves out get no answer.

    Returns
    -------
    str

    Raises
    ------
    RuleError
        If it is a query that reads anything else or does anything more.
    """
    text = plain_text(rule)
    if not QUERY.match(text):
        return text
    node = _query(text)
    found = _only(node, "rows")
    answer = _written({**found, "alias": ""})
    if not node.get("where_clause"):
        return answer
    return f"CASE WHEN {_written(node['where_clause'])} THEN {answer} END"


def _query(text: str) -> dict[str, Any]:
    if _count(text) != 1:
        raise RuleError("the rule holds more than one statement; give one query, no ;")
    node: dict[str, Any] = _tree(text)["statements"][0]["node"]
    return node


def _written(tree: dict[str, Any]) -> str:
    """Return the text of one part of a parsed query."""
    whole = _tree("SELECT 1")
    whole["statements"][0]["node"]["select_list"] = [tree]
    with duckdb.connect(":memory:") as connection:
        found = connection.execute("SELECT json_deserialize_sql(?)", [json.dumps(whole)]).fetchone()
    return str(found[0])[len(OPENING) :] if found else ""


def _count(text: str) -> int:
    with duckdb.connect(":memory:") as connection:
        try:
            return len(connection.extract_statements(f"{text}\n"))
        except duckdb.Error:
            return 1


def _tree(text: str) -> dict[str, Any]:
    with duckdb.connect(":memory:") as connection:
        found = connection.execute("SELECT json_serialize_sql(?)", [f"{text}\n"]).fetchone()
    try:
        answer: dict[str, Any] = json.loads(found[0]) if found else {}
    except RecursionError:
        raise RuleError(TOO_DEEP) from None
    if answer.get("error"):
        raise RuleError(_syntax(answer, text))
    return answer


def parsed(expression: str) -> dict[str, Any]:
    """Return the tree of an expression.

    Parameters
    ----------
    expression : str

    Returns
    -------
    dict
        As DuckDB serializes it.

    Raises
    ------
    RuleError
        If it is not exactly one expression.
    """
    text = plain_text(expression)
    if _count(OPENING + text) != 1:
        raise RuleError("the rule holds more than one statement; give one expression, no ;")
    return _only(_tree(OPENING + text)["statements"][0]["node"], "")


def plain_text(expression: str) -> str:
    """Return an expression without the white space and semicolon around it.

    Parameters
    ----------
    expression : str

    Returns
    -------
    str

    Raises
    ------
    RuleError
        If it is empty, too long, or holds a zero byte.
    """
    text = expression.strip().rstrip(";").rstrip()
    if not text:
        raise RuleError("the rule is empty; write a condition such as  delay > 10")
    if len(text) > LONGEST:
        raise RuleError(f"the rule has {len(text):,} characters; at most {LONGEST:,} are allowed")
    if "\0" in text:
        raise RuleError("the rule holds a zero byte; type it again")
    return text


def _only(node: dict[str, Any], source: str) -> dict[str, Any]:
    refused = ("having", "qualify", "sample") if source else ("where_clause", "having", "qualify")
    extras = [key for key in (*refused, "sample") if node.get(key)]
    if node.get("type") != "SELECT_NODE" or extras or not _reads(node, source):
        raise RuleError(
            "the rule is a query that reads more than one row at a time; give one expression such "
            "as  delay > 10, or  SELECT expression FROM rows WHERE condition"
        )
    if node.get("group_expressions") or node.get("modifiers") or node.get("cte_map", {}).get("map"):
        raise RuleError("the rule groups, sorts or limits; give one expression for one row")
    if len(node["select_list"]) != 1:
        raise RuleError("the rule has several results; give one expression, without commas")
    tree: dict[str, Any] = node["select_list"][0]
    if tree.get("alias") and not source:
        raise RuleError(
            f"the rule gives its result the name {tree['alias']!r}; leave the name out. Is an "
            "operator missing, or double quotes around a column name with spaces?"
        )
    return tree


def _reads(node: dict[str, Any], source: str) -> bool:
    table = node.get("from_table", {})
    if not source:
        return str(table.get("type", "EMPTY")) == "EMPTY"
    plain = not (table.get("schema_name") or table.get("catalog_name") or table.get("sample"))
    named = str(table.get("table_name", "")).lower() == source and not table.get("alias")
    return str(table.get("type")) == "BASE_TABLE" and named and plain


def _syntax(answer: dict[str, Any], text: str) -> str:
    message = str(answer.get("error_message", "")) or "it cannot be read"
    if "depth limit" in message:
        return TOO_DEEP
    at = str(answer.get("position", ""))
    before = len(OPENING) if text.startswith(OPENING) else 0
    place = int(at) - before if at.isdigit() else -1
    text = text[before:]
    where = f" (character {place + 1} of {len(text)})" if 0 <= place <= len(text) else ""
    return f"the rule is no valid expression: {message.splitlines()[0]}{where}"


def _nodes(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    waiting: list[Any] = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(reversed(part.values()))
        elif isinstance(part, list):
            waiting.extend(reversed(part))


def _check(node: dict[str, Any]) -> None:
    part = node.get("class")
    if part is None:
        return
    if part not in PARTS or (part == "OPERATOR" and node.get("type") not in OPERATORS):
        words = PART_WORDS.get(part, str(node.get("type", part)).replace("_", " ").lower())
        raise RuleError(f"the rule holds {words}; it may only use the values of one row")
    if part == "TYPE" and str(node.get("type_name", "")).upper() not in TYPES:
        raise RuleError(
            f"the rule turns a value into {node.get('type_name')}; allowed are numbers, BOOLEAN, "
            "VARCHAR, DATE, TIME and TIMESTAMP"
        )
    if part == "FUNCTION":
        _check_function(str(node.get("function_name", "")).lower())


def _check_function(name: str) -> None:
    if name in FUNCTIONS:
        return
    if name in OVER_ROWS:
        raise RuleError(f"the rule uses {name}() over many rows; it sees one row at a time")
    if name in CHANGING:
        raise RuleError(
            f"the rule uses {name}(), which reads the clock or chance; a rule must answer alike "
            "each time"
        )
    words = sorted(NUMBERS | TEXTS | DATES)
    near = difflib.get_close_matches(name, words, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise RuleError(
        f"the rule uses {name}(), which a rule may not.{hint} Allowed are plain functions of "
        "numbers, texts and dates, such as abs, greatest, lower, contains, hour, date_diff"
    )


def _known(path: list[str], columns: tuple[str, ...]) -> str:
    name = path[-1]
    if len(path) > 1 and path[0].lower() != "rows":
        raise RuleError(
            f"the rule reads {'.'.join(path)}; write the column alone, in double quotes if its "
            "name holds a dot"
        )
    if name in columns:
        return name
    alike = [column for column in columns if column.lower() == name.lower()]
    if len(alike) == 1:
        return alike[0]
    _check_case(set(alike))
    if name.lower() in CHANGING:
        _check_function(name.lower())
    near = difflib.get_close_matches(name, columns, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    listed = ", ".join(columns[:30]) + (", …" if len(columns) > 30 else "")
    raise RuleError(
        f"the rule reads {name}, which is not known at the decision.{hint} Known are: {listed}"
    )


def _check_case(names: set[str]) -> None:
    folded: dict[str, str] = {}
    for name in sorted(names):
        other = folded.setdefault(name.lower(), name)
        if other != name:
            raise RuleError(
                f"the columns {other} and {name} differ in upper and lower case only, which a "
                "rule cannot tell apart; rename one of them"
            )
