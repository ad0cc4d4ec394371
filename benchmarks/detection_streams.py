"""Streams of forty days with a change on day twenty, one of eleven kinds, after four quiet weeks.

Read by our benchmark and by those of the peers alike; needs numpy and pandas only.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

REFERENCE_DAYS, DAYS, CHANGE = 28, 40, 20
FIRST = np.datetime64("2025-01-06")
INPUT_CHANGES = (
    "large covariate shift",
    "small covariate shift",
    "gradual covariate shift",
    "prior shift",
    "unit change",
    "null spike",
    "new category",
    "stuck column",
)
OTHERS = ("concept shift", "harmless shift", "correlation break")
KINDS = (*INPUT_CHANGES, *OTHERS)
# An input that the model overlooks matters, and moves.
BLIND = "overlooked covariate shift"
NUMBERS, CATEGORIES = 12, 6


def stream(kind: str, seed: int, per_day: int = 1500, season: float = 0.0) -> pd.DataFrame:
    """Rows of reference and current days with 20 inputs, score, label; ``day`` counts from -28.

    A kind that is not one of ``KINDS`` changes nothing. ``season`` moves weekends.
    """
    rng = np.random.default_rng([seed, 7])
    days = np.arange(-REFERENCE_DAYS, DAYS)
    day = np.repeat(days, rng.poisson(per_day, len(days)))
    struck = day >= CHANGE
    x = world(kind, day, season, rng)
    truth = score_of(x)
    if kind == BLIND:
        truth = truth + 0.8 * x["x4"]
    if kind == "concept shift":
        turned = -1.2 - 0.6 * x["x1"] - 0.7 * x["x2"] + 0.4 * (x["x3"] - 3)
        truth = np.where(struck, turned, truth)
    label = (rng.random(len(day)) < 1 / (1 + np.exp(-truth))).astype(int)
    keep = np.ones(len(day), dtype=bool)
    if kind == "prior shift":
        # Positives come about twice as often: most of the negatives stay away.
        keep = ~(struck & (label == 0) & (rng.random(len(day)) < 0.6))
    seen = logged(kind, x, struck, rng)
    frame = pd.DataFrame(seen)
    frame["score"] = 1 / (1 + np.exp(-score_of(seen)))
    frame["label"], frame["day"] = label, day
    return frame[keep].reset_index(drop=True)


def world(
    kind: str, day: np.ndarray, season: float, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """The inputs as they really are."""
    n, struck = len(day), day >= CHANGE
    ramp = np.where(struck, np.clip((day - CHANGE + 1) / 10, 0, 1), 0.0)
    weekend = np.isin((day + REFERENCE_DAYS) % 7, (5, 6))
    x = {f"x{i}": rng.normal(size=n) if i % 3 else rng.gamma(3, 1, n) for i in range(NUMBERS)}
    x["x1"] = x["x1"] + season * weekend
    x |= {f"k{i}": rng.poisson(4 + i, n) for i in range(2)}
    for i in range(CATEGORIES):
        levels = np.array([f"L{j}" for j in range(4 + 3 * i)])
        shares = 1 / np.arange(1, len(levels) + 1)
        x[f"c{i}"] = rng.choice(levels, n, p=shares / shares.sum())
    x["c1"] = np.where((season > 0) & weekend & (rng.random(n) < 0.5), "L0", x["c1"])
    moved = {
        "large covariate shift": {"x1": 0.8 * struck, "x2": 0.5 * struck},
        "small covariate shift": {"x1": 0.15 * struck},
        "gradual covariate shift": {"x1": 0.6 * ramp},
        "harmless shift": {"x11": 1.0 * struck},
        BLIND: {"x4": 1.0 * struck},
    }
    for name, by in moved.get(kind, {}).items():
        x[name] = x[name] + by
    return x


def logged(
    kind: str, x: dict[str, np.ndarray], struck: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """The inputs as they reach the model."""
    some = rng.random(len(struck))
    changed = {
        "unit change": ("x3", struck, 2.54 * x["x3"]),
        "null spike": ("x2", struck & (some < 0.08), np.full(len(some), np.nan)),
        "new category": ("c2", struck & (some < 0.03), np.full(len(some), "new")),
        "stuck column": ("x5", struck & (some < 0.5), np.ones(len(some))),
        "correlation break": ("x2", struck, rng.permutation(x["x2"])),
    }
    if kind not in changed:
        return x
    name, where, value = changed[kind]
    return {**x, name: np.where(where, value, x[name])}


def score_of(x: dict[str, np.ndarray]) -> np.ndarray:
    """The model: log odds; a missing input counts as its mean."""
    filled = np.nan_to_num(x["x2"])
    told = -1.2 + 1.1 * x["x1"] - 0.7 * filled + 0.4 * (x["x3"] - 3)
    return np.asarray(told + 0.8 * (x["c0"] == "L1"))


def dates(day: np.ndarray) -> np.ndarray:
    """ISO dates of day numbers."""
    return (FIRST + REFERENCE_DAYS + np.asarray(day)).astype(str)
