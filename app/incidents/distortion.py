"""Answers pushed away from what the model says, on the scale where a push is even."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from app.incidents.incident import Context
from app.incidents.verdict import known

if TYPE_CHECKING:
    from app.lab.world import Answers

TINY = 1e-6
Push = Callable[[np.ndarray], np.ndarray]


def pushed(form: str, prediction: np.ndarray, hit: np.ndarray, push: Push) -> np.ndarray:
    """Return predictions with ``push`` applied where hit: on log odds for probabilities."""
    rows = hit & known(prediction)
    found = prediction.astype(float).copy()
    if not rows.any():
        return found
    if form == "binary":
        odds = np.log(np.clip(prediction, TINY, 1 - TINY) / np.clip(1 - prediction, TINY, 1 - TINY))
        found[rows] = (1 / (1 + np.exp(-push(odds))))[rows]
    elif form == "multiclass":
        weights = np.exp(push(np.log(np.clip(prediction, TINY, 1.0))))
        found[rows] = (weights / weights.sum(axis=1, keepdims=True))[rows]
    else:
        found[rows] = push(prediction)[rows]
    return found


def spread_of(values: np.ndarray) -> float:
    """Return the standard deviation of what is known; 1 where all are alike."""
    found = float(np.nanstd(values))
    return found if found > 0 else 1.0


def by_model(answers: Answers, hit: np.ndarray) -> np.ndarray:
    """Return the rows of those hit that the full model answered."""
    found: np.ndarray = hit & (answers.rung == 0)
    return found


def answered(
    answers: Answers, prediction: np.ndarray, hit: np.ndarray, context: Context
) -> Answers:
    """Return the answers with other predictions, decided by the standing threshold where hit."""
    if not context.has_threshold:
        return answers.but(prediction=prediction)
    acted = np.where(hit, context.acts(prediction).astype(float), answers.acted)
    return answers.but(prediction=prediction, acted=acted)


def silenced(answers: Answers, hit: np.ndarray) -> Answers:
    """Return the answers without one where hit."""
    prediction = answers.prediction.astype(float).copy()
    prediction[hit] = np.nan
    return answers.but(
        prediction=prediction,
        acted=np.where(hit, np.nan, answers.acted),
        rung=np.where(hit, -1, answers.rung),
    )
