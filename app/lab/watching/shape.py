"""What is counted of a column: bins and levels, learned once on reference rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from app.lab.watching.values import as_levels, as_numbers, is_date, is_number

BINS = 32
LEVELS = 30
MOST_KNOWN = 10_000
TAILS = (0.0005, 0.9995)
SPECIAL = ("never seen", "missing", "not finite")


@dataclass(frozen=True)
class ColumnShape:
    """How the values of one column are put into cells.

    Parameters
    ----------
    name : str
    kind : {"number", "category"}
    edges : ndarray of float, shape (bins - 1,)
        Inner edges of a number's bins, rising; a value equal to an edge is below it.
    values : ndarray of float
        All values of a number with few of them, else empty. Others count as never seen.
    low, high : float
        Range that holds all but 0.05 % of the reference on each side.
    center : float
        What moments are taken about, so that they add up without loss.
    levels : tuple of str
        Frequent categories, one cell each.
    rare : frozenset of str or None
        Known categories that share a cell; None where there are too many to know them all.
    novelty : float
        Share of reference rows whose category was seen on no other day (or in no other row), in
        [0, 1]: so often a new category is no news.
    cluster : float
        Rows that such a new category comes with, at least 1.
    """

    name: str
    kind: Literal["number", "category"]
    edges: np.ndarray
    values: np.ndarray
    low: float
    high: float
    center: float
    levels: tuple[str, ...] = ()
    rare: frozenset[str] | None = frozenset()
    novelty: float = 0.0
    cluster: float = 1.0

    @property
    def bins(self) -> int:
        """Number of cells for known values."""
        if self.kind == "number":
            return len(self.edges) + 1
        return len(self.levels) + 1

    @property
    def size(self) -> int:
        """Number of cells; the last three are never seen, missing, not finite."""
        return self.bins + len(SPECIAL)

    @property
    def labels(self) -> tuple[str, ...]:
        """Words for every cell."""
        if self.kind == "category":
            return (*self.levels, "other known", *SPECIAL)
        if len(self.values):
            return (*(f"{value:g}" for value in self.values), *SPECIAL)
        if not len(self.edges):
            return ("any", *SPECIAL)
        inner = [f"{a:.4g} to {b:.4g}" for a, b in zip(self.edges, self.edges[1:], strict=False)]
        ends = (f"up to {self.edges[0]:.4g}", f"above {self.edges[-1]:.4g}")
        return (ends[0], *inner, ends[1], *SPECIAL)


Shapes = dict[str, ColumnShape]


def learn_shapes(
    frame: pd.DataFrame, of_row: np.ndarray | None = None, bins: int = BINS, levels: int = LEVELS
) -> Shapes:
    """Learn on reference rows what to count.

    Parameters
    ----------
    frame : DataFrame, n rows
        Rows of a time in which all was well, or a sample of them; dates are left out.
    of_row : ndarray of int, shape (n,), optional
        Day of each row, to learn how often a new category is no news.
    bins : int
        Quantile bins of a number, 2 to 32.
    levels : int
        Frequent categories with a cell of their own, at least 1.

    Returns
    -------
    dict of str to ColumnShape

    Raises
    ------
    ValueError
        If ``bins`` or ``levels`` are out of range, or there is no row.
    """
    if not 2 <= bins <= BINS or levels < 1:
        raise ValueError(f"bins is {bins}, levels is {levels}; give 2 to {BINS}, and at least 1")
    if not len(frame):
        raise ValueError("the reference has no rows; give rows of a time in which all was well")
    found: Shapes = {}
    for column in frame.columns:
        series, name = frame[column], str(column)
        if is_date(series):
            continue
        if is_number(series):
            found[name] = number_shape(name, as_numbers(series), bins)
        else:
            found[name] = _category_shape(name, series, of_row, levels)
    return found


def number_shape(name: str, values: np.ndarray, bins: int = BINS) -> ColumnShape:
    """Return quantile bins of a number, or a bin for each of its few values.

    Parameters
    ----------
    name : str
    values : ndarray of float, shape (n,)
        NaN where missing.
    bins : int

    Returns
    -------
    ColumnShape
    """
    known = np.sort(values[np.isfinite(values)])
    none = np.empty(0)
    if not len(known):
        return ColumnShape(name, "number", none, none, -np.inf, np.inf, 0.0)
    low, high = (float(known[round(q * (len(known) - 1))]) for q in TAILS)
    center = float(np.mean(known))
    distinct = _few_distinct(known, bins)
    if distinct is not None:
        # Known values stand for a code or a count; each has its cell.
        edges = distinct[:-1] + np.diff(distinct) / 2
        return ColumnShape(name, "number", edges, distinct, low, high, center)
    places = np.arange(1, bins) * len(known) // bins
    edges = np.unique(known[places])
    return ColumnShape(name, "number", edges[edges < known[-1]], none, low, high, center)


def _few_distinct(known: np.ndarray, most: int) -> np.ndarray | None:
    """Return the distinct values if there are few and they come back; continuous ones do not."""
    new = np.flatnonzero(np.diff(known) > 0) + 1
    if len(new) >= most or len(known) < 3 * (len(new) + 1):
        return None
    return np.asarray(known[np.r_[0, new]])


def _category_shape(name: str, series: Any, of_row: np.ndarray | None, most: int) -> ColumnShape:
    codes, names = as_levels(series)
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    order = sorted(np.flatnonzero(counts), key=lambda i: (-counts[i], names[i]))
    none = np.empty(0)
    rest = [names[i] for i in order[most:]]
    novelty, cluster = _novelty(codes, counts, of_row)
    return ColumnShape(
        name,
        "category",
        none,
        none,
        -np.inf,
        np.inf,
        0.0,
        tuple(names[i] for i in order[:most]),
        frozenset(rest) if len(rest) <= MOST_KNOWN else None,
        novelty,
        cluster,
    )


def _novelty(
    codes: np.ndarray, counts: np.ndarray, of_row: np.ndarray | None
) -> tuple[float, float]:
    """Good and Turing's estimate of what is yet unseen, by whole days where they are known."""
    known = codes >= 0
    if not known.any():
        return 0.0, 1.0
    single = counts == 1
    if of_row is not None and len(np.unique(of_row)) > 1:
        first = np.full(len(counts), np.iinfo(np.int64).max)
        last = np.full(len(counts), -1)
        np.minimum.at(first, codes[known], of_row[known])
        np.maximum.at(last, codes[known], of_row[known])
        single = (first == last) & (counts > 0)
    alone = int(single.sum())
    rows = float(counts[single].sum())
    return rows / float(known.sum()), rows / alone if alone else 1.0
