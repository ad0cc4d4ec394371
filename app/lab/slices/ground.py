"""The half that is searched: losses made comparable, rows as codes, and the score of a slice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import comb, log

import numpy as np

from app.lab.slices.column import Column

COARSE = 12
SPREAD = 8.0
ONE_SIDED = log(12)
TWO_SIDED = log(40)
SET_NOISE = 0.16


@dataclass(frozen=True)
class Ground:
    """What a search runs over.

    Parameters
    ----------
    columns : tuple of Column
    codes : ndarray of int, shape (n, p)
        Fine codes of the searched rows.
    loss : ndarray of float, shape (n,)
        With mean 0 and variance 1 over the searched rows, far outliers pulled in.
    least : int
        Fewest rows of a slice.
    """

    columns: tuple[Column, ...]
    codes: np.ndarray
    loss: np.ndarray
    least: int
    thrift: float = 1.0

    @property
    def n(self) -> int:
        """Number of searched rows."""
        return len(self.loss)

    @cached_property
    def square(self) -> np.ndarray:
        """Squared losses."""
        found: np.ndarray = self.loss * self.loss
        return found

    def score(self, count: np.ndarray, total: np.ndarray, square: np.ndarray) -> np.ndarray:
        """Return how strongly slices stand out, as half a squared z.

        The variance lies between that of all rows and that of the slice, which makes the score
        close to the log likelihood ratio for shares as well as for numbers.

        Parameters
        ----------
        count, total, square : ndarray of float, one shape
            Rows, sum of losses and sum of squared losses of each slice.

        Returns
        -------
        ndarray of float, same shape
            Minus infinity for too few rows, or a loss that is not above the mean.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            mean: np.ndarray = total / count
            variance = square / count
            variance -= mean * mean
            variance += 2.0
            variance /= 3.0
            np.maximum(variance, 1.0, out=variance)
            variance *= 2.0 - count * (2.0 / self.n)
            mean *= total
            mean /= variance
        mean[(count < self.least) | (count > self.n - self.least) | (total <= 0)] = -np.inf
        return mean

    def price(self, column: int, chosen: np.ndarray) -> float:
        """Return what a condition must gain to be worth its words.

        Parameters
        ----------
        column : int
        chosen : ndarray of bool, shape (size + 2,)

        Returns
        -------
        float
            Log of the number of conditions of this shape, over all columns.
        """
        part = self.columns[column]
        count = int(chosen[: part.size].sum())
        if count == 0:
            return self.thrift * (log(len(self.columns)) + log(2))
        if not part.ordered:
            return float(self.set_prices(column)[part.size - 1 + count])
        return float(self.side_prices(column)[1 if chosen[0] or chosen[part.size - 1] else 2])

    def side_prices(self, column: int) -> np.ndarray:
        """Return the prices of an interval cut on no side (infinite), on one, and on two."""
        return self.thrift * (log(len(self.columns)) + _side_shapes(self.columns[column].size))

    def set_prices(self, column: int) -> np.ndarray:
        """Return the prices of single levels, then of sets of 1, 2, … levels, shape (2 size,)."""
        return self.thrift * (log(len(self.columns)) + _set_shapes(self.columns[column].size))


@lru_cache(maxsize=256)
def _side_shapes(size: int) -> np.ndarray:
    return np.array([np.inf, min(ONE_SIDED, log(2 * size)), min(TWO_SIDED, log(size**2))])


@lru_cache(maxsize=256)
def _set_shapes(size: int) -> np.ndarray:
    noise = log(2 * size) + SET_NOISE * size
    sets = [min(log(comb(size, count)) + log(2), noise) for count in range(1, size + 1)]
    return np.array([*[log(size) + log(2)] * size, *sets])


def pulled_in(loss: np.ndarray) -> np.ndarray:
    """Return losses with far outliers pulled in to eight standard deviations above the mean.

    A few huge losses would otherwise draw every slice around themselves. A loss of two values
    keeps its shape.

    Parameters
    ----------
    loss : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)
        With mean 0 and variance 1 (all 0 for a constant loss).
    """
    values = loss.astype(float)
    for _ in range(8):
        limit = values.mean() + SPREAD * values.std()
        if values.max() <= limit:
            break
        values = np.minimum(values, limit)
    spread = values.std()
    if spread <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return np.zeros(len(values))
    found: np.ndarray = (values - values.mean()) / spread
    return found
