"""A column as a slice search sees it: a small number of bins or levels, each with its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from app.lab.condition import Condition, Scalar, kind_of
from app.lab.condition.kinds import dates, numbers, texts

FINE = 64
MOST_LEVELS = 60
DAY = 86_400_000_000_000
ROUNDING = 0.001
ID_LIKE = ("id", "key", "uuid", "guid", "index")


@dataclass(frozen=True)
class Column:
    """One searchable column.

    Parameters
    ----------
    name : str
    ordered : bool
        True for numbers and dates (bins in order), False for levels.
    codes : ndarray of int16, shape (n,)
        Bin or level of each row; ``size`` is missing, ``size + 1`` a level too rare to search.
    size : int
        Number of bins or levels, at least 1.
    missing : bool
        Whether any value is missing.
    known : ndarray
        Sorted finite values (numbers; dates in ns) for words, or the levels in order of code.
    ends : ndarray of int, shape (size + 1,)
        For bins: how many sorted values lie below each bin.
    dates : bool
    """

    name: str
    ordered: bool
    codes: np.ndarray
    size: int
    missing: bool
    known: np.ndarray
    ends: np.ndarray
    dates: bool = False

    def condition(self, chosen: np.ndarray) -> Condition:
        """Return the condition that chooses some bins or levels.

        Parameters
        ----------
        chosen : ndarray of bool, shape (size + 2,)
            Neighboring bins, any levels, or missing alone.

        Returns
        -------
        Condition
        """
        places = np.flatnonzero(chosen[: self.size])
        if not len(places):
            return Condition(self.name, "is_missing")
        if not self.ordered:
            levels = tuple(self._level(int(place)) for place in places)
            return Condition(self.name, "in", levels) if len(levels) > 1 else self._only(levels[0])
        low, high = int(self.ends[places[0]]), int(self.ends[places[-1] + 1])
        return self._between(low, high)

    def _only(self, level: Scalar) -> Condition:
        return Condition(self.name, "==", level)

    def _level(self, place: int) -> Scalar:
        level = self.known[place]
        return cast("Scalar", level.item() if isinstance(level, np.generic) else level)

    def _between(self, low: int, high: int) -> Condition:
        """Condition on the sorted values number low to high (not counted)."""
        first, last = self.known[low], self.known[high - 1]
        if low == 0 and high < len(self.known):
            return Condition(self.name, "<=", self._cut(high))
        if high == len(self.known) and low > 0:
            return Condition(self.name, ">", self._cut(low))
        if first == last:
            return Condition(self.name, "==", self._number(first))
        if self.dates or (first == np.floor(first) and last == np.floor(last)):
            return Condition(self.name, "between", (self._number(first), self._number(last)))
        return Condition(self.name, "between", (self._cut(low), self._cut(high)))

    def _cut(self, place: int) -> Scalar:
        """Return a short number between two neighbors among the sorted values."""
        below, above = self.known[place - 1], self.known[place]
        if self.dates:
            return self._number(below)
        allowed = ROUNDING * len(self.known)
        for digits in range(1, 17):
            cut = float(
                f"{(below if below == np.floor(below) else (below + above) / 2):.{digits}g}"
            )
            if abs(int(np.searchsorted(self.known, cut, "right")) - place) <= allowed:
                return self._number(cut)
        return self._number(below)

    def _number(self, value: Any) -> Scalar:
        if self.dates:
            moment = pd.Timestamp(int(value))
            return str(moment.date()) if int(value) % DAY == 0 else str(moment)
        number = float(value)
        return int(number) if number.is_integer() and abs(number) < 2**53 else number


def encode(frame: pd.DataFrame, least: int) -> tuple[Column, ...]:
    """Return the columns in which slices can be searched.

    Parameters
    ----------
    frame : DataFrame, n rows
    least : int
        A level in fewer rows is too rare.

    Returns
    -------
    tuple of Column
        Without constant columns, identifiers, and what cannot be compared.
    """
    names = [str(name) for name in frame.columns]
    found = []
    for place, name in enumerate(names):
        if names.count(name) == 1:
            column = _encoded(name, frame.iloc[:, place], least)
            if column is not None:
                found.append(column)
    return tuple(found)


def _encoded(name: str, series: pd.Series, least: int) -> Column | None:
    kind = kind_of(series)
    if kind == "other":
        return None
    if kind in ("text", "boolean") or isinstance(series.dtype, pd.CategoricalDtype):
        return _levels(name, series, least)
    if kind == "date":
        moments = dates(series)
        values = moments.to_numpy("datetime64[ns]").astype(np.int64).astype(float)
        values[moments.isna().to_numpy()] = np.nan
        return _bins(name, values, is_date=True)
    values = numbers(series)
    return None if _identifies(name, values) else _bins(name, values)


def _identifies(name: str, values: np.ndarray) -> bool:
    """Whole numbers, each once, that count rows or are called an identifier."""
    if not np.isfinite(values).all() or (values != np.floor(values)).any():
        return False
    steps = np.diff(values)
    if len(np.unique(values)) < len(values) or len(values) < 3:
        return False
    counting = bool((steps > 0).all() or (steps < 0).all()) or np.ptp(values) < 2 * len(values)
    return counting or name.lower().replace(" ", "_").split("_")[-1] in ID_LIKE


def _bins(name: str, values: np.ndarray, is_date: bool = False) -> Column | None:
    finite = np.isfinite(values)
    known = np.sort(values[finite])
    if not len(known) or (known[0] == known[-1] and finite.all()):
        return None
    firsts = np.flatnonzero(np.r_[True, known[1:] != known[:-1]])
    if len(firsts) > FINE:
        wanted = (np.arange(FINE) * len(known)) // FINE
        # A bin starts where its value starts, so that equal values share a bin.
        firsts = np.unique(np.searchsorted(known, known[wanted], "left"))
    starts = known[firsts]
    size = len(starts)
    codes = np.searchsorted(starts, values, "right") - 1
    codes[values == -np.inf] = 0
    missing = np.isnan(values)
    codes[missing] = size
    ends = np.r_[firsts, len(known)]
    return Column(
        name, True, codes.astype(np.int16), size, bool(missing.any()), known, ends, is_date
    )


def _levels(name: str, series: pd.Series, least: int) -> Column | None:
    plain = series.astype(object) if kind_of(series) == "boolean" else _named(series)
    codes, levels = pd.factorize(plain)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    order = np.argsort(-counts, kind="stable")[:MOST_LEVELS]
    order = order[counts[order] >= least]
    missing = bool((codes < 0).any())
    if not len(order) or (len(levels) == 1 and not missing):
        return None
    size = len(order)
    place = np.full(len(levels) + 1, size + 1)
    place[order] = np.arange(size)
    place[-1] = size
    known = np.array([levels[i] for i in order], dtype=object)
    return Column(name, False, place[codes].astype(np.int16), size, missing, known, known[:0])


def _named(series: pd.Series) -> pd.Series:
    """Levels of a categorical column of numbers stay numbers."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        return series if kind_of(series) == "number" else texts(series)
    return texts(series)
