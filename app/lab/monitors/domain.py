"""A linear model that tries to tell today's rows from the past, in closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from app.lab.monitors.rolling import rolled
from app.lab.watching.shape import ColumnShape
from app.lab.watching.values import as_levels, as_numbers, is_number

LEVELS = 4
PAIRED = 5
MOST = 60
RIDGE = 0.05
LEAST_ROWS = 100
REACH = 3.0


@dataclass(frozen=True)
class Discriminant:
    """Fisher's linear discriminant between the past and any later rows.

    Parameters
    ----------
    centers, scales : mapping of str to float
        Of the numbers.
    levels : mapping of str to tuple of str
        Frequent values of the categories.
    paired : tuple of str
        Numbers whose products are looked at as well: what should move together.
    mean : ndarray of float, shape (p,)
        Of the features in the past.
    inverse : ndarray of float, shape (p, p)
        Of their covariance, with a ridge.
    rows : int
        It was fitted on.
    """

    centers: Mapping[str, float]
    scales: Mapping[str, float]
    levels: Mapping[str, tuple[str, ...]]
    paired: tuple[str, ...]
    mean: np.ndarray
    inverse: np.ndarray
    rows: int

    def features(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the features of rows.

        Parameters
        ----------
        rows : DataFrame, n rows

        Returns
        -------
        ndarray of float, shape (n, p)
        """
        found = {name: self._number(rows, name) for name in self.centers}
        columns = [part for name in found for part in (found[name],)]
        columns += [
            self._is(rows, name, level) for name, few in self.levels.items() for level in few
        ]
        for place, one in enumerate(self.paired):
            columns += [found[one] * found[other] for other in self.paired[place + 1 :]]
        return np.column_stack(columns) if columns else np.empty((len(rows), 0))

    def _number(self, rows: pd.DataFrame, name: str) -> np.ndarray:
        if name not in rows.columns or not is_number(rows[name]):
            return np.zeros(len(rows))
        values = (as_numbers(rows[name]) - self.centers[name]) / self.scales[name]
        # What is missing says nothing here; other monitors see it.
        return np.clip(np.nan_to_num(values, nan=0.0, posinf=REACH, neginf=-REACH), -REACH, REACH)

    def _is(self, rows: pd.DataFrame, name: str, level: str) -> np.ndarray:
        if name not in rows.columns:
            return np.zeros(len(rows))
        codes, names = as_levels(rows[name])
        place = names.index(level) if level in names else -2
        return np.asarray(codes == place, dtype=float)

    def auc(self, rows: pd.DataFrame, place: np.ndarray, days: int, width: int) -> np.ndarray:
        """Return how well each day's rows can be told from the past.

        Parameters
        ----------
        rows : DataFrame, n rows
        place : ndarray of int, shape (n,)
            Day of each row; ``days`` for rows that do not count.
        days, width : int

        Returns
        -------
        ndarray of float, shape (days,)
            Area under the curve of the discriminant, 0.5 where nothing tells them apart; what
            chance alone adds is taken off. NaN without rows.

        References
        ----------
        Fisher (1936), https://doi.org/10.1111/j.1469-1809.1936.tb02137.x; Lopez-Paz & Oquab
        (2017), https://arxiv.org/abs/1610.06545: two-sample tests by classifiers.
        """
        features = self.features(rows)
        order = np.argsort(place, kind="stable")
        sizes = np.bincount(place, minlength=days + 1)
        starts = np.r_[0, np.cumsum(sizes)[:-1]]
        total = np.zeros((days + 1, features.shape[1]))
        some = sizes > 0
        total[some] = np.add.reduceat(features[order], starts[some], axis=0)
        n = rolled(sizes[:days], width)
        apart = rolled(total[:days], width) / np.maximum(n, 1)[:, None] - self.mean
        square = np.einsum("dp,pq,dq->d", apart, self.inverse, apart)
        chance = len(self.mean) * (1 / np.maximum(n, 1) + 1 / self.rows)
        found = ndtr(np.sqrt(np.maximum(square - chance, 0.0) / 2))
        return np.where(n > 0, found, np.nan)


def fit_discriminant(
    rows: pd.DataFrame, shapes: Mapping[str, ColumnShape], weights: Mapping[str, float]
) -> Discriminant | None:
    """Learn the past.

    Parameters
    ----------
    rows : DataFrame, n rows
    shapes : mapping of str to ColumnShape
    weights : mapping of str to float
        Importance by column: the most important first, where there are many.

    Returns
    -------
    Discriminant or None
        None with fewer than 100 rows or no usable column.
    """
    if len(rows) < LEAST_ROWS:
        return None
    ranked = sorted(shapes, key=lambda name: -weights.get(name, 0.0))
    centers, scales, levels = {}, {}, {}
    size = 0
    for name in ranked:
        if size >= MOST:
            break
        if shapes[name].kind == "number":
            values = as_numbers(rows[name])
            values = values[np.isfinite(values)]
            if len(values) and values.std() > 0:
                centers[name], scales[name] = float(np.median(values)), float(values.std())
                size += 1
        else:
            levels[name] = shapes[name].levels[:LEVELS]
            size += len(levels[name])
    if not size:
        return None
    paired = tuple(centers)[:PAIRED]
    empty = Discriminant(centers, scales, levels, paired, np.empty(0), np.empty((0, 0)), len(rows))
    features = empty.features(rows)
    mean = features.mean(axis=0)
    spread = np.atleast_2d(np.cov(features, rowvar=False))
    ridge = RIDGE * (np.diag(spread) + 1e-3)
    inverse = np.linalg.inv(spread + np.diag(ridge))
    return Discriminant(centers, scales, levels, paired, mean, inverse, len(rows))
