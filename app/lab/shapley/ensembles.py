"""Shapley values of ensembles of trees, exactly."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from app.lab.rungs.packages import Raw
from app.lab.rungs.rung import EncodedModel
from app.lab.shapley.asked import About, classes_asked
from app.lab.shapley.attribution import Attribution, attribution
from app.lab.trees.reading import Reading, read_model

METHOD = "exact on trees (path-dependent)"


def forest_of(model: EncodedModel) -> Reading | None:
    """Return the trees of an encoded model, None where they cannot be read.

    Parameters
    ----------
    model : EncodedModel

    Returns
    -------
    Reading or None
    """
    return read_model(_inner(model))


def _inner(model: EncodedModel) -> Any:
    return model.model.model if isinstance(model.model, Raw) else model.model


def explain_trees(model: EncodedModel, frame: pd.DataFrame, about: About) -> Attribution:
    """Split the raw output of an ensemble of trees.

    Parameters
    ----------
    model : EncodedModel
        Of a kind that is read by `app.lab.trees`, or that its own library or shap explains.
    frame : DataFrame, n rows
    about : int, ndarray or None
        See `app.lab.shapley.explain`.

    Returns
    -------
    Attribution
    """
    matrix = model.encoder.transform(frame)
    asked = None
    if model.form == "multiclass":
        asked = classes_asked(about, _told(model, matrix, about))
    parts = _parts(model)
    values, bases = np.zeros(matrix.shape), np.zeros(len(matrix))
    for output, sign, rows in _outputs(model, parts, len(matrix), asked):
        found, base = parts.of(matrix[rows], output)
        values[rows], bases[rows] = sign * found, sign * base
    sources = tuple(model.encoder.sources)
    whole = attribution(sources, values, bases, parts.unit, METHOD, classes=asked)
    return whole.folded(tuple(dict.fromkeys(sources)), sources)


def _told(model: EncodedModel, matrix: np.ndarray, about: About) -> np.ndarray:
    # Who asks about a class by its number need not know which one is predicted.
    if about is None and len(matrix):
        return model.predict_matrix(matrix)
    return np.zeros((len(matrix), model.size))


class _Parts:
    """Contributions and base of each output of a model, and how many outputs it has."""

    def __init__(
        self, size: int, unit: str, of: Callable[[np.ndarray, int], tuple[np.ndarray, float]]
    ) -> None:
        self.size = size
        self.unit = unit
        self.of = of


def _parts(model: EncodedModel) -> _Parts:
    reading = forest_of(model)
    if reading is not None:
        forest = reading.forest

        def read(rows: np.ndarray, output: int) -> tuple[np.ndarray, float]:
            return reading.contributions(rows, output), forest.expected(output)

        return _Parts(len(forest.base), forest.unit, read)
    inner = _inner(model)
    if type(inner).__name__.startswith("CatBoost"):
        return _catboost(inner, model.form)
    return _by_shap(inner, model.form)


def _outputs(
    model: EncodedModel, parts: _Parts, n: int, asked: np.ndarray | None
) -> list[tuple[int, float, np.ndarray]]:
    """Return which output of the model to explain for which rows, and with which sign."""
    if asked is None:
        # A probability a class is there twice: the second is that of "it happened".
        last = parts.size - 1 if model.form == "binary" else 0
        return [(last, 1.0, np.arange(n))]
    known = [int(c) for c in model.model.classes_]
    found = []
    for number in np.unique(asked):
        if int(number) not in known:
            # Never seen in training: it has probability 0 whatever the row.
            continue
        place, rows = known.index(int(number)), np.flatnonzero(asked == number)
        if parts.size == 1:
            # Two classes share one output.
            found.append((0, 1.0 if place else -1.0, rows))
        else:
            found.append((place, 1.0, rows))
    return found


def _catboost(inner: Any, form: str) -> _Parts:
    """CatBoost's own values: its trees ask one question a level, which it makes good use of."""
    from catboost import Pool

    size = len(inner.classes_) if form == "multiclass" and len(inner.classes_) > 2 else 1

    def native(rows: np.ndarray, output: int) -> tuple[np.ndarray, float]:
        if not len(rows):
            return np.zeros(rows.shape), 0.0
        told = np.asarray(inner.get_feature_importance(Pool(rows), type="ShapValues"))
        if told.ndim == 3:
            told = told[:, output]
        return told[:, :-1], float(told[0, -1])

    return _Parts(size, "target" if form == "regression" else "log-odds", native)


def _by_shap(inner: Any, form: str) -> _Parts:
    import shap

    with warnings.catch_warnings():
        # It tells of a change in its own past.
        warnings.filterwarnings("ignore", message="LightGBM binary classifier")
        explainer: Any = shap.TreeExplainer(inner, feature_perturbation="tree_path_dependent")
    base = np.ravel(explainer.expected_value)

    def told(rows: np.ndarray, output: int) -> tuple[np.ndarray, float]:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="LightGBM binary classifier")
            values = np.asarray(explainer.shap_values(rows, check_additivity=False), dtype=float)
        return (values[:, :, output] if values.ndim == 3 else values), float(base[output])

    return _Parts(len(base), "target" if form == "regression" else "log-odds", told)
