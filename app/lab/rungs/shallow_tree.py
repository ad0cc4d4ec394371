"""The shallow tree: a handful of questions a person can follow."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from app.lab.rungs.rung import EncodedModel, Fitted, RungKind, Training

DEPTH = 4


def fit(training: Training) -> Fitted:
    """Fit a decision tree of depth four.

    Parameters
    ----------
    training : Training

    Returns
    -------
    Fitted
    """
    leaf = max(20, len(training.y) // 100)
    kind: Any = DecisionTreeRegressor if training.form == "regression" else DecisionTreeClassifier
    tree = kind(max_depth=DEPTH, min_samples_leaf=leaf, random_state=training.seed)
    tree.fit(training.matrix, training.y)
    names = training.encoder.names
    asked = [int(f) for f in tree.tree_.feature if f >= 0]
    inputs = tuple(dict.fromkeys(training.encoder.sources[f] for f in asked))
    first = _first_question(tree, names)
    words = f"{tree.get_n_leaves()} leaves over {len(inputs)} columns. {first}"
    model = EncodedModel(training.encoder, tree, training.form, len(training.classes))
    return Fitted("shallow_tree", training.form, model, inputs, words)


def _first_question(tree: Any, names: list[str]) -> str:
    if tree.tree_.feature[0] < 0:
        return "It asks nothing."
    cut = float(np.round(tree.tree_.threshold[0], 4))
    return f"It asks first whether {names[tree.tree_.feature[0]]} is above {cut:.4g}."


KIND = RungKind(
    "shallow_tree",
    "Shallow tree",
    "A handful of questions that fit on one page.",
    fit,
    holes="goes the way that fitted best in training",
)
