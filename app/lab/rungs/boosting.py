"""Gradient boosting: the strongest rung on most tables."""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from app.lab.rungs.rung import EncodedModel, Fitted, RungKind, Training

ROUNDS = 200
# With few rows small trees and small steps; with many, larger ones and a part of the columns each.
MANY_ROWS = 10_000
COLUMNS = 0.7
# From so many rows on: learning rate and leaves of a tree.
STEPS = ((150_000, 0.15, 127), (50_000, 0.1, 63), (MANY_ROWS, 0.1, 31), (0, 0.05, 15))


def strength(training: Training) -> tuple[int, float, int]:
    """Return rounds, learning rate and leaves that fit the number of rows and classes.

    Parameters
    ----------
    training : Training

    Returns
    -------
    rounds : int
    rate : float
    leaves : int
    """
    n = len(training.y)
    rate, leaves = next((r, k) for least, r, k in STEPS if n >= least)
    rounds = ROUNDS
    if training.classes:
        # One tree a class and round: many classes get fewer, larger steps.
        rounds, rate = max(30, 3 * ROUNDS // len(training.classes)), 0.1
    return rounds, rate, leaves


def fit(training: Training) -> Fitted:
    """Fit histogram gradient boosting with settings that follow the number of rows.

    Parameters
    ----------
    training : Training
        ``options["lean"]`` is "mean", "median" or a quantile in (0, 1), for regression.

    Returns
    -------
    Fitted

    References
    ----------
    Ke et al. (2017), LightGBM, https://papers.nips.cc/paper/6907
    """
    leaf = min(100, max(10, len(training.y) // 200))
    rounds, rate, leaves = strength(training)
    settings: dict[str, Any] = {
        "max_iter": rounds,
        "learning_rate": rate,
        "max_leaf_nodes": leaves,
        "l2_regularization": 1.0,
        "max_features": COLUMNS if len(training.y) >= MANY_ROWS else 1.0,
        "min_samples_leaf": leaf,
        "random_state": training.seed,
        "early_stopping": False,
    }
    model: Any
    if training.form != "regression":
        model = HistGradientBoostingClassifier(**settings)
    else:
        model = HistGradientBoostingRegressor(**settings, **_loss(training.options.get("lean")))
    model.fit(training.matrix, training.y)
    inputs = tuple(dict.fromkeys(training.encoder.sources))
    words = f"{model.n_iter_} small trees, each mending what the ones before got wrong."
    fitted = EncodedModel(training.encoder, model, training.form, len(training.classes))
    return Fitted("boosting", training.form, fitted, inputs, words)


def _loss(lean: object) -> dict[str, Any]:
    if lean == "median":
        return {"loss": "absolute_error"}
    if isinstance(lean, float):
        return {"loss": "quantile", "quantile": min(max(lean, 0.01), 0.99)}
    return {"loss": "squared_error"}


KIND = RungKind(
    "boosting",
    "Gradient boosting",
    "What a table usually gives away at most; if it is not worth it, little else is.",
    fit,
    readable="with SHAP only",
    holes="goes the way that fitted best in training",
)
