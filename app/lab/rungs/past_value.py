"""Simple statistics of the past: the last value, the same day of the season, the recent mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.rungs.rung import Fitted, RungKind, Training


@dataclass(frozen=True)
class PastValue:
    """What a column made from the past of the target says."""

    column: str
    missing: float

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the past value, the training median where there is none."""
        values = frame[self.column].to_numpy(dtype=float, na_value=np.nan)
        return np.where(np.isfinite(values), values, self.missing)


def _fit_of(key: str, words: str) -> Callable[[Training], Fitted]:
    def fit(training: Training) -> Fitted:
        column = str(training.options.get("past", {}).get(key, ""))
        if column not in training.frame.columns:
            raise ValueError("there is no past of the target to look at; choose a time column")
        model = PastValue(column, float(np.median(training.y)))
        return Fitted(key, training.form, model, (column,), f"{words}: {column}.")

    return fit


def _kind(key: str, title: str, why: str, words: str) -> RungKind:
    return RungKind(
        key,
        title,
        why,
        _fit_of(key, words),
        tasks=("forecasting",),
        learns=False,
        monotone=True,
        holes="filled with the training median",
    )


KINDS = (
    _kind(
        "last_value",
        "Last known value",
        "Tomorrow is like today: hard to beat where nothing repeats.",
        "The latest value that is in",
    ),
    _kind(
        "seasonal_naive",
        "Same day of the season before",
        "Mondays are like Mondays: what most planners do in their heads.",
        "The value one season (or more) before",
    ),
    _kind(
        "moving_mean",
        "Mean of the last four weeks",
        "It follows a slow rise and forgets the noise.",
        "The mean of the last 28 known days",
    ),
)
