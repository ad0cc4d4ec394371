"""The metrics that can rank models, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from sklearn import metrics as sk

Score = Callable[[np.ndarray, np.ndarray], float]
TINY = 1e-15


@dataclass(frozen=True)
class Metric:
    """One metric.

    Parameters
    ----------
    key, title : str
    task : {"binary", "regression"}
    higher_is_better : bool
    unit : str
        ``""`` for a pure number, ``"target"`` for the unit of the target.
    explanation : str
        One plain sentence.
    score : callable
        Takes the target and the prediction (probability of positive, or value), both of shape
        (n,), and returns a float; NaN when there is not enough data to say.
    """

    key: str
    title: str
    task: str
    higher_is_better: bool
    unit: str
    explanation: str
    score: Score


def _both_classes(score: Score) -> Score:
    def guarded(y: np.ndarray, prediction: np.ndarray) -> float:
        if len(y) == 0 or np.min(y) == np.max(y):
            return float("nan")
        return float(score(y, prediction))

    return guarded


def _some_rows(score: Score) -> Score:
    def guarded(y: np.ndarray, prediction: np.ndarray) -> float:
        return float(score(y, prediction)) if len(y) else float("nan")

    return guarded


def roc_auc(y: np.ndarray, score: np.ndarray) -> float:
    """Return the area under the ROC curve by ranks; ties count half.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
        1.0 for positive, 0.0 for negative; both must occur.
    score : ndarray of float, shape (n,)

    Returns
    -------
    float
        In [0, 1].

    References
    ----------
    Hanley & McNeil (1982), https://doi.org/10.1148/radiology.143.1.7063747
    """
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[inverse]
    positives = float(y.sum())
    negatives = len(y) - positives
    above = float(ranks[y == 1].sum()) - positives * (positives + 1) / 2
    return above / (positives * negatives)


def _log_loss(y: np.ndarray, p: np.ndarray) -> float:
    q = np.clip(p, TINY, 1 - TINY)
    return float(-np.mean(y * np.log(q) + (1 - y) * np.log(1 - q)))


def _r2(y: np.ndarray, prediction: np.ndarray) -> float:
    if len(y) < 2 or np.min(y) == np.max(y):
        return float("nan")
    return float(1 - np.sum((y - prediction) ** 2) / np.sum((y - y.mean()) ** 2))


METRICS: Mapping[str, Metric] = {
    m.key: m
    for m in (
        Metric(
            "average_precision",
            "Average precision",
            "binary",
            True,
            "",
            "How clean the top of the ranking is; the base rate is what chance reaches.",
            _both_classes(sk.average_precision_score),
        ),
        Metric(
            "roc_auc",
            "ROC AUC",
            "binary",
            True,
            "",
            "The chance that a positive row ranks above a negative one; 0.5 is a coin.",
            _both_classes(roc_auc),
        ),
        Metric(
            "log_loss",
            "Log loss",
            "binary",
            False,
            "",
            "How surprised the probabilities are by what happened; lower is better.",
            _some_rows(_log_loss),
        ),
        Metric(
            "brier",
            "Brier score",
            "binary",
            False,
            "",
            "Mean squared distance of the probability from what happened; lower is better.",
            _some_rows(lambda y, p: float(np.mean((p - y) ** 2))),
        ),
        Metric(
            "mae",
            "Mean absolute error",
            "regression",
            False,
            "target",
            "How far off a prediction is on average, in the unit of the target.",
            _some_rows(lambda y, p: float(np.mean(np.abs(p - y)))),
        ),
        Metric(
            "rmse",
            "Root mean squared error",
            "regression",
            False,
            "target",
            "Like the mean absolute error, but large misses weigh more.",
            _some_rows(lambda y, p: float(np.sqrt(np.mean((p - y) ** 2)))),
        ),
        Metric(
            "r2",
            "R²",
            "regression",
            True,
            "",
            "Share of the variance explained; 0 is no better than the mean.",
            _r2,
        ),
        Metric(
            "bias",
            "Bias",
            "regression",
            False,
            "target",
            "Mean of prediction minus actual: above zero is too high.",
            _some_rows(lambda y, p: float(np.mean(p - y))),
        ),
    )
}


def loss_of(task: str, y: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Return the loss of every row: log loss for binary, absolute error for regression.

    Parameters
    ----------
    task : {"binary", "regression"}
    y, prediction : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)
    """
    if task == "regression":
        return np.asarray(np.abs(prediction - y), dtype=float)
    q = np.clip(prediction, TINY, 1 - TINY)
    return np.asarray(-(y * np.log(q) + (1 - y) * np.log(1 - q)), dtype=float)
