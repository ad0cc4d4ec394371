"""What each prediction cost, by the kind of target and prediction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.condition import kind_of
from app.lab.condition.kinds import numbers
from app.lab.problem import binary_target

WORDS = {
    "error": "share of wrong predictions (0 right, 1 wrong)",
    "brier": "squared distance of the probability from what happened (Brier)",
    "log_loss": "log loss of the probability",
    "absolute_error": "absolute error",
    "squared_error": "squared error",
}
MOST_CLASSES = 10
# A probability of exactly 0 or 1 that was wrong would cost infinitely much.
SMALLEST = 1e-6


@dataclass(frozen=True)
class Losses:
    """One loss a row.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        At least 0; NaN where target or prediction is missing.
    key : str
        One of ``WORDS``.
    note : str
        What was assumed, in one sentence; empty when nothing was.
    """

    values: np.ndarray
    key: str
    note: str = ""

    @property
    def words(self) -> str:
        """The loss by name."""
        return WORDS[self.key]


def losses_of(
    target: pd.Series, prediction: pd.Series, key: str = "", positive: str = ""
) -> Losses:
    """Return the loss of each row.

    Labels give the 0/1 error, a probability of a two-valued target the Brier loss, numbers the
    absolute error.

    Parameters
    ----------
    target, prediction : Series, n rows
    key : str
        One of ``WORDS``; empty chooses by the kind of the two columns.
    positive : str
        Value of the target that a probability is about; empty picks a yes-like value.

    Returns
    -------
    Losses

    Raises
    ------
    ValueError
        If the two do not go together.
    """
    if key and key not in WORDS:
        raise ValueError(f"there is no loss {key!r}; there are {', '.join(WORDS)}")
    chosen = key or _kind(target, prediction)
    known = (target.notna() & prediction.notna()).to_numpy(dtype=bool)
    if not known.any():
        raise ValueError("no row has both a target and a prediction")
    if chosen == "error":
        return Losses(np.where(known, _errors(target, prediction), np.nan), chosen)
    if chosen in ("brier", "log_loss"):
        return _of_probability(target, prediction, chosen, positive)
    gap = np.abs(_numbers(target, "target") - _numbers(prediction, "prediction"))
    return Losses(
        np.where(np.isfinite(gap), gap**2 if chosen == "squared_error" else gap, np.nan), chosen
    )


def _kind(target: pd.Series, prediction: pd.Series) -> str:
    same = set(_labels(prediction).dropna().unique()[:1000]) <= set(
        _labels(target).dropna().unique()
    )
    if kind_of(prediction) == "number":
        if target.nunique() == 2 and not same and _within_one(prediction):
            return "brier"
        few = target.nunique() <= MOST_CLASSES and same
        if kind_of(target) == "number" and not few:
            return "absolute_error"
    return "error"


def _within_one(prediction: pd.Series) -> bool:
    values = numbers(prediction)
    values = values[~np.isnan(values)]
    return bool(len(values) and values.min() >= 0 and values.max() <= 1)


def _labels(series: pd.Series) -> pd.Series:
    """Labels as text: 1, 1.0 and true are one."""
    kind = kind_of(series)
    if kind == "boolean":
        return series.astype(object).map({True: "1", False: "0"}, na_action="ignore")
    if kind == "number":
        found = pd.Series(numbers(series), index=series.index)
        return found.map(lambda value: f"{value:.12g}", na_action="ignore")
    return series.astype(object).map(str, na_action="ignore")


def _errors(target: pd.Series, prediction: pd.Series) -> np.ndarray:
    truth, told = _labels(target), _labels(prediction)
    if not set(told.dropna().unique()) & set(truth.dropna().unique()):
        raise ValueError(
            f"the prediction ({_some(told)}) never equals a value of the target ({_some(truth)}); "
            "give a column with the same labels, or a probability between 0 and 1"
        )
    found: np.ndarray = truth.to_numpy(dtype=object) != told.to_numpy(dtype=object)
    return found.astype(float)


def _some(labels: pd.Series) -> str:
    few = [str(value)[:20] for value in labels.dropna().unique()[:3]]
    return ", ".join(few)


def _of_probability(target: pd.Series, prediction: pd.Series, key: str, positive: str) -> Losses:
    if kind_of(prediction) != "number" or not _within_one(prediction):
        raise ValueError(f"{WORDS[key]} needs a probability between 0 and 1 as prediction")
    y, value = binary_target(target, positive)
    p = numbers(prediction)
    note = f"The probability is read as that of {value}."
    if key == "brier":
        return Losses((p - y) ** 2, key, note)
    right = np.clip(np.where(y == 1, p, 1 - p), SMALLEST, 1.0)
    return Losses(np.where(np.isnan(p) | np.isnan(y), np.nan, -np.log(right)), key, note)


def _numbers(series: pd.Series, role: str) -> np.ndarray:
    if kind_of(series) not in ("number", "boolean"):
        raise ValueError(f"the {role} {series.name!r} holds no numbers, so there is no distance")
    return numbers(series)
