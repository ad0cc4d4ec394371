"""Shapley values of a rung's predictions, folded back onto the user's columns.

They say which columns a prediction is built from. They do not say what would happen if a
column were changed in the world.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import shap

from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap_mean
from app.lab.rungs.constant import Constant
from app.lab.rungs.linear import LinearModel
from app.lab.rungs.rung import EncodedModel, Fitted

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
        Output before any column is looked at.
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
        Base plus the row's values is the row's output, exactly.

    References
    ----------
    Lundberg & Lee (2017), https://arxiv.org/abs/1705.07874
    Lundberg et al. (2020), https://doi.org/10.1038/s42256-019-0138-9
    """
    model = fitted.predictor
    if isinstance(model, Constant):
        found: Attribution = Attribution((), np.zeros((len(frame), 0)), model.value, "", "constant")
    elif isinstance(model, EncodedModel):
        found = _trees(model, frame)
    elif isinstance(model, LinearModel):
        found = _linear(model, frame, background)
    else:
        found = _exact(fitted, frame, background)
    return _in_order(found, columns)


def _in_order(found: Attribution, columns: tuple[str, ...]) -> Attribution:
    values = np.zeros((len(found.values), len(columns)))
    for place, column in enumerate(columns):
        if column in found.columns:
            values[:, place] = found.values[:, found.columns.index(column)]
    return Attribution(columns, values, found.base, found.unit, found.method)


def _trees(model: EncodedModel, frame: pd.DataFrame) -> Attribution:
    matrix = model.encoder.transform(frame)
    explainer: Any = shap.TreeExplainer(model.model, feature_perturbation="tree_path_dependent")
    values = np.asarray(explainer.shap_values(matrix, check_additivity=False), dtype=float)
    base = np.ravel(explainer.expected_value)
    if values.ndim == 3:
        values, base = values[:, :, 1], base[1:]
    columns, folded = model.encoder.fold(values)
    unit = "target"
    if model.task == "binary":
        # Boosting adds up log-odds, a single tree adds up probabilities.
        unit = "log-odds" if hasattr(model.model, "n_iter_") else "probability"
    return Attribution(columns, folded, float(base[0]), unit, "exact on trees (path-dependent)")


def _linear(model: LinearModel, frame: pd.DataFrame, background: pd.DataFrame) -> Attribution:
    encoder = model.design.encoder
    design = model.design.matrix(encoder.transform(frame))
    center = model.design.matrix(encoder.transform(background)).mean(axis=0)
    weights = np.ravel(model.model.coef_)
    parts = (design - center) * weights
    sources = model.design.sources()
    columns = tuple(dict.fromkeys(sources))
    values = np.zeros((len(frame), len(columns)))
    for i, source in enumerate(sources):
        values[:, columns.index(source)] += parts[:, i]
    base = float(np.ravel(model.model.intercept_)[0] + center @ weights)
    unit = "log-odds" if model.task == "binary" else "target"
    return Attribution(columns, values, base, unit, "closed form of the linear model")


def _exact(fitted: Fitted, frame: pd.DataFrame, background: pd.DataFrame) -> Attribution:
    """Shapley's formula over all subsets of the few columns that a rule reads."""
    inputs = fitted.inputs[:MOST_RULE_COLUMNS]
    unit = "probability" if fitted.task == "binary" else "target"
    reference = background.iloc[:: max(1, len(background) // 20)].head(20)
    worth: dict[frozenset[str], np.ndarray] = {}
    for size in range(len(inputs) + 1):
        for subset in combinations(inputs, size):
            worth[frozenset(subset)] = _with_known(fitted, frame, reference, subset)
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
    fitted: Fitted, frame: pd.DataFrame, reference: pd.DataFrame, known: tuple[str, ...]
) -> np.ndarray:
    if set(known) >= set(fitted.inputs):
        return fitted.predict(frame)
    n, m = len(frame), len(reference)
    mixed = pd.concat([reference] * n, ignore_index=True)
    for name in known:
        repeated = frame[name].repeat(m).reset_index(drop=True)
        mixed[name] = repeated.astype(reference[name].dtype)
    return np.asarray(fitted.predict(mixed).reshape(n, m).mean(axis=1), dtype=float)


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
