"""The rungs of the ladder by key, for every stage that asks about one; light to load."""

from __future__ import annotations

from collections.abc import Mapping

RUNGS: Mapping[str, str] = {
    "constant": "Constant: always the same answer",
    "user_rule": "Your own rule",
    "one_rule": "Best single column",
    "group_means": "Group means",
    "last_value": "Last known value (forecasting)",
    "seasonal_naive": "Same day of the season before (forecasting)",
    "moving_mean": "Mean of the last four weeks (forecasting)",
    "linear": "Linear model",
    "shallow_tree": "Shallow tree",
    "boosting": "Gradient boosting",
    "lightgbm": "LightGBM (learns the order of lists)",
    "xgboost": "XGBoost (where installed)",
    "catboost": "CatBoost (where installed)",
    "own_estimator": "Your own estimator of scikit-learn",
}
