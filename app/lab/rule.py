"""The user's own rule: one DuckDB expression over the columns known at the decision.

The expression comes from a stranger until checked: it is parsed first, only plain expressions
pass, and it runs in a database in memory with no files, network, extensions or settings.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
import pandas as pd

LONGEST = 4000
MEMORY_MB = 512

# Parts of a parsed statement that a plain expression never holds.
REFUSED_CLASSES = {
    "SUBQUERY": "a query inside the rule",
    "WINDOW": "a window over other rows",
    "STAR": "a star",
    "PARAMETER": "a parameter",
}
REFUSED_FUNCTIONS = {
    "range": "makes rows",
    "generate_series": "makes rows",
    "repeat": "makes long texts",
    "rpad": "makes long texts",
    "lpad": "makes long texts",
    "list_resize": "makes long lists",
    "unnest": "makes rows",
    "getenv": "reads the machine",
    "getvariable": "reads settings",
    "current_setting": "reads settings",
    "random": "is chance: the rule must answer alike each time",
    "uuid": "is chance: the rule must answer alike each time",
    "gen_random_uuid": "is chance: the rule must answer alike each time",
    "setseed": "changes chance",
    "now": "reads the clock: the rule must answer alike each time",
    "today": "reads the clock: the rule must answer alike each time",
    "get_current_time": "reads the clock: the rule must answer alike each time",
    "get_current_timestamp": "reads the clock: the rule must answer alike each time",
    "current_date": "reads the clock: the rule must answer alike each time",
    "current_timestamp": "reads the clock: the rule must answer alike each time",
    "nextval": "changes the database",
    "query": "runs another query",
    "query_table": "runs another query",
    "read_text": "reads files",
    "read_blob": "reads files",
    "glob": "reads files",
    "error": "stops the query",
    "sleep_ms": "waits",
}


class RuleError(ValueError):
    """A rule that cannot run, with what is wrong and what is allowed."""


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
    tree = _parsed(expression)
    used: set[str] = set()
    for node in _nodes(tree):
        _check(node)
        if node.get("class") == "COLUMN_REF":
            used.add(_known(node["column_names"][-1], columns))
    return tuple(name for name in columns if name in used)


def _parsed(expression: str) -> dict[str, Any]:
    text = expression.strip()
    if not text:
        raise RuleError("the rule is empty; write a condition such as  delay > 10")
    if len(text) > LONGEST:
        raise RuleError(f"the rule has {len(text):,} characters; at most {LONGEST:,} are allowed")
    if "\0" in text:
        raise RuleError("the rule holds a zero byte; type it again")
    with duckdb.connect(":memory:") as connection:
        found = connection.execute("SELECT json_serialize_sql(?)", [f"SELECT {text}\n"]).fetchone()
    parsed: dict[str, Any] = json.loads(found[0]) if found else {}
    if parsed.get("error"):
        raise RuleError(_syntax(str(parsed.get("error_message", ""))))
    statements = parsed["statements"]
    if len(statements) != 1:
        raise RuleError("the rule holds more than one statement; give one expression, without ;")
    node: dict[str, Any] = statements[0]["node"]
    extras = [key for key in ("where_clause", "having", "qualify", "sample") if node.get(key)]
    source = node.get("from_table", {}).get("type", "EMPTY")
    if node.get("type") != "SELECT_NODE" or source != "EMPTY" or extras:
        raise RuleError("the rule is a query; give one expression such as  delay > 10")
    if node.get("group_expressions") or node.get("modifiers") or node.get("cte_map", {}).get("map"):
        raise RuleError("the rule groups, sorts or limits; give one expression for one row")
    if len(node["select_list"]) != 1:
        raise RuleError("the rule has several results; give one expression, without commas")
    expression_tree: dict[str, Any] = node["select_list"][0]
    return expression_tree


def _syntax(message: str) -> str:
    first = message.splitlines()[0] if message else "it cannot be read"
    return f"the rule is no valid expression: {first}"


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for part in tree.values():
            yield from _nodes(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from _nodes(part)


def _check(node: dict[str, Any]) -> None:
    kind = node.get("class")
    if kind in REFUSED_CLASSES:
        raise RuleError(
            f"the rule holds {REFUSED_CLASSES[kind]}; it may only use the values of one row"
        )
    if kind != "FUNCTION":
        return
    name = str(node.get("function_name", "")).lower()
    if name in REFUSED_FUNCTIONS or name.startswith(("read_", "duckdb_", "pragma_", "pg_")):
        why = REFUSED_FUNCTIONS.get(name, "reaches outside the row")
        raise RuleError(f"the rule uses {name}(), which {why}; use the values of one row only")
    if name in AGGREGATES:
        raise RuleError(f"the rule uses {name}() over many rows; it sees one row at a time")


AGGREGATES = frozenset(
    ("sum", "avg", "count", "count_star", "min", "max", "median", "stddev", "mode", "mean")
    + ("string_agg", "list", "array_agg", "first", "last", "quantile", "var_pop", "stddev_pop")
)


def _known(name: str, columns: tuple[str, ...]) -> str:
    if name in columns:
        return name
    folded = {column.lower(): column for column in columns}
    if name.lower() in folded:
        return folded[name.lower()]
    near = difflib.get_close_matches(name, columns, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    listed = ", ".join(columns[:30]) + (", …" if len(columns) > 30 else "")
    raise RuleError(
        f"the rule reads {name}, which is not known at the decision.{hint} Known are: {listed}"
    )


def apply_rule(expression: str, frame: pd.DataFrame, memory_mb: int = MEMORY_MB) -> np.ndarray:
    """Run a rule on every row.

    Parameters
    ----------
    expression : str
        A DuckDB expression, true or false or a number.
    frame : DataFrame, n rows
        Only the columns known at the decision.
    memory_mb : int
        Most memory the database may take, in MB.

    Returns
    -------
    ndarray of float, shape (n,)
        True as 1.0, false as 0.0, a missing or infinite answer as NaN.

    Raises
    ------
    RuleError
        If it cannot run, naming what is wrong.
    """
    used = rule_columns(expression, tuple(str(c) for c in frame.columns))
    small = pd.DataFrame({name: _plain(frame[name]) for name in used}, index=range(len(frame)))
    small["groundwork_row"] = np.arange(len(frame))
    settings: dict[str, Any] = {
        "memory_limit": f"{memory_mb}MB",
        "threads": "1",
        "temp_directory": "",
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        connection.register("given", small)
        connection.execute("CREATE TABLE rows AS SELECT * FROM given")
        connection.unregister("given")
        _lock(connection)
        try:
            answer = connection.execute(
                f"SELECT ({expression.strip()}\n) AS answer FROM rows ORDER BY groundwork_row"
            ).fetchnumpy()["answer"]
        except (duckdb.Error, MemoryError) as error:
            raise RuleError(f"the rule cannot run: {str(error).splitlines()[0]}") from None
    return _numbers(answer, len(frame))


def _lock(connection: duckdb.DuckDBPyConnection) -> None:
    for setting in (
        "SET enable_external_access=false",
        "SET python_enable_replacements=false",
        "SET autoinstall_known_extensions=false",
        "SET autoload_known_extensions=false",
        "SET allow_community_extensions=false",
        "SET lock_configuration=true",
    ):
        connection.execute(setting)


def _plain(series: pd.Series) -> Any:
    if isinstance(series.dtype, pd.CategoricalDtype):
        return series.astype(object).to_numpy()
    return series.to_numpy()


def _numbers(answer: Any, n: int) -> np.ndarray:
    filled = np.ma.getdata(answer)
    mask = np.ma.getmaskarray(answer) if np.ma.isMaskedArray(answer) else np.zeros(n, dtype=bool)
    if filled.dtype.kind not in "biuf":
        known = filled[~mask]
        example = repr(known[0]) if len(known) else "nothing"
        raise RuleError(
            f"the rule answers {example}, which is neither true or false nor a number; compare "
            "it with something, as in  carrier = 'UA'"
        )
    numbers = filled.astype(float)
    return np.where(mask | ~np.isfinite(numbers), np.nan, numbers)


def quoted(column: str) -> str:
    """Return a column name as it is written in a rule.

    Parameters
    ----------
    column : str

    Returns
    -------
    str
        In double quotes unless it is a plain lower-case name.
    """
    plain = column.isidentifier() and column.islower() and column.isascii()
    return column if plain else '"' + column.replace('"', '""') + '"'


def suggest_rule(frame: pd.DataFrame, y: np.ndarray, task: str) -> str:
    """Return a starting rule found in training rows: the best single cut of a number.

    Parameters
    ----------
    frame : DataFrame, n rows
        Known columns of the training rows.
    y : ndarray of float, shape (n,)
    task : {"binary", "regression"}

    Returns
    -------
    str
        An expression that `apply_rule` takes; for regression the two means around the cut.

    Raises
    ------
    RuleError
        If there is no numeric column with two values.
    """
    best: tuple[float, str, float, float, float] | None = None
    for name in frame.columns:
        series = frame[name]
        if not pd.api.types.is_numeric_dtype(series) or pd.api.types.is_bool_dtype(series):
            continue
        found = _best_cut(series.to_numpy(dtype=float, na_value=np.nan), y)
        if found is not None and (best is None or found[0] > best[0]):
            best = (found[0], str(name), *found[1:])
    if best is None:
        raise RuleError("there is no numeric column to cut; write the rule yourself")
    _, name, cut, above, below = best
    if task == "regression":
        return f"CASE WHEN {quoted(name)} > {cut:.4g} THEN {above:.4g} ELSE {below:.4g} END"
    return f"{quoted(name)} {'>' if above > below else '<='} {cut:.4g}"


def _best_cut(values: np.ndarray, y: np.ndarray) -> tuple[float, float, float, float] | None:
    known = np.isfinite(values)
    best = None
    for cut in (
        np.unique(np.quantile(values[known], np.linspace(0.05, 0.95, 19))) if known.any() else ()
    ):
        high = known & (values > cut)
        low = known & ~high
        if min(high.sum(), low.sum()) < 20:
            continue
        above, below = float(y[high].mean()), float(y[low].mean())
        gain = float(high.sum() * low.sum()) / len(y) * (above - below) ** 2
        if best is None or gain > best[0]:
            best = (gain, float(cut), above, below)
    return best
