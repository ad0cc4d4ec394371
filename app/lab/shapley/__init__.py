"""Shapley values of a rung's predictions, folded back onto the user's columns.

They say which columns a prediction is built from. They do not say what would happen if a
column were changed in the world.
"""

from app.lab.shapley.attribution import Attribution
from app.lab.shapley.cohorts import CohortColumn, compare_cohorts
from app.lab.shapley.explanation import explain, prepare
from app.lab.shapley.groups import column_groups, group_attribution
from app.lab.shapley.importance import Importance, importance
from app.lab.shapley.partner import strongest_partner
from app.lab.shapley.stability import ColumnStability, RefitImportance, refit_importance

__all__ = [
    "Attribution",
    "CohortColumn",
    "ColumnStability",
    "Importance",
    "RefitImportance",
    "column_groups",
    "compare_cohorts",
    "explain",
    "group_attribution",
    "importance",
    "prepare",
    "refit_importance",
    "strongest_partner",
]
