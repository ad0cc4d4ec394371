"""All the usual distances of one column at once, exact, from values sorted once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from app.lab.watching import distances
from app.lab.watching.merging import merged_distances
from app.lab.watching.shape import BINS
from app.lab.watching.values import as_levels, as_numbers, is_number


@dataclass(frozen=True)
class ColumnDrift:
    """How far a column is from its reference.

    Parameters
    ----------
    kind : {"number", "category"}
    psi, jensen_shannon, hellinger, total_variation, l_infinity : float
        On 32 quantile bins of the reference, or on the categories; see `distances`.
    kolmogorov_smirnov, wasserstein, normed_wasserstein : float
        Exact, from the values; NaN for categories.
    p_value : float
        Of the Kolmogorov-Smirnov test for numbers, of the chi² test for categories.
    missing : tuple of float
        Share of missing values of the reference, and now.
    """

    kind: str
    psi: float
    jensen_shannon: float
    hellinger: float
    total_variation: float
    l_infinity: float
    kolmogorov_smirnov: float
    wasserstein: float
    normed_wasserstein: float
    p_value: float
    missing: tuple[float, float]


@dataclass(frozen=True)
class Numbers:
    """A number's values in order.

    Parameters
    ----------
    rising : ndarray of float
        Finite values.
    rows : int
    spread : float
        Standard deviation.
    """

    rising: np.ndarray
    rows: int
    spread: float

    @property
    def missing(self) -> float:
        """Share of rows without a finite value."""
        return 1 - len(self.rising) / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class Levels:
    """Counts of a category's values."""

    names: tuple[str, ...]
    counts: np.ndarray
    rows: int

    @property
    def missing(self) -> float:
        """Share of rows without a value."""
        return 1 - float(self.counts.sum()) / self.rows if self.rows else 0.0


def prepared(values: Any, kind: str = "") -> Numbers | Levels:
    """Return a column ready to be compared, again and again.

    Parameters
    ----------
    values : Series or pyarrow.Array, shape (n,)
    kind : {"number", "category"}, optional
        As the column itself says when left out.

    Returns
    -------
    Numbers or Levels
    """
    if kind != "category" and (kind == "number" or is_number(values)):
        numbers = as_numbers(values)
        # Values that are not finite come last, and minus infinity first.
        rising = np.sort(numbers)
        end = int(np.searchsorted(rising, np.inf))
        start = int(np.searchsorted(rising, -np.inf, side="right"))
        known = rising[start:end]
        spread = float(known.std()) if len(known) else float("nan")
        return Numbers(known, len(numbers), spread)
    codes, names = as_levels(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    return Levels(tuple(names), counts, len(codes))


def column_drift(reference: Numbers | Levels, current: Numbers | Levels) -> ColumnDrift:
    """Return all distances of a column.

    Parameters
    ----------
    reference, current : Numbers or Levels
        Both of one kind.

    Returns
    -------
    ColumnDrift

    Raises
    ------
    ValueError
        If one holds numbers and the other categories.
    """
    missing = reference.missing, current.missing
    if isinstance(reference, Numbers) and isinstance(current, Numbers):
        a, b = reference.rising, current.rising
        before, now = _binned(a, b)
        ks, moved = merged_distances(a, b)
        n = len(a) * len(b) / max(len(a) + len(b), 1)
        p = float(special.kolmogorov(np.sqrt(n) * ks)) if n else 1.0
        normed = moved / max(reference.spread, 0.001)
        return ColumnDrift("number", *_by_cells(before, now), ks, moved, normed, p, missing)
    if isinstance(reference, Levels) and isinstance(current, Levels):
        before, now = _aligned(reference, current)
        p = distances.chi_squared(before, now)[2]
        none = float("nan")
        return ColumnDrift("category", *_by_cells(before, now), none, none, none, p, missing)
    raise ValueError("the reference holds numbers and the current rows categories, or vice versa")


def _binned(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not len(a) or not len(b):
        return np.zeros(1), np.zeros(1)
    edges = np.unique(a[np.arange(1, BINS) * len(a) // BINS])
    return tuple(np.diff(np.r_[0, np.searchsorted(x, edges, side="right"), len(x)]) for x in (a, b))


def _aligned(reference: Levels, current: Levels) -> tuple[np.ndarray, np.ndarray]:
    names = tuple(dict.fromkeys((*reference.names, *current.names)))
    place = {name: i for i, name in enumerate(names)}
    found = []
    for side in (reference, current):
        counts = np.zeros(len(names))
        counts[[place[name] for name in side.names]] = side.counts
        found.append(counts)
    return found[0], found[1]


def _by_cells(before: np.ndarray, now: np.ndarray) -> tuple[float, float, float, float, float]:
    return (
        float(distances.psi(before, now)),
        float(distances.jensen_shannon(before, now)),
        float(distances.hellinger(before, now)),
        float(distances.total_variation(before, now)),
        float(distances.l_infinity(before, now)),
    )
