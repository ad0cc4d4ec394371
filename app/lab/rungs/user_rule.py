"""The user's own rule, on the same ladder as the models."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression

from app.lab.rule import RuleError, apply_rule, apply_rule_text, rule_columns
from app.lab.rungs.rung import Fitted, RungKind, Training, targets

FEW_VALUES = 12
STRENGTH = 1.0
MOST_ANSWERS = 200


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
    if training.form == "multiclass":
        shares = _shares(expression, training, inputs)
        return Fitted("user_rule", training.form, shares, inputs, words)
    if training.form == "regression":
        middle = float(np.median(training.y))
        return Fitted("user_rule", training.form, RuleValues(expression, middle), inputs, words)
    raw = apply_rule(expression, training.part(inputs))
    known = np.isfinite(raw)
    if not known.any():
        raise RuleError("the rule has no answer for any training row; check its columns")
    return Fitted("user_rule", training.form, _rates(expression, raw, training.y), inputs, words)


@dataclass(frozen=True)
class RuleShares:
    """The rule's answer, turned into the shares of the classes seen for it in training."""

    expression: str
    missing: np.ndarray
    answers: dict[str, np.ndarray]

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the shares that belong to the rule's answer."""
        found = np.tile(self.missing, (len(frame), 1))
        raw = apply_rule_text(self.expression, frame)
        for answer, shares in self.answers.items():
            found[raw == answer] = shares
        return found


def _shares(expression: str, training: Training, inputs: tuple[str, ...]) -> RuleShares:
    raw = apply_rule_text(expression, training.part(inputs))
    each = targets(training)
    base = each.mean(axis=0)
    names = sorted({str(answer) for answer in raw if answer is not None})
    if not names:
        raise RuleError("the rule has no answer for any training row; check its columns")
    if len(names) > MOST_ANSWERS:
        raise RuleError(
            f"the rule gives {len(names):,} different answers; give the name of a class, such as "
            f"'{training.classes[0]}'"
        )
    # An answer that names a class nobody has seen it for still leans to that class.
    lean = dict.fromkeys(names, base)
    for place, name in enumerate(training.classes):
        if name in lean:
            lean[name] = np.eye(len(base))[place]
    answers = {name: _share(each[raw == name], lean[name]) for name in names}
    unanswered = np.array([answer is None for answer in raw])
    return RuleShares(expression, _share(each[unanswered], base), answers)


def _share(each: np.ndarray, base: np.ndarray) -> np.ndarray:
    return np.asarray((each.sum(axis=0) + STRENGTH * base) / (len(each) + STRENGTH))


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
    learns=False,
    holes="as the rule says",
)
