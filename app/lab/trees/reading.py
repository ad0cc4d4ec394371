"""From a fitted model to its trees: the reader that fits, checked against the model itself."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from app.lab.trees.forest import Forest, UnreadableModel
from app.lab.trees.histogram import read_histogram
from app.lab.trees.lightgbm_text import read_lightgbm
from app.lab.trees.probes import probe_rows
from app.lab.trees.quadrature import tree_contributions
from app.lab.trees.sklearn_trees import read_average, read_gradient, read_tree
from app.lab.trees.xgboost_json import read_xgboost

# What may differ between our sums and the library's own; XGBoost adds up in single precision.
CLOSE, CLOSE_SINGLE = 1e-8, 2e-5


def _decision(model: Any, rows: np.ndarray) -> np.ndarray:
    return np.asarray(model.decision_function(rows))


def _probability(model: Any, rows: np.ndarray) -> np.ndarray:
    return np.asarray(model.predict_proba(rows))


def _value(model: Any, rows: np.ndarray) -> np.ndarray:
    return np.asarray(model.predict(rows))


def _link(model: Any, rows: np.ndarray) -> np.ndarray:
    return np.asarray(model._loss.link.link(model.predict(rows)))


def _raw_score(model: Any, rows: np.ndarray) -> np.ndarray:
    return np.asarray(model.predict(rows, raw_score=True))


def _own_margin(model: Any, rows: np.ndarray) -> np.ndarray:
    return np.asarray(model.predict(rows, output_margin=True))


@dataclass(frozen=True)
class Reader:
    """How the trees of one kind of model are read, and what it says of rows itself."""

    read: Callable[[Any], Forest]
    outputs: Callable[[Any, np.ndarray], np.ndarray]
    close: float = CLOSE


def _pair(
    name: str,
    read: Callable[[Any], Forest],
    classes: Callable[[Any, np.ndarray], np.ndarray],
    values: Callable[[Any, np.ndarray], np.ndarray] = _value,
) -> dict[str, Reader]:
    return {f"{name}Classifier": Reader(read, classes), f"{name}Regressor": Reader(read, values)}


READERS: Mapping[str, Reader] = {
    **_pair("HistGradientBoosting", read_histogram, _decision, _link),
    **_pair("GradientBoosting", read_gradient, _decision),
    **_pair("DecisionTree", read_tree, _probability),
    **_pair("ExtraTree", read_tree, _probability),
    **_pair("RandomForest", read_average, _probability),
    **_pair("ExtraTrees", read_average, _probability),
    **{
        f"LGBM{kind}": Reader(read_lightgbm, _raw_score)
        for kind in ("Classifier", "Regressor", "Ranker")
    },
    **{
        f"XGB{kind}": Reader(read_xgboost, _own_margin, CLOSE_SINGLE)
        for kind in ("Classifier", "Regressor", "Ranker")
    },
}


@dataclass(frozen=True)
class Reading:
    """The trees of a model, and what is done to rows before they see them.

    Parameters
    ----------
    forest : Forest
    before : callable or None
        Takes rows of shape (n, p) and returns them as the trees see them.
    places : ndarray of int, shape (p,)
        Column of the trees that each of the model's columns has become.
    """

    forest: Forest
    before: Callable[[np.ndarray], np.ndarray] | None
    places: np.ndarray

    def contributions(self, matrix: np.ndarray, output: int = 0) -> np.ndarray:
        """Split an output of each row into contributions of the model's columns.

        Parameters
        ----------
        matrix : ndarray of float, shape (n, p)
        output : int

        Returns
        -------
        ndarray of float, shape (n, p)
        """
        if not len(matrix):
            return np.zeros(matrix.shape)
        rows = matrix if self.before is None else np.asarray(self.before(matrix))
        return np.asarray(tree_contributions(self.forest, rows, output)[:, self.places])


# Trees are read once for each model; the model itself is not kept alive, and never pickled with it.
_READ: WeakKeyDictionary[Any, Reading | None] = WeakKeyDictionary()


def read_model(model: Any) -> Reading | None:
    """Return the trees of a fitted model, None where they are of no known kind.

    A reading is trusted only if it gives the model's own outputs on rows made from its thresholds,
    with values on them, beside them, missing and far away.

    Parameters
    ----------
    model : estimator, or pipeline that ends in one
        Fitted, and not fitted again afterwards.

    Returns
    -------
    Reading or None
    """
    try:
        if model not in _READ:
            _READ[model] = _read(model)
        return _READ[model]
    except TypeError:
        # It cannot be remembered.
        return _read(model)


def _read(model: Any) -> Reading | None:
    steps = [step for _, step in model.steps] if hasattr(model, "steps") else [model]
    last = steps[-1]
    reader = READERS.get(type(last).__name__)
    if reader is None:
        return None
    try:
        forest = reader.read(last)
        found = _placed(forest, last, steps[:-1])
        return found if _agrees(reader, last, found) else None
    except (UnreadableModel, AttributeError, KeyError, ValueError, IndexError):
        # A version that writes its models down in another way.
        return None


def _placed(forest: Forest, last: Any, steps: list[Any]) -> Reading:
    size = int(last.n_features_in_)
    places = np.arange(size)
    own = getattr(last, "_preprocessor", None)
    if own is not None:
        # Histogram boosting puts the columns of categories first.
        by_category = np.asarray(last.is_categorical_)
        places = np.argsort(np.argsort(~by_category, kind="stable"), kind="stable")
        steps = [*steps, own]
    if not steps:
        return Reading(forest, None, places)

    def before(rows: np.ndarray) -> np.ndarray:
        for step in steps:
            rows = np.asarray(step.transform(rows))
        return rows

    return Reading(forest, before, places)


def _agrees(reader: Reader, last: Any, found: Reading) -> bool:
    forest = found.forest
    rows = probe_rows(forest, len(found.places))
    asked = rows
    own = getattr(last, "_preprocessor", None)
    if own is not None:
        asked = _undone(own, rows, found.places)
    if not _takes_missing(last):
        rows = asked = np.nan_to_num(rows, nan=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = reader.outputs(last, asked).reshape(len(rows), -1)
    ours = forest.predict(rows)
    if told.shape != ours.shape:
        return False
    return bool(np.allclose(told, ours, rtol=reader.close, atol=reader.close))


def _takes_missing(last: Any) -> bool:
    tags = getattr(last, "__sklearn_tags__", None)
    return bool(tags().input_tags.allow_nan) if tags is not None else True


def _undone(own: Any, rows: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the rows as the user would give them: categories by name, columns in order."""
    known = own.named_transformers_["encoder"].categories_
    found = rows.copy()
    for column, names in enumerate(known):
        codes = rows[:, column]
        there = np.isfinite(codes) & (codes >= 0) & (codes < len(names))
        found[:, column] = np.nan
        found[there, column] = np.asarray(names, dtype=float)[codes[there].astype(int)]
        rows[~there, column] = np.nan
    return np.asarray(found[:, places])
