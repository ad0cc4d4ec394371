"""A whole table under a contract: which rows would be refused, which answered and flagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from app.lab.contract import Column, Contract
from app.lab.contract.breach import series_fits
from app.lab.contract.remark import LARGEST

Breach = Literal["absent", "missing", "kind", "unseen", "outside"]
REFUSED: tuple[Breach, ...] = ("absent", "missing", "kind")
SHOWN = 3
LONGEST = 40


@dataclass(frozen=True)
class Violation:
    """Rows of one column that break the contract in one way.

    Parameters
    ----------
    column : str
    kind : {"absent", "missing", "kind", "unseen", "outside"}
    rows : int
    examples : tuple of str
        Up to three different values, the most frequent first.
    """

    column: str
    kind: Breach
    rows: int
    examples: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether such a row is refused; otherwise it is answered and flagged."""
        return self.kind in REFUSED


@dataclass(frozen=True)
class Checked:
    """A table under a contract.

    Parameters
    ----------
    violations : tuple of Violation
    refused : ndarray of bool, shape (n,)
    flagged : ndarray of bool, shape (n,)
        Answered, with a remark.
    """

    violations: tuple[Violation, ...]
    refused: np.ndarray
    flagged: np.ndarray


def check(contract: Contract, frame: pd.DataFrame) -> Checked:
    """Check every row of a table as a service would check it alone.

    Parameters
    ----------
    contract : Contract
    frame : DataFrame, n rows

    Returns
    -------
    Checked
    """
    refused, flagged = np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    violations = []
    for column in contract.columns:
        for kind, rows in _broken(column, frame):
            if not rows.any():
                continue
            examples = () if kind in ("absent", "missing") else _examples(frame[column.name], rows)
            violations.append(Violation(column.name, kind, int(rows.sum()), examples))
            if kind in REFUSED:
                refused |= rows
            else:
                flagged |= rows
    return Checked(tuple(violations), refused, flagged & ~refused)


def _broken(column: Column, frame: pd.DataFrame) -> Sequence[tuple[Breach, np.ndarray]]:
    everywhere = np.ones(len(frame), dtype=bool)
    if column.name not in frame.columns:
        return (("absent", everywhere),)
    series = frame[column.name]
    gone = _missing(column, series)
    found: list[tuple[Breach, np.ndarray]] = []
    if not column.missing:
        found.append(("missing", gone))
    if not series_fits(column, series):
        return [*found, ("kind", ~gone)]
    if column.kind == "whole" and series.dtype.kind == "f":
        found.append(("kind", ~gone & (np.mod(series.to_numpy(dtype=float), 1) != 0)))
    return [*found, *_odd(column, series, ~gone)]


def _missing(column: Column, series: pd.Series) -> np.ndarray:
    gone = series.isna().to_numpy(dtype=bool)
    if column.kind in ("number", "whole") and series.dtype.kind in "iuf":
        values = series.to_numpy(dtype=float)
        # What JSON cannot say arrives as nothing.
        gone = gone | ~(np.abs(values) < LARGEST)
    return gone


def _odd(
    column: Column, series: pd.Series, known: np.ndarray
) -> Sequence[tuple[Breach, np.ndarray]]:
    """Return values that no training row held, as `remarks` calls them."""
    if column.kind == "text":
        if column.all_levels > len(column.levels):
            return ()
        new = ~series.astype(object).astype(str).isin(column.levels).to_numpy(dtype=bool)
        return (("unseen", known & new),)
    if column.kind == "flag" or column.low is None or column.high is None:
        return ()
    if column.kind == "date":
        plain = series.dt.tz_localize(None) if series.dt.tz is not None else series
        low, high = (_naive(end) for end in (column.low, column.high))
        away = ~((plain >= low) & (plain <= high)).to_numpy(dtype=bool)
        return (("outside", known & away),)
    values = series.to_numpy(dtype=float, na_value=np.nan)
    away = ~((values >= float(column.low)) & (values <= float(column.high)))
    return (("outside", known & away),)


def _naive(end: float | str) -> pd.Timestamp:
    stamp = pd.Timestamp(end)
    return stamp.tz_localize(None) if stamp.tzinfo is not None else stamp


def _examples(series: pd.Series, rows: np.ndarray) -> tuple[str, ...]:
    counts = series[rows].astype(object).value_counts(sort=False)
    ordered = sorted(counts.items(), key=lambda item: (-int(item[1]), str(item[0])))
    return tuple(_words(value) for value, _ in ordered[:SHOWN])


def _words(value: object) -> str:
    text = f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
