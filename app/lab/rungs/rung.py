"""What every rung is: fitted on training rows, it predicts a probability or a value."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd

from app.lab.encoding import Encoder


@dataclass
class Training:
    """Training rows, encoded once for all the rungs.

    Parameters
    ----------
    frame : DataFrame, n rows
        Known columns.
    y : ndarray of float, shape (n,)
    task : {"binary", "regression"}
    seed : int
    options : mapping
        ``rule``: the user's expression; ``lean``: "mean", "median" or a quantile for boosting.
    """

    frame: pd.DataFrame
    y: np.ndarray
    task: str
    seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    _encoder: Encoder | None = None
    _matrix: np.ndarray | None = None

    @property
    def encoder(self) -> Encoder:
        """The encoder fitted on these rows."""
        if self._encoder is None:
            self._encoder = Encoder().fit(self.frame)
        return self._encoder

    @property
    def matrix(self) -> np.ndarray:
        """The encoded rows, shape (n, p)."""
        if self._matrix is None:
            self._matrix = self.encoder.transform(self.frame)
        return self._matrix


class Predictor(Protocol):
    """Anything that predicts from the user's columns."""

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the probability of positive or the value, shape (n,)."""


@dataclass(frozen=True)
class Fitted:
    """A fitted rung.

    Parameters
    ----------
    key : str
    task : str
    predictor : Predictor
    inputs : tuple of str
        Columns it needs.
    description : str
        What it does, in plain words.
    """

    key: str
    task: str
    predictor: Predictor
    inputs: tuple[str, ...]
    description: str

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the prediction of every row.

        Parameters
        ----------
        frame : DataFrame, n rows

        Returns
        -------
        ndarray of float, shape (n,)
            Probability of positive, or value.
        """
        return self.predictor.predict(frame)

    @property
    def size_bytes(self) -> int:
        """Bytes it takes to store."""
        return len(pickle.dumps(self.predictor, protocol=5))


@dataclass(frozen=True)
class RungKind:
    """One kind of rung: its key, title, reason to stand there, and how it is fitted."""

    key: str
    title: str
    why: str
    fit: Callable[[Training], Fitted]


@dataclass(frozen=True)
class EncodedModel:
    """A model on the encoded matrix."""

    encoder: Encoder
    model: Any
    task: str

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the prediction of every row."""
        return self.predict_matrix(self.encoder.transform(frame))

    def predict_matrix(self, matrix: np.ndarray) -> np.ndarray:
        """Return the prediction of rows that are encoded already."""
        if self.task == "binary":
            return np.asarray(self.model.predict_proba(matrix)[:, 1], dtype=float)
        return np.asarray(self.model.predict(matrix), dtype=float)


def smoothed(
    codes: np.ndarray, y: np.ndarray, size: int, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean target of each code, drawn towards the overall mean, and its count.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
    y : ndarray of float, shape (n,)
    size : int
        Number of codes.
    strength : float
        Rows' worth of pull towards the mean.

    Returns
    -------
    means, counts : ndarray of float, shape (size,)
    """
    counts = np.bincount(codes, minlength=size).astype(float)
    sums = np.bincount(codes, weights=y, minlength=size)
    return (sums + strength * y.mean()) / (counts + strength), counts
