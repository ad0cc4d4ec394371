"""The user's own rule: one DuckDB expression over the columns known at the decision.

The expression comes from a stranger until checked: it is parsed first, only plain expressions
pass, and it runs in a database in memory with no files, network, extensions or settings.
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd

from app.lab.expression import RuleError, one_expression, rule_columns
from app.lab.rule_load import check_load, reads_text
from app.lab.starting_rule import in_quotes, quoted, suggest_rule

__all__ = [
    "RuleError",
    "apply_rule",
    "apply_rule_text",
    "quoted",
    "rule_columns",
    "suggest_rule",
]

MEMORY_MB = 512
LIMIT_S = 20


def apply_rule(
    expression: str,
    frame: pd.DataFrame,
    memory_mb: int = MEMORY_MB,
    limit_s: float = LIMIT_S,
) -> np.ndarray:
    """Run a rule on every row.

    Parameters
    ----------
    expression : str
        A DuckDB expression, true or false or a number.
    frame : DataFrame, n rows
        Only the columns known at the decision.
    memory_mb : int
        Most memory the database may take, in MB.
    limit_s : float
        Most seconds it may answer for, above 0; the database keeps the time.

    Returns
    -------
    ndarray of float, shape (n,)
        True as 1.0, false as 0.0, a missing or infinite answer as NaN.

    Raises
    ------
    RuleError
        If it cannot run, naming what is wrong.
    """
    return _numbers(_answers(expression, frame, memory_mb, limit_s), len(frame))


def apply_rule_text(
    expression: str,
    frame: pd.DataFrame,
    memory_mb: int = MEMORY_MB,
    limit_s: float = LIMIT_S,
) -> np.ndarray:
    """Run a rule that names a class on every row.

    Parameters
    ----------
    expression, frame, memory_mb, limit_s
        As in `apply_rule`; the answer may be a text as well.

    Returns
    -------
    ndarray of object, shape (n,)
        Texts, None where the rule has no answer.

    Raises
    ------
    RuleError
        If it cannot run, naming what is wrong.
    """
    answer = _answers(expression, frame, memory_mb, limit_s)
    mask = np.ma.getmaskarray(answer)
    found = np.empty(len(frame), dtype=object)
    for i, value in enumerate(np.ma.getdata(answer)):
        found[i] = None if mask[i] or pd.isna(value) else _text(value)
    return found


def _text(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _answers(expression: str, frame: pd.DataFrame, memory_mb: int, limit_s: float) -> Any:
    named = frame.set_axis([str(name) for name in frame.columns], axis=1)
    used = rule_columns(expression, tuple(named.columns))
    small = pd.DataFrame({name: _plain(named[name]) for name in used}, index=range(len(frame)))
    if reads_text(expression):
        check_load(expression, _longest(small), len(small), memory_mb)
    # Longer than any column that is read, so it can be none of them.
    place = "_" * (1 + max((len(name) for name in used), default=0))
    small[place] = np.arange(len(frame))
    settings: dict[str, Any] = {
        "memory_limit": f"{memory_mb}MB",
        "threads": "1",
        "temp_directory": "",
    }
    try:
        with duckdb.connect(":memory:", config=settings) as connection:
            _load(connection, small)
            connection.execute(f"SET max_execution_time={max(1, round(1000 * limit_s))}")
            _lock(connection)
            found = connection.execute(
                f'SELECT ({one_expression(expression)}\n) AS answer FROM rows ORDER BY "{place}"'
            )
            return found.fetchnumpy()["answer"]
    except duckdb.InterruptException:
        raise RuleError(
            f"the rule took more than {limit_s:g} s for {len(frame):,} rows and was stopped; make "
            "it simpler"
        ) from None
    except (duckdb.OutOfMemoryException, MemoryError):
        raise RuleError(
            f"the rule needs more than {memory_mb:,} MB for {len(frame):,} rows; make it simpler"
        ) from None
    except duckdb.Error as error:
        raise RuleError(f"the rule cannot run: {str(error).splitlines()[0]}") from None


def _longest(small: pd.DataFrame) -> dict[str, int]:
    """Return the bytes of the longest text of each text column, by its lower-case name."""
    found: dict[str, int] = {}
    for name in small.columns:
        series = small[name]
        if isinstance(series.dtype, pd.CategoricalDtype):
            series = series.cat.categories.to_series()
        if series.dtype.kind == "O":
            texts = (str(value) for value in series.dropna().unique())
            found[str(name).lower()] = max((len(text.encode()) for text in texts), default=0)
    return found


def _load(connection: duckdb.DuckDBPyConnection, small: pd.DataFrame) -> None:
    # A text column in which every value is missing must still count as text.
    shown = (
        f"CAST({in_quotes(name)} AS VARCHAR) AS {in_quotes(name)}"
        if _is_text(small[name])
        else in_quotes(name)
        for name in small.columns
    )
    connection.register("given", small)
    connection.execute(f"CREATE TABLE rows AS SELECT {', '.join(shown)} FROM given")
    connection.unregister("given")


def _is_text(series: pd.Series) -> bool:
    if isinstance(series.dtype, pd.CategoricalDtype):
        return True
    return series.dtype.kind == "O" and pd.api.types.infer_dtype(series, skipna=True) in (
        "string",
        "empty",
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


def _plain(series: pd.Series) -> Any:
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        # Hours must not depend on the time zone of the machine.
        return series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    if isinstance(series.dtype, pd.CategoricalDtype):
        if pd.api.types.infer_dtype(series.cat.categories) == "string":
            return series.reset_index(drop=True)
        series = series.astype(object)
    kind = pd.api.types.infer_dtype(series, skipna=True) if series.dtype.kind == "O" else ""
    if kind == "mixed-integer-float":
        return pd.to_numeric(series).to_numpy()
    if kind.startswith("mixed"):
        series = series.map(str, na_action="ignore")
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
