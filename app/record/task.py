"""Kinds of prediction, in words."""

from __future__ import annotations

from collections.abc import Mapping

TASKS: Mapping[str, str] = {
    "binary": "Yes or no (binary)",
    "multiclass": "Which of several (multiclass)",
    "regression": "How much (regression)",
    "forecasting": "How much, ahead of time (forecasting)",
    "ranking": "In which order (ranking)",
}
SHORT: Mapping[str, str] = {
    "binary": "yes or no",
    "multiclass": "which of several",
    "regression": "how much",
    "forecasting": "how much, ahead",
    "ranking": "in which order",
}
