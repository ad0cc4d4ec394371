"""Readers of scikit-learn's trees, forests of them, and gradient boosting with them."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.lab.trees.forest import Forest, Tree, UnreadableModel, grow


def read_tree(model: Any) -> Forest:
    """Return a fitted decision tree.

    Parameters
    ----------
    model : DecisionTreeClassifier, DecisionTreeRegressor or one of the extra trees

    Returns
    -------
    Forest
        Its outputs are the probability of each class, or the value.
    """
    return read_average(model, [model])


def read_average(model: Any, members: Any = None) -> Forest:
    """Return a fitted forest, whose output is the mean over its trees.

    Parameters
    ----------
    model : RandomForest or ExtraTrees, classifier or regressor
    members : list of decision trees, optional
        Its ``estimators_`` when left out.

    Returns
    -------
    Forest
        Its outputs are the probability of each class, or the value.

    Raises
    ------
    UnreadableModel
        With several targets.
    """
    if getattr(model, "n_outputs_", 1) != 1:
        raise UnreadableModel("the model predicts several targets")
    members = model.estimators_ if members is None else members
    classes = hasattr(model, "classes_")
    trees = [_tree(m.tree_, 1 / len(members), classes) for m in members]
    size = trees[0].value.shape[1]
    outputs = np.full(len(trees), -1 if size > 1 else 0)
    return grow(trees, outputs, np.zeros(size), "probability" if classes else "target", single=True)


def read_gradient(model: Any) -> Forest:
    """Return a fitted gradient boosting model.

    Parameters
    ----------
    model : GradientBoostingClassifier or GradientBoostingRegressor

    Returns
    -------
    Forest
        Its outputs are the raw scores, before the link function.

    Raises
    ------
    UnreadableModel
        If it starts from another model than a constant.
    """
    if not (model.init_ == "zero" or type(model.init_).__module__ == "sklearn.dummy"):
        raise UnreadableModel("the model starts from another model")
    start = np.zeros((1, model.n_features_in_), dtype=np.float32)
    base = np.ravel(model._raw_predict_init(start)).astype(float)
    grown = model.estimators_.ravel()
    trees = [_tree(m.tree_, model.learning_rate, False) for m in grown]
    unit = "log-odds" if hasattr(model, "classes_") else "target"
    return grow(trees, np.arange(len(trees)) % len(base), base, unit, single=True)


def _tree(grown: Any, scale: float, shares: bool) -> Tree:
    leaf = grown.children_left < 0
    value = np.asarray(grown.value[:, 0, :], dtype=float)
    if shares:
        value = value / value.sum(axis=1, keepdims=True)
    missing = getattr(grown, "missing_go_to_left", np.zeros(len(leaf)))
    return Tree(
        np.where(leaf, -1, grown.feature),
        np.where(leaf, 0.0, grown.threshold),
        np.where(leaf, 0, grown.children_left),
        np.where(leaf, 0, grown.children_right),
        np.asarray(missing).astype(bool),
        np.where(leaf[:, None], scale * value, 0.0),
        np.asarray(grown.weighted_n_node_samples, dtype=float),
    )
