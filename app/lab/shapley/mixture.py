"""Rows put together from the row in question and rows that stand for "not known"."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd

from app.lab.rungs.rung import EncodedModel, Fitted
from app.lab.shapley.asked import About, answered, classes_asked

# Rows that are predicted at once.
AT_ONCE = 50_000


class Mixture(Protocol):
    """A model's answer to rows whose columns come from different rows.

    Attributes
    ----------
    columns : tuple of str
    n : int
        Rows in question; the rows behind them are the background.
    size : int
        Rows in question and of the background.
    asked : ndarray of int, shape (n,), or None
        Class that is explained.
    """

    columns: tuple[str, ...]
    n: int
    size: int
    asked: np.ndarray | None

    def answer(self, rows: np.ndarray, about: np.ndarray) -> np.ndarray:
        """Return a number a row of ``rows``, shape (m, columns), which name a row a column."""


class EncodedMixture:
    """Mixed rows of an encoded matrix; the parts of one column stay together.

    Parameters
    ----------
    model : EncodedModel
    frame, background : DataFrame
    about : int, ndarray or None
        See `app.lab.shapley.explain`.
    """

    def __init__(
        self, model: EncodedModel, frame: pd.DataFrame, background: pd.DataFrame, about: About
    ) -> None:
        sources = tuple(model.encoder.sources)
        self.columns = tuple(dict.fromkeys(sources))
        self._place = np.array([self.columns.index(source) for source in sources], dtype=int)
        self._model = model
        matrix = model.encoder.transform(frame)
        self._matrix = np.vstack([matrix, model.encoder.transform(background)])
        self.n, self.size = len(frame), len(self._matrix)
        told = model.predict_matrix(matrix) if len(frame) else _nothing(model.form, model.size)
        self.asked = classes_asked(about, told)

    def answer(self, rows: np.ndarray, about: np.ndarray) -> np.ndarray:
        """Return the model's answer to mixed rows, shape (m,)."""
        parts = []
        for at in range(0, len(rows), AT_ONCE):
            some = rows[at : at + AT_ONCE]
            mixed = self._matrix[some[:, self._place], np.arange(len(self._place))]
            told = self._model.predict_matrix(mixed)
            asked = None if self.asked is None else self.asked[about[at : at + AT_ONCE]]
            parts.append(answered(told, asked))
        return np.concatenate(parts) if parts else np.zeros(0)


class FrameMixture:
    """Mixed rows of a table, for models that read the user's columns as they are.

    Parameters
    ----------
    fitted : Fitted
    frame, background : DataFrame
    most : int
        Rows of the background to keep, spread over it.
    about : int, ndarray or None
        See `app.lab.shapley.explain`.
    """

    def __init__(
        self,
        fitted: Fitted,
        frame: pd.DataFrame,
        background: pd.DataFrame,
        most: int,
        about: About,
    ) -> None:
        self.columns = fitted.inputs
        self._fitted = fitted
        some = background.iloc[:: max(1, len(background) // most)].head(most)
        self._both = {name: _joined(frame[name], some[name]) for name in self.columns}
        self.n, self.size = len(frame), len(frame) + len(some)
        size = len(fitted.predict(background.head(1)).T) if fitted.form == "multiclass" else 0
        told = fitted.predict(frame) if len(frame) else _nothing(fitted.form, size)
        self.asked = classes_asked(about, told)

    def answer(self, rows: np.ndarray, about: np.ndarray) -> np.ndarray:
        """Return the model's answer to mixed rows, shape (m,)."""
        parts = []
        for at in range(0, len(rows), AT_ONCE):
            some = rows[at : at + AT_ONCE]
            mixed: dict[str, Any] = {
                name: both.take(some[:, place]).reset_index(drop=True)
                for place, (name, both) in enumerate(self._both.items())
            }
            told = self._fitted.predict(pd.DataFrame(mixed, index=range(len(some))))
            asked = None if self.asked is None else self.asked[about[at : at + AT_ONCE]]
            parts.append(answered(told, asked))
        return np.concatenate(parts) if parts else np.zeros(0)


def _nothing(form: str, size: int) -> np.ndarray:
    return np.zeros((0, size)) if form == "multiclass" else np.zeros(0)


def _joined(first: pd.Series, second: pd.Series) -> pd.Series:
    if first.dtype != second.dtype:
        first, second = first.astype(object), second.astype(object)
    return pd.concat([first, second], ignore_index=True)
