"""The linear model: each column pulls on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression

from app.lab.encoding import Encoder
from app.lab.rungs.rung import Fitted, RungKind, Training, outputs

MOST_ONE_HOT = 30
LEAST_ROWS = 20


@dataclass(frozen=True)
class Design:
    """Numbers scaled and filled, texts one-hot: everything learned from training rows."""

    encoder: Encoder
    numeric: list[int]
    centers: np.ndarray
    scales: np.ndarray
    holes: list[int]
    hot: list[tuple[int, float]]

    def matrix(self, encoded: np.ndarray) -> np.ndarray:
        """Return the design matrix, shape (n, d)."""
        return np.asarray(self.sparse(encoded).toarray())

    def sparse(self, encoded: np.ndarray) -> csr_array:
        """Return the design matrix, shape (n, d), without its zeros.

        Most of it says which category a row is not in: written out it would be several times as
        large as the table.
        """
        counts = np.zeros(len(encoded), dtype=np.int32)
        for _, where, _ in self._columns(encoded):
            counts[where] += 1
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        values, places = np.empty(starts[-1]), np.empty(starts[-1], dtype=np.int32)
        free = starts[:-1].copy()
        for column, where, what in self._columns(encoded):
            values[free[where]], places[free[where]] = what, column
            free[where] += 1
        return csr_array((values, places, starts), shape=(len(encoded), self.width))

    @property
    def width(self) -> int:
        """Number of columns of the design matrix."""
        return len(self.numeric) + len(self.holes) + len(self.hot)

    def _columns(
        self, encoded: np.ndarray
    ) -> Iterator[tuple[int | np.ndarray, np.ndarray, np.ndarray | float]]:
        """Give, column by column, where a row has an entry and which, in the order of `sources`."""
        for j, i in enumerate(self.numeric):
            known = ~np.isnan(encoded[:, i])
            # Far outside the training range a straight line would run away.
            scaled = (encoded[known, i] - self.centers[j]) / self.scales[j]
            yield j, known, np.clip(scaled, -8, 8)
        for j, hole in enumerate(self.holes):
            yield len(self.numeric) + j, np.isnan(encoded[:, self.numeric[hole]]), 1.0
        first = len(self.numeric) + len(self.holes)
        for i in dict.fromkeys(i for i, _ in self.hot):
            codes = np.array([code for at, code in self.hot if at == i])
            place = np.clip(np.searchsorted(codes, encoded[:, i]), 0, len(codes) - 1)
            known = codes[place] == encoded[:, i]
            yield first + place[known], known, 1.0
            first += len(codes)

    def sources(self) -> list[str]:
        """Return the user's column behind each design column."""
        names = self.encoder.sources
        return (
            [names[i] for i in self.numeric]
            + [names[self.numeric[i]] for i in self.holes]
            + [names[i] for i, _ in self.hot]
        )


@dataclass(frozen=True)
class Line:
    """A weighted sum, under the names that scikit-learn gives its parts."""

    coef_: np.ndarray
    intercept_: float

    def predict(self, design: csr_array) -> np.ndarray:
        """Return the sum of every row."""
        return np.asarray(design @ self.coef_ + self.intercept_)


def ridge(design: csr_array, y: np.ndarray, strength: float) -> Line:
    """Fit a ridge regression from the products of its columns, which are small.

    Parameters
    ----------
    design : sparse array of float, shape (n, d)
    y : ndarray of float, shape (n,)
    strength : float
        Penalty on the squared weights, above 0; the intercept is free.

    Returns
    -------
    Line

    References
    ----------
    Hoerl & Kennard (1970), https://doi.org/10.1080/00401706.1970.10488634
    """
    n, middle = len(y), np.asarray(design.mean(axis=0)).ravel()
    products = (design.T @ design).toarray() - n * np.outer(middle, middle)
    with_target = design.T @ y - n * middle * y.mean()
    weights = np.linalg.solve(products + strength * np.eye(len(middle)), with_target)
    return Line(weights, float(y.mean() - middle @ weights))


@dataclass(frozen=True)
class LinearModel:
    """A linear model on the design matrix."""

    design: Design
    model: Any
    form: str
    size: int = 0

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the prediction of every row."""
        return self.predict_matrix(self.design.encoder.transform(frame))

    def predict_matrix(self, matrix: np.ndarray) -> np.ndarray:
        """Return the prediction of rows that are encoded already."""
        return outputs(self.model, self.design.sparse(matrix), self.form, self.size)


def _design(encoder: Encoder, matrix: np.ndarray) -> Design:
    text = [i for i, source in enumerate(encoder.sources) if source in encoder.levels]
    numeric = [
        i for i in range(matrix.shape[1]) if i not in text and np.isfinite(matrix[:, i]).any()
    ]
    # Column by column: statistics of all at once would copy the matrix several times.
    centers = np.array([np.nanmedian(matrix[:, i]) for i in numeric])
    scales = np.array([np.nanstd(matrix[:, i]) for i in numeric])
    holes = [j for j, i in enumerate(numeric) if np.isnan(matrix[:, i]).sum() >= LEAST_ROWS]
    hot: list[tuple[int, float]] = []
    for i in text:
        codes, counts = np.unique(matrix[~np.isnan(matrix[:, i]), i], return_counts=True)
        common = np.argsort(-counts, kind="stable")[:MOST_ONE_HOT]
        hot += [(i, float(codes[c])) for c in sorted(common) if counts[c] >= LEAST_ROWS]
    return Design(encoder, numeric, centers, np.where(scales > 0, scales, 1.0), holes, hot)


def fit(training: Training) -> Fitted:
    """Fit a logistic or ridge regression.

    Parameters
    ----------
    training : Training

    Returns
    -------
    Fitted
    """
    design = _design(training.encoder, training.matrix)
    matrix = design.sparse(training.matrix)
    if training.form == "regression":
        model: Any = ridge(matrix, training.y, 10.0)
    else:
        model = LogisticRegression(C=0.3, max_iter=3000, tol=1e-3).fit(matrix, training.y)
    weights = np.abs(np.atleast_2d(model.coef_)).max(axis=0)
    strongest = list(dict.fromkeys(np.array(design.sources())[np.argsort(-weights)]))[:3]
    words = "A weighted sum of the columns; the largest weights: " + ", ".join(strongest) + "."
    inputs = tuple(dict.fromkeys(design.sources()))
    fitted = LinearModel(design, model, training.form, len(training.classes))
    return Fitted("linear", training.form, fitted, inputs, words)


KIND = RungKind(
    "linear",
    "Linear model",
    "Each column pulls on its own: easy to check, hard to break.",
    fit,
    readable="by its weights",
    monotone=True,
    holes="filled with the median, with a mark of its own",
)
