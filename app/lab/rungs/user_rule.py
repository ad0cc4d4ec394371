"""The user's own rule, on the same ladder as the models."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression

from app.lab.rule import RuleError, apply_rule, rule_columns
from app.lab.rungs.rung import Fitted, RungKind, Training

FEW_VALUES = 12
STRENGTH = 1.0


@dataclass(frozen=True)
class RuleRates:
    """The rule's answer, turned into the rate seen for that answer in training."""

    expression: str
    missing: float
    answers: dict[float, float] = field(default_factory=dict)
    curve: IsotonicRegression | None = None

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the probability that belongs to the rule's answer."""
        raw = apply_rule(self.expression, frame)
        found = np.full(len(raw), self.missing)
        known = np.isfinite(raw)
        if self.curve is not None:
            found[known] = self.curve.predict(raw[known])
            return found
        for answer, rate in self.answers.items():
            found[raw == answer] = rate
        return found


@dataclass(frozen=True)
class RuleValues:
    """The rule's answer is the prediction itself."""

    expression: str
    missing: float

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the rule's number, the training median where it has none."""
        raw = apply_rule(self.expression, frame)
        return np.where(np.isfinite(raw), raw, self.missing)


def fit(training: Training) -> Fitted:
    """Measure what each answer of the rule meant in training.

    Parameters
    ----------
    training : Training
        With the expression under ``options["rule"]``.

    Returns
    -------
    Fitted

    Raises
    ------
    RuleError
        If the rule cannot run, or answers alike for every row.
    """
    expression = str(training.options.get("rule", ""))
    inputs = rule_columns(expression, tuple(str(c) for c in training.frame.columns))
    words = f"Your rule: {expression.strip()}"
    if training.task == "regression":
        middle = float(np.median(training.y))
        return Fitted("user_rule", training.task, RuleValues(expression, middle), inputs, words)
    raw = apply_rule(expression, training.frame)
    known = np.isfinite(raw)
    if not known.any():
        raise RuleError("the rule has no answer for any training row; check its columns")
    return Fitted("user_rule", training.task, _rates(expression, raw, training.y), inputs, words)


def _rates(expression: str, raw: np.ndarray, y: np.ndarray) -> RuleRates:
    known = np.isfinite(raw)
    base = float(y.mean())
    missing = _rate(y[~known], base)
    values = np.unique(raw[known])
    if len(values) <= FEW_VALUES:
        answers = {float(v): _rate(y[raw == v], base) for v in values}
        return RuleRates(expression, missing, answers)
    curve = IsotonicRegression(increasing="auto", out_of_bounds="clip", y_min=0, y_max=1)
    curve.fit(raw[known], y[known])
    return RuleRates(expression, missing, {}, curve)


def _rate(y: np.ndarray, base: float) -> float:
    return float((y.sum() + STRENGTH * base) / (len(y) + STRENGTH))


KIND = RungKind(
    "user_rule",
    "Your rule",
    "How it is decided today: the baseline that a model replaces.",
    fit,
)
