"""Boosting from other packages, each where it is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from app.lab.rungs.boosting import COLUMNS, strength
from app.lab.rungs.rung import EncodedModel, Fitted, RungKind, Training

# Each tree sees a part of the columns and rows, as most who run these packages set it.
ROWS = 0.8
# So many rows tell where to cut a column; more would each be copied once more.
BIN_ROWS = 50_000
TASKS = ("binary", "multiclass", "regression", "forecasting", "ranking")


def _words(model: str, rounds: int) -> str:
    return f"{rounds} trees by {model}, each mending what the ones before got wrong."


def _fitted(key: str, name: str, training: Training, model: Any, rounds: int) -> Fitted:
    inputs = tuple(dict.fromkeys(training.encoder.sources))
    fitted = EncodedModel(training.encoder, model, training.form, len(training.classes))
    return Fitted(key, training.form, fitted, inputs, _words(name, rounds))


def _lightgbm(training: Training) -> Fitted:
    from lightgbm import LGBMClassifier, LGBMRanker, LGBMRegressor

    rounds, rate, leaves = strength(training)
    settings: dict[str, Any] = {
        "n_estimators": rounds,
        "learning_rate": rate,
        "num_leaves": leaves,
        "colsample_bytree": COLUMNS,
        "subsample": ROWS,
        "subsample_freq": 1,
        "min_child_samples": min(100, max(10, len(training.y) // 200)),
        "reg_lambda": 1.0,
        "bin_construct_sample_cnt": BIN_ROWS,
        "random_state": training.seed,
        "verbose": -1,
        "n_jobs": 1,
        "deterministic": True,
        "force_row_wise": True,
    }
    matrix = training.matrix
    if training.queries is not None:
        order = np.argsort(training.queries, kind="stable")
        sizes = np.unique(training.queries, return_counts=True)[1]
        model: Any = LGBMRanker(objective="lambdarank", **settings)
        model.fit(matrix[order], np.rint(training.y[order]).astype(int), group=sizes)
        name = "LightGBM, which learn the order of each list (lambdarank)"
        return _fitted("lightgbm", name, training, Raw(model), rounds)
    kind: Any = LGBMRegressor if training.form == "regression" else LGBMClassifier
    model = kind(**settings, **_lean(training))
    model.fit(matrix, training.y)
    return _fitted("lightgbm", "LightGBM", training, Raw(model), rounds)


def _lean(training: Training) -> dict[str, Any]:
    lean = training.options.get("lean")
    if training.form != "regression":
        return {}
    if lean == "median":
        return {"objective": "l1"}
    if isinstance(lean, float):
        return {"objective": "quantile", "alpha": min(max(lean, 0.01), 0.99)}
    return {}


def _xgboost(training: Training) -> Fitted:
    from xgboost import XGBClassifier, XGBRegressor

    rounds, rate, leaves = strength(training)
    settings: dict[str, Any] = {
        "n_estimators": rounds,
        "learning_rate": rate,
        "max_leaves": leaves,
        "colsample_bytree": COLUMNS,
        "subsample": ROWS,
        "max_depth": 0,
        "grow_policy": "lossguide",
        "tree_method": "hist",
        "reg_lambda": 1.0,
        "random_state": training.seed,
        "n_jobs": 1,
    }
    if training.form == "regression":
        model: Any = XGBRegressor(**settings)
        model.fit(training.matrix, training.y)
        return _fitted("xgboost", "XGBoost", training, Raw(model), rounds)
    # It wants classes without a gap in their numbers.
    known, codes = np.unique(training.codes, return_inverse=True)
    model = XGBClassifier(**settings)
    model.fit(training.matrix, codes)
    return _fitted("xgboost", "XGBoost", training, Raw(model, known), rounds)


def _catboost(training: Training) -> Fitted:
    from catboost import CatBoostClassifier, CatBoostRegressor

    rounds = strength(training)[0]
    settings: dict[str, Any] = {
        "iterations": rounds,
        "depth": 6,
        "random_seed": training.seed,
        "thread_count": 1,
        "verbose": False,
        "allow_writing_files": False,
    }
    kind: Any = CatBoostRegressor if training.form == "regression" else CatBoostClassifier
    model = kind(**settings)
    target = training.y if training.form == "regression" else training.codes
    model.fit(training.matrix, target)
    return _fitted("catboost", "CatBoost", training, Raw(model), rounds)


class Raw:
    """A model of another package, answering as one of scikit-learn's does."""

    def __init__(self, model: Any, classes: np.ndarray | None = None) -> None:
        self.model = model
        self.classes = classes

    @property
    def classes_(self) -> np.ndarray:
        """Numbers of the classes it knows."""
        return np.asarray(self.model.classes_ if self.classes is None else self.classes)

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """Return a number a row."""
        return np.asarray(_quietly(self.model.predict, matrix))

    def predict_proba(self, matrix: np.ndarray) -> np.ndarray:
        """Return a probability a class and row."""
        return np.asarray(_quietly(self.model.predict_proba, matrix))


def _quietly(call: Callable[[np.ndarray], Any], matrix: np.ndarray) -> Any:
    import warnings

    with warnings.catch_warnings():
        # LightGBM's own names of columns are not ours to give.
        warnings.filterwarnings("ignore", message="X does not have valid feature names")
        return call(matrix)


def _kind(key: str, title: str, why: str, fit: Callable[[Training], Fitted]) -> RungKind:
    return RungKind(
        key,
        title,
        why,
        fit,
        tasks=TASKS,
        readable="with SHAP only",
        holes="goes the way that fitted best in training",
        needs=key,
    )


KINDS = (
    _kind(
        "lightgbm",
        "LightGBM",
        "Boosting as most teams run it; for lists it learns the order itself.",
        _lightgbm,
    ),
    _kind("xgboost", "XGBoost", "A second opinion on boosting.", _xgboost),
    _kind("catboost", "CatBoost", "Boosting that needs little tuning.", _catboost),
)
