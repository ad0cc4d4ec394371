"""Shapley values of a rung's predictions, folded back onto the user's columns.

They say which columns a prediction is built from. They do not say what would happen if a
column were changed in the world.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import shap

from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap_mean
from app.lab.recalibration import Calibrated
from app.lab.rungs.constant import Constant
from app.lab.rungs.linear import LinearModel
from app.lab.rungs.own_estimator import KIND as OWN
from app.lab.rungs.packages import Raw
from app.lab.rungs.rung import EncodedModel, Fitted, Relative

MOST_RULE_COLUMNS = 8
TINY = 1e-6


@dataclass(frozen=True)
class Attribution:
    """How each prediction is put together.

    Parameters
    ----------
    columns : tuple of str
        The user's columns.
    values : ndarray of float, shape (n, p)
        Contribution of each column to each row's output.
    base : float
        Output before any column is looked at; of several classes the mean over the rows.
    unit : str
        ``"log-odds"``, ``"probability"`` or ``"target"``.
    method : str
    """

    columns: tuple[str, ...]
    values: np.ndarray
    base: float
    unit: str
    method: str


def explain(
    fitted: Fitted, frame: pd.DataFrame, background: pd.DataFrame, columns: tuple[str, ...]
) -> Attribution:
    """Split each prediction into contributions of the columns.

    Parameters
    ----------
    fitted : Fitted
    frame : DataFrame, n rows
        Rows to explain.
    background : DataFrame
        Training rows that stand for "not known"; used by linear models and rules.
    columns : tuple of str
        Columns in the order of the result; those not used get zero.

    Returns
    -------
    Attribution
        Base plus the row's values is the row's output, exactly. Of several classes it is about
        the one that is predicted for the row.

    References
    ----------
    Lundberg & Lee (2017), https://arxiv.org/abs/1705.07874
    Lundberg et al. (2020), https://doi.org/10.1038/s42256-019-0138-9
    """
    return _in_order(_explain(fitted, frame, background), columns)


def _explain(fitted: Fitted, frame: pd.DataFrame, background: pd.DataFrame) -> Attribution:
    model = fitted.predictor
    if isinstance(model, Calibrated):
        found = _explain(replace(fitted, predictor=model.inner), frame, background)
        return replace(found, method=f"{found.method}, before the map of probabilities")
    return _explain_model(fitted, frame, background)


def _explain_model(fitted: Fitted, frame: pd.DataFrame, background: pd.DataFrame) -> Attribution:
    model = fitted.predictor
    if isinstance(model, Relative):
        inputs = tuple(name for name in fitted.inputs if name != model.level)
        inner = replace(fitted, predictor=model.inner, inputs=inputs)
        found = _explain(inner, model.ratios(frame), model.ratios(background))
        return replace(found, unit=f"ratio to {model.level}")
    if isinstance(model, Constant):
        value = float(np.max(model.value))
        return Attribution((), np.zeros((len(frame), 0)), value, "", "constant")
    if fitted.key == OWN.key:
        return _sampled(fitted, frame, background)
    if isinstance(model, EncodedModel):
        return _trees(model, frame)
    if isinstance(model, LinearModel):
        return _linear(model, frame, background)
    return _exact(fitted, frame, background)


def _answered(fitted: Fitted, frame: pd.DataFrame, asked: np.ndarray | None) -> np.ndarray:
    """Return one number a row: the prediction, or the probability of the class asked about."""
    found = fitted.predict(frame)
    if found.ndim == 1:
        return found
    return np.asarray(found[np.arange(len(found)), asked], dtype=float)


def _asked(fitted: Fitted, frame: pd.DataFrame) -> np.ndarray | None:
    return fitted.predict(frame).argmax(axis=1) if fitted.form == "multiclass" else None


def _in_order(found: Attribution, columns: tuple[str, ...]) -> Attribution:
    values = np.zeros((len(found.values), len(columns)))
    for place, column in enumerate(columns):
        if column in found.columns:
            values[:, place] = found.values[:, found.columns.index(column)]
    return Attribution(columns, values, found.base, found.unit, found.method)


def _trees(model: EncodedModel, frame: pd.DataFrame) -> Attribution:
    matrix = model.encoder.transform(frame)
    inner = model.model.model if isinstance(model.model, Raw) else model.model
    with warnings.catch_warnings():
        # It tells of a change in its own past.
        warnings.filterwarnings("ignore", message="LightGBM binary classifier")
        explainer: Any = shap.TreeExplainer(inner, feature_perturbation="tree_path_dependent")
        values = np.asarray(explainer.shap_values(matrix, check_additivity=False), dtype=float)
    base = np.ravel(explainer.expected_value)
    at = 0.0
    if model.form == "multiclass":
        known = model.model.classes_.astype(int)
        asked = np.searchsorted(known, model.predict_matrix(matrix).argmax(axis=1))
        values = values[np.arange(len(values)), :, asked]
        # Each row's class starts from a base of its own; they are spoken of as one.
        at = float(base[asked].mean())
    elif values.ndim == 3:
        values, base = values[:, :, 1], base[1:]
    columns, folded = model.encoder.fold(values)
    base_value = at if model.form == "multiclass" else float(base[0])
    return Attribution(
        columns, folded, base_value, _tree_unit(model), "exact on trees (path-dependent)"
    )


def _tree_unit(model: EncodedModel) -> str:
    if model.form == "regression":
        return "target"
    # Boosting adds up log-odds, a single tree adds up probabilities.
    return "probability" if hasattr(model.model, "tree_") else "log-odds"


def _linear(model: LinearModel, frame: pd.DataFrame, background: pd.DataFrame) -> Attribution:
    encoder = model.design.encoder
    design = model.design.matrix(encoder.transform(frame))
    center = model.design.matrix(encoder.transform(background)).mean(axis=0)
    weights = np.atleast_2d(model.model.coef_)
    starts = np.atleast_1d(model.model.intercept_)
    asked = np.zeros(len(frame), dtype=int)
    if model.form == "multiclass":
        asked = model.model.decision_function(design).reshape(len(frame), -1).argmax(axis=1)
    if len(weights) == 1 and model.form == "multiclass":
        # Two classes share one line.
        weights, starts = np.vstack([-weights, weights]), np.r_[-starts, starts]
        asked = model.model.predict_proba(design).argmax(axis=1)
    parts = (design - center) * weights[asked]
    sources = model.design.sources()
    columns = tuple(dict.fromkeys(sources))
    values = np.zeros((len(frame), len(columns)))
    for i, source in enumerate(sources):
        values[:, columns.index(source)] += parts[:, i]
    base = float(np.mean((starts + weights @ center)[asked]))
    unit = "target" if model.form == "regression" else "log-odds"
    return Attribution(columns, values, base, unit, "closed form of the linear model")


def _exact(fitted: Fitted, frame: pd.DataFrame, background: pd.DataFrame) -> Attribution:
    """Shapley's formula over all subsets of the few columns that a rule reads."""
    inputs = fitted.inputs[:MOST_RULE_COLUMNS]
    unit = "target" if fitted.form == "regression" else "probability"
    asked = _asked(fitted, frame)
    reference = background.iloc[:: max(1, len(background) // 20)].head(20)
    worth: dict[frozenset[str], np.ndarray] = {}
    for size in range(len(inputs) + 1):
        for subset in combinations(inputs, size):
            worth[frozenset(subset)] = _with_known(fitted, frame, reference, subset, asked)
    full = worth[frozenset(inputs)]
    base = worth[frozenset()]
    values = np.zeros((len(frame), len(inputs)))
    p = len(inputs)
    for place, name in enumerate(inputs):
        others = [other for other in inputs if other != name]
        for size in range(p):
            weight = factorial(size) * factorial(p - size - 1) / factorial(p)
            for subset in combinations(others, size):
                key = frozenset(subset)
                values[:, place] += weight * (worth[key | {name}] - worth[key])
    assert np.allclose(values.sum(axis=1), full - base, atol=TINY)
    return Attribution(inputs, values, float(base.mean()), unit, "Shapley's formula, all subsets")


def _with_known(
    fitted: Fitted,
    frame: pd.DataFrame,
    reference: pd.DataFrame,
    known: tuple[str, ...],
    asked: np.ndarray | None,
) -> np.ndarray:
    if set(known) >= set(fitted.inputs):
        return _answered(fitted, frame, asked)
    n, m = len(frame), len(reference)
    mixed = pd.concat([reference] * n, ignore_index=True)
    for name in known:
        repeated = frame[name].repeat(m).reset_index(drop=True)
        mixed[name] = repeated.astype(reference[name].dtype)
    about = None if asked is None else np.repeat(asked, m)
    return np.asarray(_answered(fitted, mixed, about).reshape(n, m).mean(axis=1), dtype=float)


def _sampled(fitted: Fitted, frame: pd.DataFrame, background: pd.DataFrame) -> Attribution:
    """Shapley values of any model, from orders of columns drawn at random."""
    model = fitted.predictor
    assert isinstance(model, EncodedModel)
    matrix = model.encoder.transform(frame)
    reference = model.encoder.transform(background.iloc[:: max(1, len(background) // 10)].head(10))
    asked = _asked(fitted, frame)

    def worth(rows: np.ndarray) -> np.ndarray:
        found = model.predict_matrix(rows)
        return found if asked is None else found[np.arange(len(rows)), asked]

    columns, _ = model.encoder.fold(np.zeros((1, matrix.shape[1])))
    place = np.array([columns.index(source) for source in model.encoder.sources])
    rng = np.random.default_rng(0)
    values = np.zeros((len(matrix), len(columns)))
    base = 0.0
    for start in reference:
        rows = np.tile(start, (len(matrix), 1))
        before = worth(rows)
        base += float(before.mean()) / len(reference)
        for column in rng.permutation(len(columns)):
            rows[:, place == column] = matrix[:, place == column]
            after = worth(rows)
            values[:, column] += (after - before) / len(reference)
            before = after
    unit = "target" if fitted.form == "regression" else "probability"
    return Attribution(columns, values, base, unit, "sampled orders of the columns")


@dataclass(frozen=True)
class Importance:
    """Mean absolute contribution of a column, with its rank."""

    column: str
    size: Estimate
    rank: int


def importance(found: Attribution, rng: np.random.Generator) -> tuple[Importance, ...]:
    """Rank the columns by mean absolute contribution.

    Parameters
    ----------
    found : Attribution
    rng : Generator

    Returns
    -------
    tuple of Importance
        Largest first; intervals over the explained rows, the model held fixed.
    """
    sizes = np.abs(found.values)
    order = np.argsort(-sizes.mean(axis=0), kind="stable")
    return tuple(
        Importance(found.columns[i], bootstrap_mean(sizes[:, i], rng=rng, rounds=300), rank)
        for rank, i in enumerate(order, start=1)
    )
