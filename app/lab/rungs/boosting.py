"""Gradient boosting: the strongest rung on most tables."""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from app.lab.rungs.rung import EncodedModel, Fitted, RungKind, Training

SETTINGS = {"learning_rate": 0.05, "max_iter": 200, "max_leaf_nodes": 15, "l2_regularization": 1.0}


def fit(training: Training) -> Fitted:
    """Fit histogram gradient boosting with fixed, careful settings.

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
    settings: dict[str, Any] = {
        **SETTINGS,
        "min_samples_leaf": leaf,
        "random_state": training.seed,
        "early_stopping": False,
    }
    model: Any
    if training.form == "multiclass":
        # One tree a class and round: many classes get fewer rounds.
        rounds = max(30, int(settings["max_iter"]) * 3 // len(training.classes))
        settings |= {"max_iter": rounds, "learning_rate": 0.1}
        model = HistGradientBoostingClassifier(**settings)
    elif training.form == "binary":
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
