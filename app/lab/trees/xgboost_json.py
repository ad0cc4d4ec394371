"""Reader of XGBoost's models, from their JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from app.lab.trees.forest import Forest, Tree, UnreadableModel, grow

LOGISTIC = ("binary:logistic", "reg:logistic")
LOG = ("count:poisson", "reg:gamma", "reg:tweedie")


def read_xgboost(model: Any) -> Forest:
    """Return the trees of a fitted XGBoost estimator or booster.

    Parameters
    ----------
    model : XGBModel or Booster

    Returns
    -------
    Forest
        Its outputs are the margins, as ``predict(output_margin=True)`` gives them.

    Raises
    ------
    UnreadableModel
        With another booster than plain trees, leaves of several numbers, or categories.

    References
    ----------
    Chen & Guestrin (2016), https://doi.org/10.1145/2939672.2939785
    """
    booster = model.get_booster() if hasattr(model, "get_booster") else model
    learner = json.loads(bytes(booster.save_raw(raw_format="json")))["learner"]
    grown = learner["gradient_booster"]
    if grown.get("name") != "gbtree":
        raise UnreadableModel(f"the XGBoost booster is {grown.get('name')!r}, not 'gbtree'")
    said = learner["learner_model_param"]
    outputs = max(1, int(said.get("num_class", "0")), int(said.get("num_target", "1")))
    objective = str(learner["objective"]["name"])
    trees = [_tree(one) for one in grown["model"]["trees"]]
    base = np.broadcast_to(_margin(said["base_score"], objective), (outputs,))
    return grow(trees, np.array(grown["model"]["tree_info"]), base, _unit(objective), single=True)


def _unit(objective: str) -> str:
    if objective in LOGISTIC or objective.startswith("multi:"):
        return "log-odds"
    if objective in LOG:
        return "log of the target"
    return "score" if objective.startswith("rank:") else "target"


def _margin(text: str, objective: str) -> np.ndarray:
    score = np.array([float(part) for part in text.strip("[]").split(",")])
    if objective in LOGISTIC:
        return np.asarray(np.log(score / (1 - score)))
    return np.asarray(np.log(score)) if objective in LOG else score


def _tree(said: dict[str, Any]) -> Tree:
    if int(said["tree_param"].get("size_leaf_vector", "1")) > 1:
        raise UnreadableModel("leaves of this XGBoost model hold several numbers")
    if any(said.get("split_type", ())):
        raise UnreadableModel("this XGBoost model asks about categories")
    left, right = (np.array(said[f"{side}_children"]) for side in ("left", "right"))
    leaf = left < 0
    numbers = np.array(said["split_conditions"], dtype=np.float32).astype(float)
    return Tree(
        np.where(leaf, -1, said["split_indices"]),
        # It asks whether a value is smaller.
        np.where(leaf, 0.0, np.nextafter(numbers, -np.inf)),
        np.where(leaf, 0, left),
        np.where(leaf, 0, right),
        np.array(said["default_left"]).astype(bool),
        np.where(leaf, numbers, 0.0)[:, None],
        np.array(said["sum_hessian"], dtype=float),
    )
