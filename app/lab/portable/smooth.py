"""Logistic regression and curves as plain arrays, to the last bit as scikit-learn has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit


@dataclass(frozen=True)
class Logistic:
    """Weights of each class.

    Parameters
    ----------
    coef_ : ndarray of float, shape (1, d) for two classes or (k, d)
    intercept_ : ndarray of float, shape (1,) or (k,)
    classes_ : ndarray of float
        Numbers of the classes.
    """

    coef_: np.ndarray
    intercept_: np.ndarray
    classes_: np.ndarray

    def predict_proba(self, design: Any) -> np.ndarray:
        """Return a probability a class and row.

        Parameters
        ----------
        design : sparse array of float, shape (n, d)

        Returns
        -------
        ndarray of float, shape (n, number of classes)
        """
        return self.linked(np.asarray(design @ self.coef_.T) + self.intercept_)

    def linked(self, sums: np.ndarray) -> np.ndarray:
        """Return probabilities from weighted sums.

        Parameters
        ----------
        sums : ndarray of float, shape (n, 1) or (n, k)

        Returns
        -------
        ndarray of float, shape (n, number of classes)
        """
        if len(self.classes_) <= 2:
            happens = expit(sums[:, 0])
            return np.column_stack([1 - happens, happens])
        grown = np.exp(sums - np.max(sums, axis=1)[:, None])
        return np.asarray(grown / np.sum(grown, axis=1)[:, None])


@dataclass(frozen=True)
class Curve:
    """Straight lines between corners, flat outside: an isotonic regression as fitted.

    Parameters
    ----------
    x, y : ndarray of float, shape (m,)
        Corners, from left to right.
    """

    x: np.ndarray
    y: np.ndarray

    def predict(self, values: np.ndarray) -> np.ndarray:
        """Return the height of the curve.

        Parameters
        ----------
        values : ndarray of float, shape (n,)

        Returns
        -------
        ndarray of float, shape (n,)
        """
        if len(self.x) == 1:
            return np.repeat(self.y, len(values))
        return np.asarray(np.interp(np.clip(values, self.x[0], self.x[-1]), self.x, self.y))
