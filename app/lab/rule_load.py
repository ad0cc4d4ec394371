"""What a rule takes at most, told before it runs: how large its texts grow and how long rows last.

The database looks at its time limit between blocks of rows, and its memory limit does not hold
for the texts that an expression builds on the way. So one block must be small and short whatever
the rule says.

References
----------
DuckDB evaluates expressions over vectors of 2,048 rows,
https://duckdb.org/docs/internals/vector
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.lab.expression import RuleError, one_expression, parsed

BLOCK_ROWS = 2048
BLOCK_SECONDS = 20.0
NUMBER_BYTES = 40.0
# One step of a regular expression at one character, at worst; measured on this database.
STEP_NS = 8.0
# A search compares a run of bytes at once.
RUN_BYTES = 32.0
# The longest word that one sign of a date format stands for.
FORMAT_GROWTH = 16.0

JOINING = frozenset(("concat", "||", "list_value"))
KEEPING = frozenset(
    ("lower", "upper", "lcase", "ucase", "trim", "ltrim", "rtrim", "left", "right", "substr")
    + ("substring", "split_part", "reverse", "strip_accents", "regexp_extract", "if", "nullif")
    + ("greatest", "least")
)
SEARCHING = frozenset(
    ("contains", "instr", "strpos", "position", "split_part", "~~", "!~~", "~~*", "!~~*")
    + ("like_escape", "ilike_escape", "not_like_escape", "not_ilike_escape")
)
PATTERNS = frozenset(("regexp_matches", "regexp_full_match", "regexp_extract"))
REPEATED = re.compile(r"\{(\d+)(?:,(\d*))?\}")


@dataclass(frozen=True)
class Load:
    """What one row costs at most.

    Parameters
    ----------
    length : float
        Bytes of the answer.
    built : float
        Bytes of all the texts made on the way.
    nanoseconds : float
        Time of searches and patterns; the rest is too short to count.
    """

    length: float
    built: float = 0.0
    nanoseconds: float = 0.0


def check_load(expression: str, longest: Mapping[str, int], rows: int, memory_mb: int) -> None:
    """Refuse a rule of which one block of rows would take too much memory or time.

    Parameters
    ----------
    expression : str
        A rule that `rule_columns` lets pass.
    longest : mapping of str to int
        Bytes of the longest text of each text column, by lower-case name.
    rows : int
    memory_mb : int
        Most memory, in MB.

    Raises
    ------
    RuleError
        Naming what grows too large, and what to do.
    """
    load = _load(_tree(expression), longest)
    block = min(rows, BLOCK_ROWS)
    if load.built * block > memory_mb * 1e6:
        raise RuleError(
            f"the rule builds texts of {load.built:,.0f} bytes a row, more than {memory_mb:,} MB for "
            f"{block:,} rows; join fewer or shorter texts"
        )
    if load.nanoseconds * block > BLOCK_SECONDS * 1e9:
        raise RuleError(
            f"the rule could search for {load.nanoseconds / 1e6:,.0f} ms in a row with the longest "
            "texts there are here; use a shorter pattern with fewer repetitions, or contains()"
        )


def reads_text(expression: str) -> bool:
    """Say whether a rule does anything with texts whose cost depends on their length.

    Parameters
    ----------
    expression : str

    Returns
    -------
    bool
    """
    names = {_name(node) for node in _all(_tree(expression))}
    return bool(names & (JOINING | KEEPING | SEARCHING | PATTERNS | {"strftime"}))


@lru_cache(maxsize=64)
def _tree(expression: str) -> dict[str, Any]:
    return parsed(one_expression(expression))


def _name(node: Mapping[str, Any]) -> str:
    return str(node.get("function_name", "")).lower() if node.get("class") == "FUNCTION" else ""


def _inside(tree: Any) -> Iterator[dict[str, Any]]:
    """Give the expressions directly inside one, through whatever holds them."""
    for part in tree.values() if isinstance(tree, dict) else tree:
        if isinstance(part, dict) and part.get("class") not in (None, "TYPE"):
            yield part
        elif isinstance(part, dict | list):
            yield from _inside(part)


def _all(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield tree
    for part in _inside(tree):
        yield from _all(part)


def _load(node: dict[str, Any], longest: Mapping[str, int]) -> Load:
    if node["class"] == "COLUMN_REF":
        return Load(longest.get(str(node["column_names"][-1]).lower(), NUMBER_BYTES))
    if node["class"] == "CONSTANT":
        return Load(_constant_length(node))
    parts = tuple(_load(part, longest) for part in _inside(node))
    lengths = tuple(part.length for part in parts) or (NUMBER_BYTES,)
    made = _made(node, lengths)
    built = sum(part.built for part in parts) + made
    spent = sum(part.nanoseconds for part in parts) + _nanoseconds(node, lengths)
    # A test or a number is short; a choice between texts is as long as the longest of them.
    chooses = node["class"] in ("CASE", "CAST", "OPERATOR")
    return Load(made or (max(lengths) if chooses else NUMBER_BYTES), built, spent)


def _constant_length(node: Mapping[str, Any]) -> float:
    text = _constant(node)
    return NUMBER_BYTES if text is None else float(len(text.encode()))


def _constant(node: Mapping[str, Any]) -> str | None:
    """Return the text of a constant text, None for any other constant."""
    literal = node.get("literal") or {}
    return str(literal.get("text", "")) if literal.get("kind") == "STRING" else None


def _made(node: Mapping[str, Any], lengths: tuple[float, ...]) -> float:
    name = _name(node)
    if name in JOINING:
        return sum(lengths)
    if name in KEEPING or node["class"] == "CAST":
        return max(lengths)
    return FORMAT_GROWTH * max(lengths) if name == "strftime" else 0.0


def _nanoseconds(node: Mapping[str, Any], lengths: tuple[float, ...]) -> float:
    name = _name(node)
    if name in SEARCHING and len(lengths) > 1:
        text, wanted = lengths[0], lengths[1]
        return text * (1 + min(text, wanted) / RUN_BYTES)
    if name in PATTERNS:
        return STEP_NS * lengths[0] * _steps(node)
    return 0.0


def _steps(node: Mapping[str, Any]) -> float:
    """Return how many steps a pattern has at most, its counted repetitions written out."""
    given = tuple(_inside(node))
    pattern = _constant(given[1]) if len(given) > 1 else None
    if pattern is None:
        raise RuleError(
            f"the pattern of {_name(node)}() must be one text in single quotes; only then is it "
            "read once and not again for every row"
        )
    steps = float(len(pattern))
    for least, most in REPEATED.findall(pattern):
        steps *= max(1, int(most or least))
    return steps
