"""The constant: what you get without looking at the case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.rungs.rung import Fitted, RungKind, Training


@dataclass(frozen=True)
class Constant:
    """Always the same answer."""

    value: float

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the same number for every row."""
        return np.full(len(frame), self.value)


def fit(training: Training) -> Fitted:
    """Take the base rate, or the median of the target.

    Parameters
    ----------
    training : Training

    Returns
    -------
    Fitted
    """
    if training.task == "binary":
        value = float(training.y.mean())
        words = f"Always {value:.1%}, the rate in training."
    else:
        value = float(np.median(training.y))
        words = f"Always {value:.4g}, the median in training."
    return Fitted("constant", training.task, Constant(value), (), words)


KIND = RungKind(
    "constant",
    "Constant",
    "What you get for free: a model that does not beat it has learned nothing.",
    fit,
)
