"""Trees as plain arrays: what a fitted tree or boosting model says, without the library it is from.

Sums are taken in the order of the library, so that the numbers are the same to the last bit, for
one row as for many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import expit

# Rows walked at once: rows times trees must fit in the cache.
BLOCK_CELLS = 200_000


@dataclass(frozen=True)
class Trees:
    """Trees whose leaves are added up, or one tree whose leaf is the answer.

    Parameters
    ----------
    feature, left, right : tuple of int, length m
        By node, over all the trees one after the other; a leaf is its own child.
    threshold : tuple of float, length m
        A row goes left when its value is not above it.
    missing_left : tuple of bool, length m
        Where a row without a value goes.
    value : tuple of float or tuple of tuple of float, length m
        What a leaf adds; several numbers where the answer is a share for each class.
    roots : tuple of int, length T
    outputs : tuple of int, length T
        Which output each tree adds to.
    start : tuple of float, length k
        What the sums start from.
    link : {"identity", "logit", "softmax"}
    classes : tuple of float
        Numbers of the classes, empty for a value.
    single : bool
        Whether it compares in single precision, as scikit-learn's lone trees do.
    """

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    missing_left: tuple[bool, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[Any, ...]
    roots: tuple[int, ...]
    outputs: tuple[int, ...]
    start: tuple[float, ...]
    link: str
    classes: tuple[float, ...] = ()
    single: bool = False

    @property
    def classes_(self) -> np.ndarray:
        """Numbers of the classes it knows."""
        return np.array(self.classes)

    @cached_property
    def _arrays(self) -> tuple[np.ndarray, ...]:
        names = ("feature", "threshold", "missing_left", "left", "right", "value")
        return tuple(np.array(getattr(self, name)) for name in names)

    def leaves(self, matrix: np.ndarray) -> np.ndarray:
        """Return the leaf of every row in every tree.

        Parameters
        ----------
        matrix : ndarray of float, shape (n, p)

        Returns
        -------
        ndarray of int, shape (n, T)
        """
        feature, threshold, missing_left, left, right, _ = self._arrays
        values = matrix.astype(np.float32).astype(float) if self.single else matrix
        rows = np.arange(len(values))[:, None]
        node = np.tile(np.array(self.roots), (len(values), 1))
        while True:
            seen = values[rows, feature[node]]
            goes_left = np.where(np.isnan(seen), missing_left[node], seen <= threshold[node])
            after = np.where(goes_left, left[node], right[node])
            if np.array_equal(after, node):
                return node
            node = after

    def sums(self, matrix: np.ndarray) -> np.ndarray:
        """Return the sums of the leaves.

        Parameters
        ----------
        matrix : ndarray of float, shape (n, p)

        Returns
        -------
        ndarray of float, shape (n, k)
        """
        value = self._arrays[5]
        found = np.tile(np.array(self.start, dtype=float), (len(matrix), 1))
        step = max(1, BLOCK_CELLS // len(self.roots))
        for at in range(0, len(matrix), step):
            told = value[self.leaves(matrix[at : at + step])]
            # One after the other: another order would round differently.
            for tree, output in enumerate(self.outputs):
                found[at : at + step, output] += told[:, tree]
        return found

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """Return a value a row.

        Parameters
        ----------
        matrix : ndarray of float, shape (n, p)

        Returns
        -------
        ndarray of float, shape (n,)
        """
        return self.sums(matrix)[:, 0]

    def predict_proba(self, matrix: np.ndarray) -> np.ndarray:
        """Return a probability a class and row.

        Parameters
        ----------
        matrix : ndarray of float, shape (n, p)

        Returns
        -------
        ndarray of float, shape (n, number of classes)
        """
        if self.link == "identity":
            shares = self._arrays[5][self.leaves(matrix)[:, 0]]
            return np.asarray(shares)
        return linked(self.sums(matrix), self.link)

    def one_sum(self, row: Sequence[float]) -> list[float]:
        """Return the sums of one row, without an array.

        Parameters
        ----------
        row : sequence of float, length p

        Returns
        -------
        list of float, length k
        """
        feature, threshold, left, right = self.feature, self.threshold, self.left, self.right
        found, value = list(self.start), self.value
        for root, output in zip(self.roots, self.outputs, strict=True):
            node, after = root, -1
            while True:
                seen = row[feature[node]]
                if seen <= threshold[node]:
                    after = left[node]
                elif seen == seen:  # noqa: PLR0124 - false for NaN only
                    after = right[node]
                else:
                    after = left[node] if self.missing_left[node] else right[node]
                if after == node:
                    break
                node = after
            found[output] += value[node]
        return found

    def one(self, row: Sequence[float]) -> np.ndarray:
        """Return the answer for one row, in the shape of many.

        Parameters
        ----------
        row : sequence of float, length p

        Returns
        -------
        ndarray of float, shape (1,) or (1, number of classes)
        """
        if self.single:
            matrix = np.array([row])
            return self.predict_proba(matrix) if self.classes else self.predict(matrix)
        sums = np.array([self.one_sum(row)])
        return linked(sums, self.link) if self.classes else sums[:, 0]


def linked(sums: np.ndarray, link: str) -> np.ndarray:
    """Return probabilities from sums of leaves.

    Parameters
    ----------
    sums : ndarray of float, shape (n, k)
    link : {"logit", "softmax"}

    Returns
    -------
    ndarray of float, shape (n, 2) or (n, k)
    """
    if link == "logit":
        happens = expit(sums[:, 0])
        return np.column_stack([1 - happens, happens])
    grown = np.exp(sums - sums.max(axis=1)[:, None])
    total = np.zeros(len(grown))
    # Class after class, as it is added up over rows that lie column by column.
    for column in grown.T:
        total = total + column
    return np.asarray(grown / total[:, None])
