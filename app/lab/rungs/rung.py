"""What every rung is: fitted on training rows, it predicts a probability or a value."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
import pandas as pd

from app.lab.encoding import Encoder
from app.lab.problem import Problem

# Rows predicted at once: enough to be fast, few enough that nothing large is copied.
BLOCK = 32_768


@dataclass
class Training:
    """Training rows, encoded once for all the rungs.

    Parameters
    ----------
    frame : DataFrame
        Known columns of the training rows, or of more rows of which ``rows`` names some.
    y : ndarray of float, shape (n,)
        Target of the training rows.
    form : {"binary", "multiclass", "regression"}
        What is predicted: a probability, one for each class, or a number.
    seed : int
    options : mapping
        ``rule``: the user's expression; ``lean``: "mean", "median" or a quantile for boosting;
        ``level``: a column that says how high the target has been lately, which models then
        learn a ratio to; ``past``: columns made from the past of the target, by their role.
    classes : tuple of str
        Names of the classes by their number; only for several classes.
    queries : ndarray of int, shape (n,), optional
        Which list each row stands in; only for ranking.
    rows : ndarray of int, shape (n,), optional
        Positions of the training rows in ``frame``, so that no fold copies it; all when left out.
    """

    frame: pd.DataFrame
    y: np.ndarray
    form: str
    seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    queries: np.ndarray | None = None
    rows: np.ndarray | None = None
    _encoder: Encoder | None = None
    _matrix: np.ndarray | None = None
    _relative: Training | None = None

    @property
    def encoder(self) -> Encoder:
        """The encoder fitted on these rows."""
        if self._encoder is None:
            self._encoder = Encoder().fit(self.frame, self.rows)
        return self._encoder

    @property
    def matrix(self) -> np.ndarray:
        """The encoded rows, shape (n, p)."""
        if self._matrix is None:
            self._matrix = self.encoder.transform(self.frame, self.rows)
        return self._matrix

    def part(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return some columns of the training rows.

        Parameters
        ----------
        columns : sequence of str

        Returns
        -------
        DataFrame, n rows
            With a fresh index 0 … n-1 where ``rows`` are given.
        """
        found = self.frame[list(columns)]
        return found if self.rows is None else found.take(self.rows).reset_index(drop=True)

    @property
    def codes(self) -> np.ndarray:
        """The number of each row's class, shape (n,)."""
        return self.y.astype(np.int64)

    def relative(self) -> Training:
        """Return the same rows with the target as a ratio to its recent level."""
        if self._relative is None:
            name = str(self.options["level"])
            level = level_of(self.part([name]), name, self.y)
            frame = self.part([str(column) for column in self.frame.columns])
            self._relative = Training(
                as_ratios(frame, name, past_columns(self.options), level),
                self.y / level,
                self.form,
                self.seed,
                {k: v for k, v in self.options.items() if k != "level"},
                self.classes,
                self.queries,
            )
        return self._relative


def training_on(
    problem: Problem,
    frame: pd.DataFrame,
    rows: np.ndarray,
    seed: int,
    options: Mapping[str, Any],
) -> Training:
    """Return some of the kept rows of a problem, ready to fit on.

    Parameters
    ----------
    problem : Problem
    frame : DataFrame
        Inputs of all the kept rows.
    rows : ndarray of int
        Which of them to fit on.
    seed : int
    options : mapping
        See `Training`.

    Returns
    -------
    Training
    """
    return Training(
        frame,
        problem.y[rows],
        problem.form,
        seed,
        options,
        problem.classes,
        problem.queries_of(rows),
        rows,
    )


class Predictor(Protocol):
    """Anything that predicts from the user's columns."""

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the probability of positive or the value, shape (n,), or one a class."""


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
    form: str
    predictor: Predictor
    inputs: tuple[str, ...]
    description: str

    def predict(self, frame: pd.DataFrame, rows: np.ndarray | None = None) -> np.ndarray:
        """Return the prediction of every row, block by block where there are many.

        Parameters
        ----------
        frame : DataFrame
        rows : ndarray of int, shape (n,), optional
            Positions of the rows to predict; all when left out.

        Returns
        -------
        ndarray of float, shape (n,) or (n, k)
            Probability of positive, one a class, or value.
        """
        if rows is None and len(frame) <= BLOCK:
            return self.predictor.predict(frame)
        places = np.arange(len(frame)) if rows is None else rows
        return np.concatenate(
            [
                self.predictor.predict(frame.take(places[at : at + BLOCK]).reset_index(drop=True))
                for at in range(0, max(len(places), 1), BLOCK)
            ]
        )

    @property
    def size_bytes(self) -> int:
        """Bytes it takes to store."""
        return len(pickle.dumps(self.predictor, protocol=5))


@dataclass(frozen=True)
class RungKind:
    """One kind of rung.

    Parameters
    ----------
    key, title : str
    why : str
        Why it stands on the ladder.
    fit : callable
    tasks : tuple of str
        Tasks it can stand in; empty for all.
    learns : bool
        Whether it learns from columns, and so may learn a ratio to the recent level.
    readable : str
        What a person can check: "by eye", "by its weights", "with SHAP only".
    monotone : bool
        Whether more of a column always pushes the same way.
    holes : str
        What it does with a missing value.
    needs : str
        Package it needs that may not be installed.
    """

    key: str
    title: str
    why: str
    fit: Callable[[Training], Fitted]
    tasks: tuple[str, ...] = ()
    learns: bool = True
    readable: str = "by eye"
    monotone: bool = False
    holes: str = "a case of its own"
    needs: str = ""

    def suits(self, task: str) -> bool:
        """Say whether it can stand on the ladder of a task."""
        return not self.tasks or task in self.tasks

    @property
    def installed(self) -> bool:
        """Whether the package it needs is there."""
        return not self.needs or find_spec(self.needs) is not None


def fit_rung(kind: RungKind, training: Training) -> Fitted:
    """Fit a rung; one that learns does so on the ratio to the recent level, where there is one.

    Parameters
    ----------
    kind : RungKind
    training : Training

    Returns
    -------
    Fitted

    Raises
    ------
    ValueError
        If it cannot be fitted to these rows.
    """
    level = str(training.options.get("level", ""))
    if not (level and kind.learns):
        return kind.fit(training)
    inner = kind.fit(training.relative())
    middle = float(np.median(level_of(training.part([level]), level, training.y)))
    past = past_columns(training.options)
    return Fitted(
        inner.key,
        inner.form,
        Relative(inner.predictor, level, middle, past),
        tuple(dict.fromkeys((*inner.inputs, level))),
        f"{inner.description} Learned as a ratio to {level}.",
    )


@dataclass(frozen=True)
class Relative:
    """A model of the ratio to a recent level, so that a growing level is no surprise."""

    inner: Predictor
    level: str
    middle: float
    past: tuple[str, ...]

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the prediction in the unit of the target."""
        return np.asarray(self.inner.predict(self.ratios(frame)) * self.levels(frame))

    def ratios(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows as the inner model sees them."""
        return as_ratios(frame, self.level, self.past, self.levels(frame))

    def levels(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the recent level of every row, the usual one where it is not known."""
        values = frame[self.level].to_numpy(dtype=float, na_value=np.nan)
        return np.where(values > 0, values, self.middle)


def past_columns(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns made from the past of the target."""
    return tuple(options.get("past_columns", ()))


def as_ratios(
    frame: pd.DataFrame, level: str, past: tuple[str, ...], levels: np.ndarray
) -> pd.DataFrame:
    """Return the rows with the past of the target as ratios to its recent level.

    Parameters
    ----------
    frame : DataFrame, n rows
    level : str
        Column of the level, which is left out.
    past : tuple of str
    levels : ndarray of float, shape (n,)

    Returns
    -------
    DataFrame, n rows
    """
    there = [name for name in past if name != level and name in frame.columns]
    ratios = {name: frame[name].to_numpy(dtype=float, na_value=np.nan) / levels for name in there}
    return frame.drop(columns=[level]).assign(**ratios)


def level_of(frame: pd.DataFrame, level: str, y: np.ndarray) -> np.ndarray:
    """Return the recent level of every row, the mean target where none is known.

    Parameters
    ----------
    frame : DataFrame, n rows
    level : str
        Name of the column.
    y : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)
        Above zero.
    """
    values = frame[level].to_numpy(dtype=float, na_value=np.nan)
    usual = float(np.abs(y).mean()) or 1.0
    return np.where(values > 0, values, usual)


@dataclass(frozen=True)
class EncodedModel:
    """A model on the encoded matrix."""

    encoder: Encoder
    model: Any
    form: str
    size: int = 0

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the prediction of every row."""
        return self.predict_matrix(self.encoder.transform(frame))

    def predict_matrix(self, matrix: np.ndarray) -> np.ndarray:
        """Return the prediction of rows that are encoded already."""
        return outputs(self.model, matrix, self.form, self.size)


def outputs(model: Any, matrix: np.ndarray, form: str, size: int) -> np.ndarray:
    """Return what a fitted scikit-learn model says, in the shape of the form.

    Parameters
    ----------
    model : estimator
    matrix : ndarray of float, shape (n, p)
    form : str
    size : int
        Number of classes.

    Returns
    -------
    ndarray of float, shape (n,) or (n, size)
        A class that was not among the training rows gets probability 0.
    """
    if form == "binary":
        return np.asarray(model.predict_proba(matrix)[:, 1], dtype=float)
    if form == "multiclass":
        found = np.zeros((matrix.shape[0], size))
        found[:, model.classes_.astype(int)] = model.predict_proba(matrix)
        return found
    return np.asarray(model.predict(matrix), dtype=float)


def smoothed(
    codes: np.ndarray, y: np.ndarray, size: int, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean target of each code, drawn towards the overall mean, and its count.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
    y : ndarray of float, shape (n,) or (n, k)
    size : int
        Number of codes.
    strength : float
        Rows' worth of pull towards the mean.

    Returns
    -------
    means : ndarray of float, shape (size,) or (size, k)
    counts : ndarray of float, shape (size,)
    """
    counts = np.bincount(codes, minlength=size).astype(float)
    if y.ndim == 2:
        each = [smoothed(codes, y[:, j], size, strength)[0] for j in range(y.shape[1])]
        return np.column_stack(each), counts
    sums = np.bincount(codes, weights=y, minlength=size)
    return (sums + strength * y.mean()) / (counts + strength), counts


def targets(training: Training) -> np.ndarray:
    """Return what a mean is taken of: the target, or one column of ones and zeros a class.

    Parameters
    ----------
    training : Training

    Returns
    -------
    ndarray of float, shape (n,) or (n, k)
    """
    if training.form != "multiclass":
        return training.y
    return np.asarray(np.eye(len(training.classes))[training.codes])
