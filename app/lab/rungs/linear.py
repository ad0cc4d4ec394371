"""The linear model: each column pulls on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression, Ridge

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
        numbers = encoded[:, self.numeric]
        missing = np.isnan(numbers)
        # Far outside the training range a straight line would run away.
        scaled = np.clip((numbers - self.centers) / self.scales, -8, 8)
        parts = [np.where(missing, 0.0, scaled), missing[:, self.holes].astype(float)]
        if self.hot:
            parts.append(np.column_stack([encoded[:, i] == code for i, code in self.hot]))
        return np.column_stack(parts)

    def sources(self) -> list[str]:
        """Return the user's column behind each design column."""
        names = self.encoder.sources
        return (
            [names[i] for i in self.numeric]
            + [names[self.numeric[i]] for i in self.holes]
            + [names[i] for i, _ in self.hot]
        )


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
        design = self.design.matrix(matrix)
        return outputs(self.model, design, self.form, self.size)


def _design(encoder: Encoder, matrix: np.ndarray) -> Design:
    text = [i for i, source in enumerate(encoder.sources) if source in encoder.levels]
    numeric = [
        i for i in range(matrix.shape[1]) if i not in text and np.isfinite(matrix[:, i]).any()
    ]
    numbers = matrix[:, numeric]
    centers = np.nanmedian(numbers, axis=0) if numeric else np.empty(0)
    scales = np.nanstd(numbers, axis=0) if numeric else np.empty(0)
    holes = [j for j in range(len(numeric)) if np.isnan(numbers[:, j]).sum() >= LEAST_ROWS]
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
    matrix = design.matrix(training.matrix)
    if training.form == "regression":
        model: Any = Ridge(alpha=10.0)
    else:
        model = LogisticRegression(C=0.3, max_iter=3000, tol=1e-3)
    model.fit(matrix, training.y)
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
