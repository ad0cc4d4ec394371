"""A person's SQL over a prediction log: read only, over named tables, with limits on all it takes.

The query comes from a stranger until checked. It is parsed first; only a SELECT over the given
tables with plain functions passes; and it runs in a database in memory with no files, network,
extensions or settings, for a limited time, memory and number of rows.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pandas as pd

from app.lab.vocabulary import CHANGING, FUNCTIONS, OVER_ROWS, TYPES

MEMORY_MB = 512
LIMIT_S = 10.0
MOST_ROWS = 200
MOST_COLUMNS = 60
LONGEST = 4000
WIDEST = 200

# Besides what a rule may use: over the rows of a window, and over groups.
WINDOWS = frozenset(
    ("row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead")
    + ("first_value", "last_value", "nth_value")
)
# Left out: what gathers many values into one (list, array_agg, string_agg), which can grow large.
GROWING = frozenset(("array_agg", "list", "string_agg", "group_concat", "histogram"))
MORE = frozenset(
    ("approx_count_distinct", "approx_quantile", "bool_and", "bool_or", "corr", "covar_pop")
    + (
        "count_if",
        "countif",
        "entropy",
        "kurtosis",
        "mad",
        "regr_slope",
        "skewness",
        "sum_no_overflow",
    )
)
ALLOWED = (FUNCTIONS | OVER_ROWS | WINDOWS | MORE) - GROWING
PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
# Names of the database's own views; a query of one's own must not open them.
TAKEN = ("duckdb_", "pragma_", "sqlite_", "pg_", "information_schema")
REFUSED_TABLES: Mapping[str, str] = {
    "TABLE_FUNCTION": "a function in the place of a table, such as read_csv() or range()",
    "PIVOT": "PIVOT",
    "SHOW_REF": "DESCRIBE or SHOW",
    "COLUMN_DATA": "a table of its own",
    "DELIM_GET": "a table of its own",
}


class QueryError(ValueError):
    """A query that cannot run, with what is wrong and what is allowed."""


def query_log(
    sql: str,
    tables: Mapping[str, pd.DataFrame],
    memory_mb: int = MEMORY_MB,
    limit_s: float = LIMIT_S,
    most_rows: int = MOST_ROWS,
) -> pd.DataFrame:
    """Run a query over some tables.

    Parameters
    ----------
    sql : str
        One SELECT, at most 4,000 characters.
    tables : mapping of str to DataFrame
        What may be read, by name.
    memory_mb : int
        Most memory the database may take, in MB.
    limit_s : float
        Most seconds it may answer for, above 0; the database keeps the time.
    most_rows : int
        More rows than this are cut off.

    Returns
    -------
    DataFrame
        At most ``most_rows`` rows; long texts are cut.

    Raises
    ------
    QueryError
        If it cannot run, naming what is wrong.

    References
    ----------
    DuckDB, securing, https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
    """
    text = checked(sql, tuple(tables))
    settings: dict[str, Any] = {
        "memory_limit": f"{memory_mb}MB",
        "threads": "1",
        "temp_directory": "",
    }
    try:
        with duckdb.connect(":memory:", config=settings) as connection:
            for name, frame in tables.items():
                connection.register("given", _plain(frame))
                connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM given')
                connection.unregister("given")
            connection.execute(f"SET max_execution_time={max(1, round(1000 * limit_s))}")
            _lock(connection)
            found = connection.execute(f"SELECT * FROM (\n{text}\n) LIMIT {most_rows}").fetch_df()
    except duckdb.InterruptException:
        raise QueryError(
            f"the query took more than {limit_s:g} s and was stopped; ask about fewer rows or days"
        ) from None
    except (duckdb.OutOfMemoryException, MemoryError):
        raise QueryError(f"the query needs more than {memory_mb:,} MB; make it smaller") from None
    except duckdb.Error as error:
        raise QueryError(f"the query cannot run: {str(error).splitlines()[0]}") from None
    return _short(found.iloc[:, :MOST_COLUMNS])


def checked(sql: str, tables: tuple[str, ...]) -> str:
    """Return the text of a query that only reads some tables.

    Parameters
    ----------
    sql : str
    tables : tuple of str
        Names that may be read.

    Returns
    -------
    str
        Without the semicolon at its end.

    Raises
    ------
    QueryError
        If it is anything else.
    """
    text = sql.strip().rstrip(";").rstrip()
    if not text:
        raise QueryError("the query is empty; write for example  SELECT count(*) FROM predictions")
    if len(text) > LONGEST or "\0" in text:
        raise QueryError(f"the query is too long; at most {LONGEST:,} characters are read")
    tree = _tree(text)
    made = {str(name).lower() for node in _nodes(tree) for name in _named(node)}
    for name in made:
        if not PLAIN.fullmatch(name) or name.startswith(TAKEN):
            raise QueryError(f"WITH {name!r} is the name of something else; take a plain word")
    known = {name.lower() for name in tables} | made
    for node in _nodes(tree):
        _check(node, known, tables)
    return text


def _tree(text: str) -> Any:
    with duckdb.connect(":memory:") as connection:
        try:
            count = len(connection.extract_statements(text + "\n"))
        except duckdb.Error:
            count = 1
        if count != 1:
            raise QueryError("there is more than one statement; ask one question at a time, no ;")
        found = connection.execute("SELECT json_serialize_sql(?)", [text + "\n"]).fetchone()
    try:
        answer = json.loads(found[0]) if found else {"error": True}
    except RecursionError:
        raise QueryError("the query is nested too deeply; write it with fewer steps") from None
    if answer.get("error"):
        message = str(answer.get("error_message", "it cannot be read")).splitlines()[0]
        raise QueryError(f"only one SELECT can be asked, and this is none: {message}")
    return answer


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting: list[Any] = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _named(node: dict[str, Any]) -> list[str]:
    """Return the names that a WITH clause gives to queries of its own."""
    entries = (
        node.get("cte_map", {}).get("map", []) if isinstance(node.get("cte_map"), dict) else []
    )
    return [entry["key"] for entry in entries if isinstance(entry, dict) and "key" in entry]


def _check(node: dict[str, Any], known: set[str], tables: tuple[str, ...]) -> None:
    kind = str(node.get("type", ""))
    if kind == "RECURSIVE_CTE_NODE":
        raise QueryError("the query calls itself (RECURSIVE), which may never end")
    if kind in REFUSED_TABLES and "class" not in node:
        raise QueryError(
            f"the query reads {REFUSED_TABLES[kind]}; only {_listed(tables)} can be read"
        )
    if kind == "BASE_TABLE":
        _check_table(node, known, tables)
    if node.get("class") == "FUNCTION" or "function_name" in node:
        _check_function(str(node.get("function_name", "")).lower())
    if node.get("class") == "TYPE" and str(node.get("type_name", "")).upper() not in TYPES:
        raise QueryError(f"the query makes a {node.get('type_name')}, which is not allowed here")
    if node.get("class") in ("LAMBDA", "PARAMETER"):
        raise QueryError("the query holds a parameter or a function of its own")


def _check_table(node: dict[str, Any], known: set[str], tables: tuple[str, ...]) -> None:
    name = str(node.get("table_name", ""))
    plain = not (node.get("schema_name") or node.get("catalog_name"))
    if not plain or name.lower() not in known:
        raise QueryError(f"the query reads {name!r}; only {_listed(tables)} can be read")


def _check_function(name: str) -> None:
    if not name or name in ALLOWED:
        return
    if name in CHANGING:
        raise QueryError(f"{name}() reads the clock or chance; the log has its own time")
    near = difflib.get_close_matches(name, sorted(ALLOWED), n=1)
    hint = f" Did you mean {near[0]}()?" if near else ""
    raise QueryError(f"the query uses {name}(), which is not allowed here.{hint}")


def _listed(tables: tuple[str, ...]) -> str:
    return (
        " and ".join(tables) if len(tables) < 3 else ", ".join(tables[:-1]) + f" and {tables[-1]}"
    )


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


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with texts where a column holds categories or mixed things."""
    found = {}
    for name in frame.columns:
        series = frame[name]
        if isinstance(series.dtype, pd.DatetimeTZDtype):
            series = series.dt.tz_convert("UTC").dt.tz_localize(None)
        elif isinstance(series.dtype, pd.CategoricalDtype) or series.dtype.kind == "O":
            texts = series.astype(object)
            series = texts.where(texts.isna(), texts.map(str, na_action="ignore"))
        found[str(name)] = series.to_numpy()
    return pd.DataFrame(found)


def _short(found: pd.DataFrame) -> pd.DataFrame:
    texts = [name for name in found.columns if found[name].dtype.kind == "O"]
    cut = {name: found[name].map(lambda v: str(v)[:WIDEST], na_action="ignore") for name in texts}
    return found.assign(**cut)
