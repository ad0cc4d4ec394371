"""Metrics as functions of labels that are only known as probabilities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

QualityMetric = Literal[
    "accuracy", "precision", "recall", "f1", "roc_auc", "brier", "log_loss", "expected_cost"
]
TINY = 1e-15


@dataclass(frozen=True)
class Costs:
    """Cost of one row by what was done and what came true, in currency; less is better."""

    true_positive: float = 0.0
    false_positive: float = 1.0
    false_negative: float = 1.0
    true_negative: float = 0.0


@dataclass(frozen=True)
class Rows:
    """Rows whose labels are not known.

    Parameters
    ----------
    chance : ndarray of float, shape (n,)
        Probability that each label is 1.
    score : ndarray of float, shape (n,)
        What the model said.
    acted : ndarray of bool, shape (n,)
    costs : Costs
    """

    chance: np.ndarray
    score: np.ndarray
    acted: np.ndarray
    costs: Costs


def expected_metric(metric: str, rows: Rows) -> tuple[float, float]:
    """Return the metric at the expected labels, and the variance that unknown labels give it.

    Parameters
    ----------
    metric : str
        One of `METRICS`.
    rows : Rows

    Returns
    -------
    value : float
        NaN where it is not defined.
    variance : float
        By the delta method: each label is drawn with its own probability.
    """
    if not len(rows.chance):
        return float("nan"), float("nan")
    with np.errstate(invalid="ignore", divide="ignore"):
        value, slope = METRICS[metric](rows)
    variance = float((rows.chance * (1 - rows.chance) * slope**2).sum())
    return float(value), variance


Found = tuple[float, np.ndarray]


def _by_row(if_one: np.ndarray, if_zero: np.ndarray, chance: np.ndarray) -> Found:
    value = float((chance * if_one + (1 - chance) * if_zero).mean())
    return value, np.asarray((if_one - if_zero) / len(chance))


def _accuracy(rows: Rows) -> Found:
    act = rows.acted.astype(float)
    return _by_row(act, 1 - act, rows.chance)


def _precision(rows: Rows) -> Found:
    act = rows.acted.astype(float)
    return float((rows.chance * act).sum() / act.sum()), act / act.sum()


def _recall(rows: Rows) -> Found:
    act, total = rows.acted.astype(float), rows.chance.sum()
    value = float((rows.chance * act).sum() / total)
    return value, (act - value) / total


def _f1(rows: Rows) -> Found:
    act = rows.acted.astype(float)
    total = act.sum() + rows.chance.sum()
    value = float(2 * (rows.chance * act).sum() / total)
    return value, (2 * act - value) / total


def _brier(rows: Rows) -> Found:
    return _by_row((1 - rows.score) ** 2, rows.score**2, rows.chance)


def _log_loss(rows: Rows) -> Found:
    score = np.clip(rows.score, TINY, 1 - TINY)
    return _by_row(-np.log(score), -np.log1p(-score), rows.chance)


def _expected_cost(rows: Rows) -> Found:
    c, act = rows.costs, rows.acted
    if_one = np.where(act, c.true_positive, c.false_negative)
    if_zero = np.where(act, c.false_positive, c.true_negative)
    return _by_row(if_one, if_zero, rows.chance)


def _roc_auc(rows: Rows) -> Found:
    """Pairs in the right order, over all pairs of a 1 and a 0; a tie counts half."""
    p = rows.chance
    rank = np.unique(rows.score, return_inverse=True)[1]
    ones = np.bincount(rank, weights=p)
    zeros = np.bincount(rank, weights=1 - p)
    zeros_below = (np.cumsum(zeros) - zeros / 2)[rank] - (1 - p) / 2
    ones_above = (ones.sum() - np.cumsum(ones) + ones / 2)[rank] - p / 2
    own = float((p * (1 - p)).sum())
    right = float((p * zeros_below).sum())
    pairs = float(p.sum() * (1 - p).sum()) - own
    value = right / pairs
    # A label that turns from 0 to 1 gains the zeros below it and frees the ones above it.
    gained = zeros_below - ones_above - value * ((1 - p).sum() - p.sum() - (1 - 2 * p))
    return value, gained / pairs


METRICS: Mapping[str, Callable[[Rows], Found]] = {
    "accuracy": _accuracy,
    "precision": _precision,
    "recall": _recall,
    "f1": _f1,
    "roc_auc": _roc_auc,
    "brier": _brier,
    "log_loss": _log_loss,
    "expected_cost": _expected_cost,
}
