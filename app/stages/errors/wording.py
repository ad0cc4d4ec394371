"""Outcomes, answers and cells in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.champion import Champion
from app.lab.cost import BinaryCosts, ReviewCosts
from app.lab.problem import Problem
from app.record.number import readable

LONGEST_CELL = 60


def shown_value(value: object) -> str:
    """Return a cell in words."""
    if value is None or value is pd.NaT or value is pd.NA:
        return "missing"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        return "missing" if np.isnan(value) else f"{float(value):.4g}"
    if isinstance(value, pd.Timestamp):
        return value.isoformat(sep=" ", timespec="minutes")
    return str(value)[:LONGEST_CELL]


def outcome(problem: Problem, y: float) -> str:
    """Return what happened, in words."""
    if problem.task == "binary":
        return "it happened" if y == 1 else "it did not"
    if problem.form == "multiclass":
        return problem.classes[int(y)]
    if problem.queries is not None:
        return f"grade {readable(float(y))}"
    return readable(float(y))


def answer(problem: Problem, champion: Champion, prediction: np.ndarray) -> str:
    """Return one answer in words, with what it leads to.

    ``prediction`` is one row of answers, of shape (1,) or (1, k).
    """
    if prediction.ndim == 2:
        best = int(prediction[0].argmax())
        words = f"{problem.classes[best]} ({prediction[0, best]:.0%})"
        if isinstance(champion.costs, ReviewCosts):
            return words if champion.acts(prediction)[0] else f"{words}, to a person"
        return words
    value = float(prediction[0])
    if problem.queries is not None:
        return f"score {readable(value)}"
    if problem.form != "binary":
        return readable(value)
    share = f"{readable(100 * value)} %"
    if not isinstance(champion.costs, BinaryCosts):
        return share
    return f"{share}, {'acted' if champion.acts(prediction)[0] else 'not acted'}"
