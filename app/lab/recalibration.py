"""Probabilities that mean what they say: sigmoid and isotonic maps, proven before they are used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from app.lab.metrics import TINY, loss_of
from app.lab.rungs.rung import Predictor

METHODS = ("sigmoid", "isotonic")
LEAST_ROWS = 200
# A map may say 0 or 1; nobody should pay for ever for that.
EDGE = 1e-4


@dataclass(frozen=True)
class Sigmoid:
    """A logistic curve over the log-odds (Platt)."""

    slope: float
    start: float

    def apply(self, probability: np.ndarray) -> np.ndarray:
        """Return the mapped probabilities."""
        return np.asarray(1 / (1 + np.exp(-(self.start + self.slope * log_odds(probability)))))


@dataclass(frozen=True)
class Isotonic:
    """A rising step curve."""

    curve: IsotonicRegression

    def apply(self, probability: np.ndarray) -> np.ndarray:
        """Return the mapped probabilities."""
        return np.asarray(self.curve.predict(probability), dtype=float)


Map = Sigmoid | Isotonic


@dataclass(frozen=True)
class Calibrated:
    """A rung behind a map of its probabilities."""

    inner: Predictor
    mapped: Map

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the mapped probability of every row."""
        return self.mapped.apply(self.inner.predict(frame))


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Return log-odds, probabilities of 0 and 1 kept finite.

    Parameters
    ----------
    probability : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)
    """
    p = np.clip(probability, TINY**0.5, 1 - TINY**0.5)
    return np.asarray(np.log(p / (1 - p)))


def fit_map(method: str, y: np.ndarray, probability: np.ndarray) -> Map:
    """Fit a map on predictions of rows that the model did not see.

    Parameters
    ----------
    method : {"sigmoid", "isotonic"}
    y, probability : ndarray of float, shape (n,)

    Returns
    -------
    Map

    References
    ----------
    Platt (1999); Zadrozny & Elkan (2002), https://doi.org/10.1145/775047.775151
    """
    if method == "isotonic":
        curve = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
        return Isotonic(curve.fit(probability, y))
    model: Any = LogisticRegression(C=1e6, max_iter=1000)
    model.fit(log_odds(probability).reshape(-1, 1), y)
    return Sigmoid(float(model.coef_[0, 0]), float(model.intercept_[0]))


@dataclass(frozen=True)
class MapChoice:
    """The map that pays, if any.

    Parameters
    ----------
    method : str
        Empty when the probabilities are best left alone.
    gain : dict of str to float
        Log loss saved a row by each method, on rows that its map was not fitted on.
    error : dict of str to float
        Standard error of the gain over the parts.
    """

    method: str
    gain: dict[str, float]
    error: dict[str, float]


def choose_map(
    y: np.ndarray, probability: np.ndarray, parts: np.ndarray, forward: bool = False
) -> MapChoice:
    """Say which map makes probabilities better on rows it was not fitted on.

    Parameters
    ----------
    y, probability : ndarray of float, shape (n,)
        Out-of-fold predictions.
    parts : ndarray of int, shape (n,)
        Part of each row; a map is fitted without the part it is tried on.
    forward : bool
        Parts follow one another in time: a map is fitted on those before only.

    Returns
    -------
    MapChoice
        A method is chosen when its mean saving over the parts is more than one standard error,
        and no part is the worse for it.
    """
    names = np.unique(parts)
    gain: dict[str, float] = {}
    error: dict[str, float] = {}
    if len(y) < LEAST_ROWS or len(names) < 2:
        return MapChoice("", gain, error)
    least = {}
    for method in METHODS:
        saved = np.array(_saved(method, y, probability, parts, forward))
        if len(saved) < 2:
            return MapChoice("", {}, {})
        gain[method], least[method] = float(saved.mean()), float(saved.min())
        error[method] = float(saved.std(ddof=1) / np.sqrt(len(saved)))
    best = max(METHODS, key=lambda name: gain[name] - error[name])
    pays = gain[best] > error[best] and least[best] >= 0
    return MapChoice(best if pays else "", gain, error)


def _saved(
    method: str, y: np.ndarray, probability: np.ndarray, parts: np.ndarray, forward: bool
) -> list[float]:
    """Return the log loss saved a row in each part."""
    found = []
    for name in np.unique(parts):
        inside = parts == name
        rest = parts < name if forward else ~inside
        if len(np.unique(y[rest])) < 2:
            continue
        mapped = fit_map(method, y[rest], probability[rest]).apply(probability[inside])
        before = loss_of("binary", y[inside], np.clip(probability[inside], EDGE, 1 - EDGE))
        after = loss_of("binary", y[inside], np.clip(mapped, EDGE, 1 - EDGE))
        found.append(float((before - after).mean()))
    return found
