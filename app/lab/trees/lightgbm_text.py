"""Reader of LightGBM's models, from their text."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.lab.trees.forest import Forest, Tree, UnreadableModel, grow

CATEGORICAL, DEFAULT_LEFT = 1, 2
# What it takes for zero when it reads a row.
ZERO = float(np.float32(1e-35))
LOG = ("poisson", "gamma", "tweedie")


def read_lightgbm(model: Any) -> Forest:
    """Return the trees of a fitted LightGBM estimator or booster.

    Parameters
    ----------
    model : LGBMModel or Booster

    Returns
    -------
    Forest
        Its outputs are the raw scores, as ``predict(raw_score=True)`` gives them.

    Raises
    ------
    UnreadableModel
        With linear leaves, an averaged ensemble or zeros that count as missing.

    References
    ----------
    Ke et al. (2017), https://papers.nips.cc/paper/6907
    """
    booster = getattr(model, "booster_", model)
    text: str = booster.model_to_string(num_iteration=getattr(booster, "best_iteration", -1) or -1)
    head, *blocks = text.split("end of trees", maxsplit=1)[0].split("\nTree=")
    if "average_output" in head.splitlines():
        raise UnreadableModel("LightGBM's random forest mode averages its trees")
    outputs = int(_fields(head).get("num_tree_per_iteration", "1"))
    trees = [_tree(_fields(block)) for block in blocks]
    unit = _unit(_fields(head).get("objective", "").split(" ")[0])
    return grow(trees, np.arange(len(trees)) % outputs, np.zeros(outputs), unit, zero=ZERO)


def _unit(objective: str) -> str:
    if objective in ("binary", "multiclass", "multiclassova"):
        return "log-odds"
    if objective in ("lambdarank", "rank_xendcg"):
        return "score"
    return "log of the target" if objective in LOG else "target"


def _fields(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def _numbers(text: str, kind: Any = float) -> np.ndarray:
    return np.array(text.split(), dtype=kind)


def _tree(said: dict[str, str]) -> Tree:
    if said.get("is_linear", "0") != "0":
        raise UnreadableModel("leaves of this LightGBM model hold linear models")
    leaf = _numbers(said["leaf_value"])
    if len(leaf) == 1:
        none = np.zeros(1, dtype=int)
        cover = np.ones(1)
        return Tree(none - 1, np.zeros(1), none, none, none > 0, leaf[:, None], cover)
    inner = len(leaf) - 1
    kinds = _numbers(said["decision_type"], int)
    left, right = (
        np.r_[_children(_numbers(said[f"{side}_child"], int), inner), np.zeros(len(leaf), int)]
        for side in ("left", "right")
    )
    pad = np.zeros(len(leaf))
    threshold = _numbers(said["threshold"])
    missing = _missing_left(kinds, threshold)
    return Tree(
        np.r_[_numbers(said["split_feature"], int), np.full(len(leaf), -1)],
        np.r_[threshold, pad],
        left,
        right,
        np.r_[missing, pad > 0],
        np.r_[np.zeros(inner), leaf][:, None],
        np.r_[_numbers(said["internal_count"]), _numbers(said["leaf_count"])],
        _categories(said, kinds, threshold),
    )


def _children(found: np.ndarray, inner: int) -> np.ndarray:
    # Leaves are counted from -1 downwards.
    return np.where(found >= 0, found, inner - 1 - found)


def _missing_left(kinds: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """Return where missing values go; where there were none in training, they count as 0."""
    handled = (kinds >> 2) & 3
    by_category = (kinds & CATEGORICAL) > 0
    if (handled[~by_category] == 1).any():
        raise UnreadableModel("zeros count as missing in this LightGBM model")
    as_zero = (handled == 0) & (threshold >= 0)
    left = np.where(handled == 2, (kinds & DEFAULT_LEFT) > 0, as_zero)
    return np.asarray(left & ~by_category)


def _categories(
    said: dict[str, str], kinds: np.ndarray, threshold: np.ndarray
) -> dict[int, np.ndarray]:
    nodes = np.flatnonzero(kinds & CATEGORICAL)
    if not len(nodes):
        return {}
    edges, words = _numbers(said["cat_boundaries"], int), _numbers(said["cat_threshold"], np.uint32)
    found = {}
    for node in nodes:
        place = int(threshold[node])
        part = words[edges[place] : edges[place + 1]]
        bits = np.unpackbits(part.view(np.uint8), bitorder="little")
        found[int(node)] = np.flatnonzero(bits)
    return found
