"""Reader of scikit-learn's histogram gradient boosting."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.lab.trees.forest import Forest, Tree, grow


def read_histogram(model: Any) -> Forest:
    """Return the trees of a fitted histogram gradient boosting model.

    Parameters
    ----------
    model : HistGradientBoostingClassifier or HistGradientBoostingRegressor
        Columns are counted as its trees count them: those of categories first.

    Returns
    -------
    Forest
        Its outputs are the raw scores, before the link function.
    """
    rounds = model._predictors
    base = np.ravel(model._baseline_prediction).astype(float)
    trees = [_tree(grown) for one in rounds for grown in one]
    outputs = np.arange(len(trees)) % len(base)
    unit = "log-odds" if hasattr(model, "classes_") else "target"
    if unit == "target" and model.loss in ("poisson", "gamma"):
        unit = "log of the target"
    return grow(trees, outputs, base, unit)


def _tree(grown: Any) -> Tree:
    nodes = grown.nodes
    leaf = nodes["is_leaf"].astype(bool)
    left, right = (np.where(leaf, 0, nodes[side].astype(np.int64)) for side in ("left", "right"))
    return Tree(
        np.where(leaf, -1, nodes["feature_idx"]),
        np.where(leaf, 0.0, nodes["num_threshold"]),
        left,
        right,
        nodes["missing_go_to_left"].astype(bool),
        np.where(leaf, nodes["value"], 0.0)[:, None],
        nodes["count"].astype(float),
        {
            int(node): _members(grown.raw_left_cat_bitsets[nodes["bitset_idx"][node]])
            for node in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~leaf)
        },
    )


def _members(words: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.unpackbits(words.view(np.uint8), bitorder="little"))
