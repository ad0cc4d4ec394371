"""A starting rule found in training rows: something to argue with."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.expression import RuleError, parsed


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
        return in_quotes(column)
    try:
        tree = parsed(column)
    except RuleError:
        return in_quotes(column)
    # A reserved word such as  end  or  true  is no column without quotes.
    return column if tree.get("column_names") == [column] else in_quotes(column)


def in_quotes(column: str) -> str:
    """Return a column name in double quotes.

    Parameters
    ----------
    column : str

    Returns
    -------
    str
    """
    return '"' + column.replace('"', '""') + '"'


def suggest_rule(
    frame: pd.DataFrame,
    y: np.ndarray,
    task: str,
    classes: tuple[str, ...] = (),
    queries: np.ndarray | None = None,
    past: str = "",
) -> str:
    """Return a starting rule found in training rows.

    The best single cut of a number; for several classes a handful of cuts; for lists the best
    order by one number; for forecasts the same day of the season before.

    Parameters
    ----------
    frame : DataFrame, n rows
        Known columns of the training rows.
    y : ndarray of float, shape (n,)
    task : str
    classes : tuple of str
        For several classes.
    queries : ndarray of int, shape (n,), optional
        For lists.
    past : str
        For forecasts: column of the season before.

    Returns
    -------
    str
        An expression that `apply_rule` takes; for regression the two means around the cut.

    Raises
    ------
    RuleError
        If there is no numeric column with two values.
    """
    if past:
        return quoted(past)
    if task == "multiclass":
        return _cuts(frame, y, classes)
    if task == "ranking" and queries is not None:
        return _order(frame, y, queries)
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
    if task != "binary":
        return f"CASE WHEN {quoted(name)} > {shown} THEN {above:.4g} ELSE {below:.4g} END"
    return f"{quoted(name)} {'>' if above > below else '<='} {shown}"


def _plain_numbers(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    return {
        str(name): frame[name].to_numpy(dtype=float, na_value=np.nan)
        for name in frame.columns
        if pd.api.types.is_numeric_dtype(frame[name])
        and not pd.api.types.is_bool_dtype(frame[name])
        and frame[name].nunique() > 1
    }


def _order(frame: pd.DataFrame, y: np.ndarray, queries: np.ndarray) -> str:
    """Order by the number whose ranks inside the lists go best with the grades."""
    numbers = _plain_numbers(frame)
    if not numbers:
        raise RuleError("there is no numeric column to order by; write the rule yourself")
    grades = _inside(y, queries)
    together = {
        name: float(np.nanmean(_inside(values, queries) * grades))
        for name, values in numbers.items()
    }
    best = max(together, key=lambda name: abs(together[name]))
    return quoted(best) if together[best] >= 0 else f"-{quoted(best)}"


def _inside(values: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Ranks inside each list, around zero and of the same spread in every list."""
    ranks = pd.Series(values).groupby(queries).rank(pct=True)
    return (ranks - ranks.groupby(queries).transform("mean")).to_numpy()


def _cuts(frame: pd.DataFrame, y: np.ndarray, classes: tuple[str, ...]) -> str:
    from sklearn.tree import DecisionTreeClassifier

    numbers = _plain_numbers(frame)
    if not numbers:
        raise RuleError("there is no numeric column to cut; write the rule yourself")
    names = list(numbers)
    leaves = min(12, 2 * len(classes))
    tree = DecisionTreeClassifier(max_leaf_nodes=leaves, min_samples_leaf=20, random_state=0)
    matrix = np.column_stack([numbers[name] for name in names])
    found = tree.fit(matrix, y).tree_

    def written(node: int) -> str:
        if found.children_left[node] < 0:
            told = classes[int(tree.classes_[found.value[node][0].argmax()])]
            return "'" + told.replace("'", "''") + "'"
        left, right = written(found.children_left[node]), written(found.children_right[node])
        if left == right:
            return left
        name = quoted(names[found.feature[node]])
        where = f"{name} <= {float(found.threshold[node]):.4g}"
        if not np.isfinite(found.threshold[node]):
            where = f"{name} IS NOT NULL"
        elif found.missing_go_to_left[node]:
            where = f"({where} OR {name} IS NULL)"
        return f"CASE WHEN {where} THEN {left} ELSE {right} END"

    return written(0)


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
