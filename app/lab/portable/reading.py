"""From fitted models of scikit-learn to plain arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.lab.portable.smooth import Curve, Logistic
from app.lab.portable.trees import Trees


def read_gradient(model: Any) -> Trees:
    """Return histogram gradient boosting as plain arrays.

    Parameters
    ----------
    model : HistGradientBoostingClassifier or HistGradientBoostingRegressor
        Fitted on numbers only.

    Returns
    -------
    Trees
    """
    grown = [tree for each in model._predictors for tree in each]
    outputs = [k for each in model._predictors for k in range(len(each))]
    start = np.ravel(model._baseline_prediction)
    classes = tuple(float(c) for c in getattr(model, "classes_", ()))
    link = "identity"
    if classes:
        link = "logit" if len(start) == 1 else "softmax"
    parts = [_gradient_nodes(tree.nodes) for tree in grown]
    return _joined(parts, outputs, [float(v) for v in start], link, classes, False)


def _gradient_nodes(nodes: np.ndarray) -> dict[str, list[Any]]:
    leaf = nodes["is_leaf"].astype(bool)
    own = np.arange(len(nodes))
    return {
        "feature": np.where(leaf, 0, nodes["feature_idx"]).tolist(),
        "threshold": np.where(leaf, 0.0, nodes["num_threshold"]).tolist(),
        "missing_left": nodes["missing_go_to_left"].astype(bool).tolist(),
        "left": np.where(leaf, own, nodes["left"]).tolist(),
        "right": np.where(leaf, own, nodes["right"]).tolist(),
        "value": nodes["value"].tolist(),
    }


def read_tree(model: Any) -> Trees:
    """Return a decision tree as plain arrays.

    Parameters
    ----------
    model : DecisionTreeClassifier or DecisionTreeRegressor

    Returns
    -------
    Trees
    """
    tree = model.tree_
    leaf = tree.children_left < 0
    own = np.arange(tree.node_count)
    classes = tuple(float(c) for c in getattr(model, "classes_", ()))
    # A tree without holes in training sends them where most rows went.
    part = {
        "feature": np.where(leaf, 0, tree.feature).tolist(),
        "threshold": np.where(leaf, 0.0, tree.threshold).tolist(),
        "missing_left": tree.missing_go_to_left.astype(bool).tolist(),
        "left": np.where(leaf, own, tree.children_left).tolist(),
        "right": np.where(leaf, own, tree.children_right).tolist(),
        "value": tree.value[:, 0, :].tolist() if classes else tree.value[:, 0, 0].tolist(),
    }
    return _joined([part], [0], [0.0], "identity", classes, True)


def _joined(
    parts: list[dict[str, list[Any]]],
    outputs: list[int],
    start: list[float],
    link: str,
    classes: tuple[float, ...],
    single: bool,
) -> Trees:
    joined: dict[str, list[Any]] = {name: [] for name in parts[0]}
    roots = []
    for part in parts:
        first = len(joined["feature"])
        roots.append(first)
        for name, values in part.items():
            moved = [first + v for v in values] if name in ("left", "right") else values
            joined[name] += [tuple(v) if isinstance(v, list) else v for v in moved]
    plain = {name: tuple(values) for name, values in joined.items()}
    return Trees(
        **plain,
        roots=tuple(roots),
        outputs=tuple(outputs),
        start=tuple(start),
        link=link,
        classes=classes,
        single=single,
    )


def read_logistic(model: Any) -> Logistic:
    """Return a logistic regression as plain arrays.

    Parameters
    ----------
    model : LogisticRegression

    Returns
    -------
    Logistic
    """
    return Logistic(
        np.array(model.coef_, dtype=float),
        np.array(model.intercept_, dtype=float),
        np.array(model.classes_, dtype=float),
    )


def read_isotonic(model: Any) -> Curve:
    """Return an isotonic regression as the corners of its curve.

    Parameters
    ----------
    model : IsotonicRegression
        That clips what lies outside.

    Returns
    -------
    Curve
    """
    return Curve(
        np.array(model.X_thresholds_, dtype=float), np.array(model.y_thresholds_, dtype=float)
    )
