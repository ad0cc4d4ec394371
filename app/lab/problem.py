"""The problem that all stages share: rows, target, split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from app.lab.splits import Split

# What a model has to give for each kind of problem.
FORMS = {
    "binary": "binary",
    "multiclass": "multiclass",
    "regression": "regression",
    "forecasting": "regression",
    "ranking": "regression",
}
MOST_CLASSES = 50
YES = ("1", "1.0", "true", "yes", "y", "t", "positive")


@dataclass(frozen=True)
class Problem:
    """Rows that can be used, with their target and their place in time.

    Parameters
    ----------
    task : {"binary", "multiclass", "regression", "forecasting", "ranking"}
    rows : ndarray of int, shape (n,)
        Positions in the table of the rows that have a target (and a time, if one is used).
    y : ndarray of float, shape (n,)
        1.0 or 0.0 for binary, the number of the class for multiclass, else the number itself.
    columns : tuple of str
        Columns known at prediction time.
    split : Split
        Positions into the n kept rows.
    times : ndarray of datetime64 or None
    blocks : ndarray of int, shape (n,)
        Rows of one block (day, group, or just the row) are drawn together in the bootstrap.
    block_name : str
        ``"day"``, ``"group"`` or ``"row"``.
    positive : str
        Value of the target that counts as "it happened".
    classes : tuple of str
        Names of the classes by their number.
    queries : ndarray of int, shape (n,), or None
        Which list each row stands in.
    top : int
        Items of a list that are shown.
    relevant_from : float
        Grade from which an item is good.
    derived : DataFrame, n rows, or None
        Columns made from the past of the target, known in time.
    past : mapping of str to str
        Derived column by the simple statistic it is; see `app.lab.history`.
    gap_days : float
        How long before a test period rows are too fresh to learn from.
    """

    task: str
    rows: np.ndarray
    y: np.ndarray
    columns: tuple[str, ...]
    split: Split
    times: np.ndarray | None
    blocks: np.ndarray
    block_name: str
    positive: str = ""
    classes: tuple[str, ...] = ()
    queries: np.ndarray | None = None
    top: int = 0
    relevant_from: float = 1.0
    derived: pd.DataFrame | None = None
    past: Mapping[str, str] = field(default_factory=dict)
    gap_days: float = 0.0

    @property
    def form(self) -> str:
        """What a model has to give: a probability, one a class, or a number."""
        return FORMS[self.task]

    @property
    def inputs(self) -> tuple[str, ...]:
        """Columns a model may look at, the derived ones last."""
        made = () if self.derived is None else tuple(str(c) for c in self.derived.columns)
        return (*self.columns, *made)

    @property
    def level(self) -> str:
        """Derived column that says how high the target has been lately, empty without one."""
        return self.past.get("moving_mean", "")

    def queries_of(self, positions: np.ndarray) -> np.ndarray | None:
        """Return the queries of some of the kept rows, None where nothing is ranked.

        Parameters
        ----------
        positions : ndarray of int

        Returns
        -------
        ndarray of int or None
        """
        return None if self.queries is None else self.queries[positions]

    def frame(self, table: pd.DataFrame, positions: np.ndarray | None = None) -> pd.DataFrame:
        """Return the known columns of some of the kept rows.

        Parameters
        ----------
        table : DataFrame
            The whole table.
        positions : ndarray of int, optional
            Positions into the kept rows; all when left out.

        Returns
        -------
        DataFrame
            With a fresh index 0 … n-1.
        """
        rows = self.rows if positions is None else self.rows[positions]
        found = table[list(self.columns)].iloc[rows].reset_index(drop=True)
        if self.derived is None:
            return found
        made = self.derived if positions is None else self.derived.iloc[positions]
        return pd.concat([found, made.reset_index(drop=True)], axis=1)


def binary_target(series: pd.Series, positive: str = "") -> tuple[np.ndarray, str]:
    """Return 1.0 where the target equals the positive value, 0.0 elsewhere, NaN where missing.

    Parameters
    ----------
    series : Series, shape (n,)
    positive : str
        Value that counts as positive; empty picks a yes-like value, else the rarer one.

    Returns
    -------
    y : ndarray of float, shape (n,)
    positive : str
        The value used.

    Raises
    ------
    ValueError
        If there is one class only, or the positive value does not occur.
    """
    text = series.astype(object).map(word, na_action="ignore")
    counts = text.value_counts()
    if len(counts) < 2:
        only = counts.index[0] if len(counts) else "nothing"
        raise ValueError(
            f"the target {series.name!r} has one class only ({only}); a yes-or-no prediction "
            "needs rows of both. Choose another target."
        )
    if positive and positive not in counts.index and word(_number(positive)) in counts.index:
        positive = word(_number(positive))
    if positive and positive not in counts.index:
        known = ", ".join(str(v) for v in counts.index[:8])
        raise ValueError(
            f"the value {positive!r} does not occur in the target {series.name!r}; it has {known}"
        )
    if not positive:
        if len(counts) > 2:
            raise ValueError(
                f"the target {series.name!r} has {len(counts)} values; say which one counts as "
                "“it happened”"
            )
        likely = [v for v in counts.index if v.lower() in YES]
        positive = likely[0] if likely else str(counts.index[-1])
    y = (text == positive).astype(float)
    return y.where(text.notna()).to_numpy(dtype=float, copy=True), positive


def word(value: object) -> str:
    """Return a value of a target as text: 1, 1.0 and "1" are the same.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
    """
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | float | np.number) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def class_target(series: pd.Series) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the number of each row's class, NaN where it is missing.

    Parameters
    ----------
    series : Series, shape (n,)

    Returns
    -------
    y : ndarray of float, shape (n,)
    classes : tuple of str
        Names by number, in alphabetical order.

    Raises
    ------
    ValueError
        If there are fewer than two or more than 50 classes.
    """
    text = series.astype(object).map(word, na_action="ignore")
    classes = tuple(sorted(text.dropna().unique()))
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise ValueError(
            f"the target {series.name!r} has {len(classes)} classes; 2 to {MOST_CLASSES} can be "
            "told apart. Join rare ones or choose another target"
        )
    codes = text.map({name: float(i) for i, name in enumerate(classes)})
    return codes.to_numpy(dtype=float, na_value=np.nan), classes


def number_target(series: pd.Series) -> np.ndarray:
    """Return the target as numbers, NaN where it is missing, infinite or no number.

    Parameters
    ----------
    series : Series, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)

    Raises
    ------
    ValueError
        If fewer than half of the values are numbers, or all are the same.
    """
    numbers = pd.to_numeric(series.astype(object), errors="coerce").to_numpy(dtype=float)
    numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    known = int(np.isfinite(numbers).sum())
    if known < 0.5 * series.notna().sum() or known == 0:
        raise ValueError(
            f"the target {series.name!r} is not numeric ({known:,} of {len(series):,} values "
            "are numbers); predict how much only of a number"
        )
    if np.nanmin(numbers) == np.nanmax(numbers):
        raise ValueError(f"the target {series.name!r} is always {np.nanmin(numbers):g}")
    return numbers
