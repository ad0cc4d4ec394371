"""Labels that may be wrong, judged by answers of folds that had not seen the row."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from cleanlab.filter import find_label_issues  # type: ignore[import-untyped]
from cleanlab.rank import get_label_quality_scores  # type: ignore[import-untyped]
from cleanlab.regression import rank as regression_rank  # type: ignore[import-untyped]

# A number this many usual misses away from its answer is looked at twice.
FAR = 5.0
BINS = 10
LEAST_ROWS = 50
LEAST_ANSWERS = 3
TINY = 1e-12


@dataclass(frozen=True)
class LabelNoise:
    """Which labels are suspected, and how that was told.

    Parameters
    ----------
    quality : ndarray of float, shape (n,)
        In [0, 1], low for a label that does not fit its answer; NaN where it cannot be told.
    suspect : ndarray of bool, shape (n,)
    says : str
        One plain sentence, also when it cannot be told and why.
    """

    quality: np.ndarray
    suspect: np.ndarray
    says: str


def suspect_labels(form: str, y: np.ndarray, prediction: np.ndarray) -> LabelNoise:
    """Return which labels may be wrong.

    Parameters
    ----------
    form : {"binary", "multiclass", "regression", "ranking"}
    y : ndarray of float, shape (n,)
    prediction : ndarray of float, shape (n,) or (n, k)
        Out-of-fold answers: a fold that had seen the label would agree with it.

    Returns
    -------
    LabelNoise

    References
    ----------
    Northcutt, Jiang & Chuang (2021), Confident Learning, https://doi.org/10.1613/jair.1.12125
    Zhou et al. (2023), label errors in numbers, https://arxiv.org/abs/2305.16583
    """
    if form == "ranking":
        return _untold(len(y), "Of lists it cannot be told: a score is no probability of a grade.")
    if len(y) < LEAST_ROWS:
        return _untold(len(y), f"With {len(y)} rows it cannot be told; {LEAST_ROWS} are needed.")
    if form == "regression":
        return _numbers(y, prediction)
    return _classes(y.astype(np.int64), prediction)


def _untold(n: int, why: str) -> LabelNoise:
    return LabelNoise(np.full(n, np.nan), np.zeros(n, dtype=bool), f"Wrong labels: {why}")


def _classes(labels: np.ndarray, prediction: np.ndarray) -> LabelNoise:
    chances = np.column_stack([1 - prediction, prediction]) if prediction.ndim == 1 else prediction
    there = np.unique(labels)
    if len(there) < 2:
        return _untold(len(labels), "All rows have the same one.")
    if len(np.unique(np.round(chances.max(axis=1), 6))) < LEAST_ANSWERS:
        return _untold(len(labels), "This rung gives no probabilities to judge them by.")
    known, found = np.searchsorted(there, labels), _summing_to_one(chances[:, there])
    quality = get_label_quality_scores(known, found, method="self_confidence")
    with warnings.catch_warnings():
        # Of a class with very few rows nothing is flagged: that is what we want.
        warnings.filterwarnings("ignore", message="May not flag all label issues")
        suspect = find_label_issues(known, found, n_jobs=1)
    return LabelNoise(
        np.asarray(quality, dtype=float),
        np.asarray(suspect, dtype=bool),
        f"Wrong labels: confident learning (cleanlab) suspects {int(suspect.sum()):,} of "
        f"{len(labels):,}. Where chance has a part in the outcome, most of them are right all "
        "the same: read before you change any.",
    )


def _summing_to_one(chances: np.ndarray) -> np.ndarray:
    # A class that never occurs among these rows is left out of the sum.
    kept = np.clip(chances, TINY, None)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True))


def _numbers(y: np.ndarray, prediction: np.ndarray) -> LabelNoise:
    usual = usual_miss(y, prediction)
    # cleanlab's score of a residual is exp(-|residual|): it has to be told the usual size.
    quality = regression_rank.get_label_quality_scores(
        y / usual, prediction / usual, method="residual"
    )
    suspect = np.abs(y - prediction) > FAR * usual
    return LabelNoise(
        np.asarray(quality, dtype=float),
        suspect,
        f"Wrong labels: {int(suspect.sum()):,} of {len(y):,} numbers lie more than {FAR:g} times "
        "the usual miss from their answer (score of cleanlab on out-of-fold residuals). Whether "
        "the number is wrong or the row is rare, only reading tells.",
    )


def usual_miss(y: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Return how far off the answers usually are where they are about as high.

    Parameters
    ----------
    y, prediction : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)
        Median absolute residual among the tenth of the rows with the most similar answers;
        above zero.
    """
    miss = np.abs(y - prediction)
    overall = float(np.median(miss)) or float(miss.mean()) or 1.0
    edges = np.unique(np.quantile(prediction, np.linspace(0, 1, BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, prediction, side="right")
    medians = np.array(
        [
            float(np.median(miss[bins == b])) if (bins == b).any() else overall
            for b in range(len(edges) + 1)
        ]
    )
    # A bin in which half of the answers are exact says nothing about the others.
    return np.asarray(np.maximum(medians, 0.1 * overall)[bins], dtype=float)
