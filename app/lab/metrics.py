"""The metrics that can rank models, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from sklearn import metrics as sk

from app.lab import ranking

Score = Callable[[np.ndarray, np.ndarray], float]
PerQuery = Callable[[np.ndarray, np.ndarray, np.ndarray, float], np.ndarray]
TINY = 1e-15


@dataclass(frozen=True)
class Metric:
    """One metric.

    Parameters
    ----------
    key, title : str
    form : {"binary", "multiclass", "regression", "ranking"}
    higher_is_better : bool
    unit : str
        ``""`` for a pure number, ``"target"`` for the unit of the target.
    explanation : str
        One plain sentence.
    score : callable
        Takes the target of shape (n,) and the prediction (probability of positive or value, shape
        (n,), or a probability a class, shape (n, k)), and returns a float; NaN when there is not
        enough data to say.
    per_query : callable or None
        For ranking: takes target, score, query numbers and the grade from which an item is good,
        and returns one value a query; ``score`` then is their mean over one query.
    """

    key: str
    title: str
    form: str
    higher_is_better: bool
    unit: str
    explanation: str
    score: Score
    per_query: PerQuery | None = None


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


def log_loss_of_rows(y: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return the log loss of every row over several classes.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
        Number of the true class.
    probabilities : ndarray of float, shape (n, k)

    Returns
    -------
    ndarray of float, shape (n,)
        A class that was never seen has probability 0 and costs -log(1e-15).
    """
    true = probabilities[np.arange(len(y)), y.astype(int)]
    return np.asarray(-np.log(np.clip(true, TINY, 1.0)))


def macro_f1(y: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the mean F1 score over the classes that occur.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
    probabilities : ndarray of float, shape (n, k)

    Returns
    -------
    float
        In [0, 1].
    """
    k = probabilities.shape[1]
    actual, found = y.astype(int), probabilities.argmax(axis=1)
    hits = np.bincount(actual[actual == found], minlength=k)
    both = np.bincount(actual, minlength=k) + np.bincount(found, minlength=k)
    occur = both > 0
    return float(np.mean(2 * hits[occur] / both[occur]))


def _one_list(per_query: PerQuery) -> Score:
    def score(y: np.ndarray, prediction: np.ndarray) -> float:
        values = per_query(y, prediction, np.zeros(len(y), dtype=int), 1.0)
        return float(values[0]) if len(values) else float("nan")

    return score


def _ranking(key: str, title: str, explanation: str, per_query: PerQuery) -> Metric:
    return Metric(key, title, "ranking", True, "", explanation, _one_list(per_query), per_query)


def _ndcg(k: int) -> Metric:
    def per_query(y: np.ndarray, score: np.ndarray, queries: np.ndarray, good: float) -> np.ndarray:
        return ranking.ndcg(y, score, queries, k)

    words = f"How close the first {k} items are to the best order; 1 is perfect."
    return _ranking(f"ndcg_{k}", f"nDCG@{k}", words, per_query)


def _recall(k: int) -> Metric:
    def per_query(y: np.ndarray, score: np.ndarray, queries: np.ndarray, good: float) -> np.ndarray:
        return ranking.recall_at(y, score, queries, k, good)

    words = f"Share of the good items that stand among the first {k}."
    return _ranking(f"recall_{k}", f"Recall@{k}", words, per_query)


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
        Metric(
            "wape",
            "Weighted absolute percentage error",
            "regression",
            False,
            "share",
            "Sum of the misses over the sum of the actual values.",
            _some_rows(lambda y, p: float(np.abs(p - y).sum() / max(np.abs(y).sum(), TINY))),
        ),
        Metric(
            "accuracy",
            "Accuracy",
            "multiclass",
            True,
            "",
            "Share of rows whose most likely class is right.",
            _some_rows(lambda y, p: float(np.mean(p.argmax(axis=1) == y))),
        ),
        Metric(
            "macro_f1",
            "Macro F1",
            "multiclass",
            True,
            "",
            "Mean over the classes of how well each is found; rare classes count as much.",
            _some_rows(macro_f1),
        ),
        Metric(
            "multi_log_loss",
            "Log loss",
            "multiclass",
            False,
            "",
            "How surprised the probabilities are by what happened; lower is better.",
            _some_rows(lambda y, p: float(np.mean(log_loss_of_rows(y, p)))),
        ),
        *(_ndcg(k) for k in (3, 5, 10)),
        _ranking(
            "mrr",
            "Mean reciprocal rank",
            "One over the place of the first good item, on average.",
            ranking.reciprocal_rank,
        ),
        _recall(10),
    )
}


def quantile_loss(quantile: float) -> Metric:
    """Return the metric whose best prediction is a quantile of what may happen.

    Parameters
    ----------
    quantile : float
        In (0, 1).

    Returns
    -------
    Metric

    References
    ----------
    Koenker & Bassett (1978), https://doi.org/10.2307/1913643
    """

    def score(y: np.ndarray, prediction: np.ndarray) -> float:
        short = y - prediction
        return float(np.mean(np.maximum(quantile * short, (quantile - 1) * short)))

    words = (
        f"A unit too low counts {quantile:.0%}, a unit too high {1 - quantile:.0%}, as the costs "
        "of the framing say."
    )
    title = f"Quantile loss at {quantile:.0%}"
    return Metric("quantile_loss", title, "regression", False, "target", words, _some_rows(score))


def score_of(
    metric: Metric,
    y: np.ndarray,
    prediction: np.ndarray,
    queries: np.ndarray | None = None,
    relevant_from: float = 1.0,
) -> float:
    """Return a metric on some rows, over their queries where it ranks.

    Parameters
    ----------
    metric : Metric
    y : ndarray of float, shape (n,)
    prediction : ndarray of float, shape (n,) or (n, k)
    queries : ndarray of int, shape (n,), optional
    relevant_from : float

    Returns
    -------
    float
        NaN when there is not enough data to say.
    """
    if metric.per_query is None or queries is None:
        return metric.score(y, prediction)
    values = metric.per_query(y, prediction, queries, relevant_from)
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def loss_of(
    form: str, y: np.ndarray, prediction: np.ndarray, queries: np.ndarray | None = None
) -> np.ndarray:
    """Return the loss of every row.

    Parameters
    ----------
    form : {"binary", "multiclass", "regression", "ranking"}
    y : ndarray of float, shape (n,)
    prediction : ndarray of float, shape (n,) or (n, k)
    queries : ndarray of int, shape (n,), optional
        For ranking.

    Returns
    -------
    ndarray of float, shape (n,)
        Log loss for binary and multiclass, absolute error for regression, one minus nDCG@10 of
        the row's list for ranking (spread so that its mean is that of the lists).
    """
    if queries is not None:
        return ranking.spread(1 - ranking.ndcg(y, prediction, queries, 10), queries)
    if form == "multiclass":
        return log_loss_of_rows(y, prediction)
    if form != "binary":
        return np.asarray(np.abs(prediction - y), dtype=float)
    q = np.clip(prediction, TINY, 1 - TINY)
    return np.asarray(-(y * np.log(q) + (1 - y) * np.log(1 - q)), dtype=float)
