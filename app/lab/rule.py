"""The user's own rule: one DuckDB expression over the columns known at the decision.

The expression comes from a stranger until checked: it is parsed first, only plain expressions
pass, and it runs in a database in memory with no files, network, extensions or settings.
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd

from app.lab.expression import RuleError, parsed, plain_text, rule_columns

__all__ = ["RuleError", "apply_rule", "quoted", "rule_columns", "suggest_rule"]

MEMORY_MB = 512


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
    named = frame.set_axis([str(name) for name in frame.columns], axis=1)
    used = rule_columns(expression, tuple(named.columns))
    small = pd.DataFrame({name: _plain(named[name]) for name in used}, index=range(len(frame)))
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
            _lock(connection)
            answer = connection.execute(
                f'SELECT ({plain_text(expression)}\n) AS answer FROM rows ORDER BY "{place}"'
            ).fetchnumpy()["answer"]
    except (duckdb.OutOfMemoryException, MemoryError):
        raise RuleError(
            f"the rule needs more than {memory_mb:,} MB for {len(frame):,} rows; make it simpler"
        ) from None
    except duckdb.Error as error:
        raise RuleError(f"the rule cannot run: {str(error).splitlines()[0]}") from None
    return _numbers(answer, len(frame))


def _load(connection: duckdb.DuckDBPyConnection, small: pd.DataFrame) -> None:
    # A text column in which every value is missing must still count as text.
    shown = (
        f"CAST({_in_quotes(name)} AS VARCHAR) AS {_in_quotes(name)}"
        if small[name].dtype.kind == "O" and _is_text(small[name])
        else _in_quotes(name)
        for name in small.columns
    )
    connection.register("given", small)
    connection.execute(f"CREATE TABLE rows AS SELECT {', '.join(shown)} FROM given")
    connection.unregister("given")


def _is_text(series: pd.Series) -> bool:
    return pd.api.types.infer_dtype(series, skipna=True) in ("string", "empty")


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
    if not (column.isidentifier() and column.islower() and column.isascii()):
        return _in_quotes(column)
    try:
        tree = parsed(column)
    except RuleError:
        return _in_quotes(column)
    # A reserved word such as  end  or  true  is no column without quotes.
    return column if tree.get("column_names") == [column] else _in_quotes(column)


def _in_quotes(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


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
    shown = repr(cut).removesuffix(".0")
    if task == "regression":
        return f"CASE WHEN {quoted(name)} > {shown} THEN {above:.4g} ELSE {below:.4g} END"
    return f"{quoted(name)} {'>' if above > below else '<='} {shown}"


def _best_cut(values: np.ndarray, y: np.ndarray) -> tuple[float, float, float, float] | None:
    known = np.isfinite(values)
    if not known.any():
        return None
    best = None
    for cut in np.unique(np.quantile(values[known], np.linspace(0.05, 0.95, 19))):
        high = known & (values > cut)
        low = known & ~high
        if min(high.sum(), low.sum()) < 20:
            continue
        above, below = float(y[high].mean()), float(y[low].mean())
        gain = float(high.sum() * low.sum()) / len(y) * (above - below) ** 2
        if best is None or gain > best[0]:
            best = (gain, float(cut), above, below)
    return None if best is None else (best[0], _short(best[1], values[known]), *best[2:])


def _short(cut: float, values: np.ndarray) -> float:
    # Few digits, but never so few that a row changes sides.
    high = values > cut
    for digits in range(3, 17):
        rounded = float(f"{cut:.{digits}g}")
        if np.array_equal(values > rounded, high):
            return rounded
    return cut
