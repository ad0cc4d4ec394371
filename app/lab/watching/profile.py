"""Counts of every column by chunk (day, file, batch): small, and they add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from app.lab.watching import counting
from app.lab.watching.shape import ColumnShape, Shapes
from app.lab.watching.values import (
    as_levels,
    as_numbers,
    is_number,
    texts_as_numbers,
    unreadable,
)

WEEK = 7
ALL = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class ColumnCounts:
    """What was counted of one column.

    Parameters
    ----------
    shape : ColumnShape
    cells : ndarray of int, shape (chunks, shape.size)
    moments : ndarray of float, shape (chunks, 5)
        See `app.lab.watching.counting`.
    """

    shape: ColumnShape
    cells: np.ndarray
    moments: np.ndarray

    @property
    def known(self) -> np.ndarray:
        """Counts of the cells of known values, shape (chunks, bins)."""
        return np.asarray(self.cells[:, : self.shape.bins])

    @property
    def unseen(self) -> np.ndarray:
        """Values that the reference never had, shape (chunks,)."""
        return np.asarray(self.cells[:, -3])

    @property
    def missing(self) -> np.ndarray:
        """Missing values, shape (chunks,)."""
        return np.asarray(self.cells[:, -2])

    @property
    def infinite(self) -> np.ndarray:
        """Values that are not finite, shape (chunks,)."""
        return np.asarray(self.cells[:, -1])

    @property
    def outside(self) -> np.ndarray:
        """Numbers beyond what holds all but 0.1 % of the reference, shape (chunks,)."""
        return np.asarray(self.moments[:, counting.OUTSIDE].astype(np.int64))

    @property
    def finite(self) -> np.ndarray:
        """Values that are there and finite, shape (chunks,)."""
        return np.asarray(self.cells[:, :-2].sum(axis=1))

    @property
    def mean(self) -> np.ndarray:
        """Mean of a number, NaN for a category or no value, shape (chunks,)."""
        if self.shape.kind == "category":
            return np.full(len(self.cells), np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(
                self.shape.center + self.moments[:, counting.TOTAL] / _or_nan(self.finite)
            )

    @property
    def std(self) -> np.ndarray:
        """Standard deviation of a number, shape (chunks,)."""
        if self.shape.kind == "category":
            return np.full(len(self.cells), np.nan)
        n = _or_nan(self.finite)
        apart = self.moments[:, counting.TOTAL] / n
        square = self.moments[:, counting.SQUARES] / n - apart**2
        return np.asarray(np.sqrt(np.maximum(square, 0.0)))

    @property
    def least(self) -> np.ndarray:
        """Least finite number, infinite where there is none, shape (chunks,)."""
        return np.asarray(self.moments[:, counting.LEAST])

    @property
    def most(self) -> np.ndarray:
        """Greatest finite number, minus infinite where there is none, shape (chunks,)."""
        return np.asarray(self.moments[:, counting.MOST])

    def summed(self, groups: np.ndarray, count: int) -> ColumnCounts:
        """Return the counts with chunks of one group added up.

        Parameters
        ----------
        groups : ndarray of int, shape (chunks,)
        count : int
            Number of groups.

        Returns
        -------
        ColumnCounts
        """
        cells = np.zeros((count, self.shape.size), dtype=np.int64)
        np.add.at(cells, groups, self.cells)
        moments = counting.empty_moments(count)
        np.add.at(moments[:, counting.TOTAL :], groups, self.moments[:, counting.TOTAL :])
        np.minimum.at(moments[:, counting.LEAST], groups, self.least)
        np.maximum.at(moments[:, counting.MOST], groups, self.most)
        return ColumnCounts(self.shape, cells, moments)


def _or_nan(n: np.ndarray) -> np.ndarray:
    return np.where(n > 0, n, np.nan)


@dataclass(frozen=True)
class Profile:
    """Counts of all columns by chunk; profiles of the same shapes add up.

    Parameters
    ----------
    names : tuple of str
        One a chunk; ISO dates where chunks are days.
    rows : ndarray of int, shape (chunks,)
    columns : mapping of str to ColumnCounts
    """

    names: tuple[str, ...]
    rows: np.ndarray
    columns: Mapping[str, ColumnCounts]

    @classmethod
    def of(
        cls,
        frame: Any,
        shapes: Shapes,
        of_row: np.ndarray | None = None,
        names: Sequence[str] = ("all",),
    ) -> Profile:
        """Count rows.

        Parameters
        ----------
        frame : DataFrame or mapping of str to Series or pyarrow.Array, n rows
            A column that is not there counts as missing in every row.
        shapes : dict of str to ColumnShape
        of_row : ndarray of int, shape (n,), optional
            Place in ``names`` of the chunk of each row; all are in the first when left out.
        names : sequence of str

        Returns
        -------
        Profile
        """
        n = len(frame) if isinstance(frame, pd.DataFrame) else len(next(iter(frame.values()), ()))
        place = ALL if of_row is None else np.asarray(of_row, dtype=np.int64)
        rows = np.bincount(place, minlength=len(names)) if of_row is not None else np.array([n])
        columns = {name: nothing(shape, len(names)) for name, shape in shapes.items()}
        for name, counts in columns.items():
            if name in frame:
                add_values(frame[name], counts, place)
            else:
                counts.cells[:, -2] = rows
        return cls(tuple(names), rows.astype(np.int64), columns)

    @property
    def weekdays(self) -> np.ndarray:
        """Weekday of each chunk from 0 (Monday) where names are days in sequence, else all 0."""
        try:
            days = np.array([date.fromisoformat(name).toordinal() for name in self.names])
        except ValueError:
            return np.zeros(len(self.names), dtype=int)
        if len(days) > 1 and np.median(np.diff(np.sort(days))) > 1:
            return np.zeros(len(days), dtype=int)
        return np.asarray((days - 1) % WEEK)

    def merge(self, other: Profile) -> Profile:
        """Return the profile of the rows of both; chunks of the same name are added up.

        Parameters
        ----------
        other : Profile
            Of the same shapes.

        Returns
        -------
        Profile
            As if all rows had been counted together.
        """
        names = tuple(dict.fromkeys((*self.names, *other.names)))
        place = {name: i for i, name in enumerate(names)}
        groups = np.array([place[name] for name in (*self.names, *other.names)], dtype=int)
        columns = {
            name: ColumnCounts(
                counts.shape,
                np.vstack([counts.cells, other.columns[name].cells]),
                np.vstack([counts.moments, other.columns[name].moments]),
            ).summed(groups, len(names))
            for name, counts in self.columns.items()
        }
        rows = np.zeros(len(names), dtype=np.int64)
        np.add.at(rows, groups, np.r_[self.rows, other.rows])
        return Profile(names, rows, columns)

    def renamed(self, names: Sequence[str]) -> Profile:
        """Return the chunks under other names; those that come to share one are added up.

        Parameters
        ----------
        names : sequence of str
            One a chunk, such as the Monday of each day's week.

        Returns
        -------
        Profile
        """
        new = tuple(dict.fromkeys(names))
        place = {name: i for i, name in enumerate(new)}
        groups = np.array([place[name] for name in names], dtype=int)
        rows = np.zeros(len(new), dtype=np.int64)
        np.add.at(rows, groups, self.rows)
        columns = {key: counts.summed(groups, len(new)) for key, counts in self.columns.items()}
        return Profile(new, rows, columns)

    def total(self, name: str = "all") -> Profile:
        """Return all chunks as one.

        Parameters
        ----------
        name : str

        Returns
        -------
        Profile
        """
        return self.renamed((name,) * len(self.names))

    def pick(self, chunks: np.ndarray) -> Profile:
        """Return some of the chunks, in the order given.

        Parameters
        ----------
        chunks : ndarray of int or bool

        Returns
        -------
        Profile
        """
        places = np.arange(len(self.names))[chunks]
        columns = {
            name: ColumnCounts(counts.shape, counts.cells[places], counts.moments[places])
            for name, counts in self.columns.items()
        }
        return Profile(tuple(self.names[i] for i in places), self.rows[places], columns)

    def in_order(self) -> Profile:
        """Return the chunks by name, which for ISO dates is by time.

        Returns
        -------
        Profile
        """
        return self.pick(np.array(sorted(range(len(self.names)), key=self.names.__getitem__)))


def nothing(shape: ColumnShape, chunks: int) -> ColumnCounts:
    """Return the counts of no rows.

    Parameters
    ----------
    shape : ColumnShape
    chunks : int

    Returns
    -------
    ColumnCounts
    """
    cells = np.zeros((chunks, shape.size), dtype=np.int64)
    return ColumnCounts(shape, cells, counting.empty_moments(chunks))


def add_values(values: Any, counts: ColumnCounts, place: np.ndarray) -> None:
    """Add values to the counts of their chunk, in place.

    Parameters
    ----------
    values : Series or pyarrow.Array, shape (n,)
    counts : ColumnCounts
    place : ndarray of int, shape (n,), or (0,)
        Chunk of each row; empty where all are in the first.
    """
    shape, cells, moments = counts.shape, counts.cells, counts.moments
    if shape.kind == "category":
        _count_levels(values, shape, place, cells)
        return
    reads = is_number(values)
    numbers = as_numbers(values) if reads else texts_as_numbers(values)
    span = np.array([shape.low, shape.high, shape.center])
    edges = counting.padded(shape.edges)
    counting.count_numbers(numbers, place, edges, shape.values, span, cells, moments)
    if not reads:
        _move_unreadable(values, numbers, place, cells)


def _move_unreadable(
    values: Any, numbers: np.ndarray, place: np.ndarray, cells: np.ndarray
) -> None:
    """A text where a number should be is not missing: it is something never seen."""
    strange = unreadable(values, numbers)
    where = place[strange] if len(place) else np.zeros(int(strange.sum()), dtype=int)
    moved = np.bincount(where, minlength=len(cells))
    cells[:, -2] -= moved
    cells[:, -3] += moved


def _count_levels(values: Any, shape: ColumnShape, place: np.ndarray, cells: np.ndarray) -> None:
    codes, names = as_levels(values)
    cell = np.empty(len(names) + 1, dtype=np.int64)
    own = {name: i for i, name in enumerate(shape.levels)}
    other, unseen = shape.bins - 1, shape.size - 3
    for i, name in enumerate(names):
        found = own.get(name)
        if found is None:
            found = other if shape.rare is None or name in shape.rare else unseen
        cell[i] = found
    cell[-1] = shape.size - 2
    flat = cell[codes] if not len(place) else cell[codes] + shape.size * place
    cells += np.bincount(flat, minlength=cells.size).reshape(cells.shape)
