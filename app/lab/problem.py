"""The problem that all stages share: rows, target, split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.splits import Split

YES = ("1", "1.0", "true", "yes", "y", "t", "positive")


@dataclass(frozen=True)
class Problem:
    """Rows that can be used, with their target and their place in time.

    Parameters
    ----------
    task : {"binary", "regression"}
    rows : ndarray of int, shape (n,)
        Positions in the table of the rows that have a target (and a time, if one is used).
    y : ndarray of float, shape (n,)
        1.0 or 0.0 for binary, the number itself for regression.
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
        return table[list(self.columns)].iloc[rows].reset_index(drop=True)


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
    text = series.astype(object).map(_word, na_action="ignore")
    counts = text.value_counts()
    if len(counts) < 2:
        only = counts.index[0] if len(counts) else "nothing"
        raise ValueError(
            f"the target {series.name!r} has one class only ({only}); a yes-or-no prediction "
            "needs rows of both. Choose another target."
        )
    if positive and positive not in counts.index and _word(_number(positive)) in counts.index:
        positive = _word(_number(positive))
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


def _word(value: object) -> str:
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
