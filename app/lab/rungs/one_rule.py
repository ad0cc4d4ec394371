"""The best single column: what one look at one number is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.encoding import Encoder
from app.lab.rungs.rung import Fitted, RungKind, Training, smoothed, targets

BINS = 16
STRENGTH = 20.0


@dataclass(frozen=True)
class OneColumn:
    """Mean target by bin of one encoded column."""

    encoder: Encoder
    place: int
    edges: np.ndarray
    means: np.ndarray

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the mean of the row's bin."""
        return self.predict_matrix(self.encoder.transform(frame))

    def predict_matrix(self, matrix: np.ndarray) -> np.ndarray:
        """Return the mean of the bin of rows that are encoded already."""
        return np.asarray(self.means[_bin(matrix[:, self.place], self.edges)], dtype=float)


def _bin(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    found = np.searchsorted(edges, values, side="right")
    return np.where(np.isnan(values), len(edges) + 1, found)


def _edges(values: np.ndarray, text: bool) -> np.ndarray:
    known = values[np.isfinite(values)]
    if text:
        return np.unique(known)
    if not len(known):
        return np.empty(0)
    return np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1]))


def fit(training: Training) -> Fitted:
    """Choose the column that predicts best on rows held back from training.

    Parameters
    ----------
    training : Training

    Returns
    -------
    Fitted
    """
    encoder, matrix, y = training.encoder, training.matrix, targets(training)
    held = np.random.default_rng(training.seed).random(len(y)) < 0.3
    best, chosen = np.inf, 0
    for place in range(matrix.shape[1]):
        edges = _edges(matrix[:, place], encoder.sources[place] in encoder.levels)
        codes = _bin(matrix[:, place], edges)
        means, _ = smoothed(codes[~held], y[~held], len(edges) + 2, STRENGTH)
        loss = float(np.mean((means[codes[held]] - y[held]) ** 2))
        if loss < best:
            best, chosen = loss, place
    edges = _edges(matrix[:, chosen], encoder.sources[chosen] in encoder.levels)
    codes = _bin(matrix[:, chosen], edges)
    means, counts = smoothed(codes, y, len(edges) + 2, STRENGTH)
    small = Encoder().fit(training.part([encoder.sources[chosen]]))
    name = encoder.names[chosen]
    words = _words(training, name, means[counts > 0])
    model = OneColumn(small, small.names.index(name), edges, means)
    return Fitted("one_rule", training.form, model, (encoder.sources[chosen],), words)


def _words(training: Training, name: str, seen: np.ndarray) -> str:
    if training.form == "multiclass":
        told = len(np.unique(seen.argmax(axis=1)))
        return f"The shares of the classes by {name}, which tells {told} of them apart."
    return f"The mean by {name}: from {seen.min():.3g} to {seen.max():.3g}."


KIND = RungKind(
    "one_rule",
    "Best single column",
    "If one column does nearly as well, everything else is upkeep.",
    fit,
)
