"""The constant: what you get without looking at the case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.rungs.rung import Fitted, RungKind, Training, targets


@dataclass(frozen=True)
class Constant:
    """Always the same answer: a number, or a share a class."""

    value: float | np.ndarray

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the same answer for every row."""
        return np.tile(
            np.asarray(self.value, dtype=float), (len(frame), *np.ndim(self.value) * (1,))
        )


def fit(training: Training) -> Fitted:
    """Take the base rate, the share of each class, or the median of the target.

    Parameters
    ----------
    training : Training

    Returns
    -------
    Fitted
    """
    value: float | np.ndarray
    if training.form == "binary":
        value = float(training.y.mean())
        words = f"Always {value:.1%}, the rate in training."
    elif training.form == "multiclass":
        value = shares = targets(training).mean(axis=0)
        top = int(shares.argmax())
        words = f"Always {training.classes[top]}, {shares[top]:.1%} of the rows in training."
    else:
        value = float(np.median(training.y))
        words = f"Always {value:.4g}, the median in training."
    return Fitted("constant", training.form, Constant(value), (), words)


KIND = RungKind(
    "constant",
    "Constant",
    "What you get for free: a model that does not beat it has learned nothing.",
    fit,
    learns=False,
    monotone=True,
    holes="looks at no column",
)
