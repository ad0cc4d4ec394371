"""Conditions on the columns of a frame, and cohorts of rows made of them."""

from app.lab.condition.cohort import MOST_COLUMNS, Cohort
from app.lab.condition.condition import Condition, Op, Value
from app.lab.condition.kinds import ConditionError, Kind, Scalar, kind_of
from app.lab.condition.text import parse_conditions

__all__ = [
    "MOST_COLUMNS",
    "Cohort",
    "Condition",
    "ConditionError",
    "Kind",
    "Op",
    "Scalar",
    "Value",
    "kind_of",
    "parse_conditions",
]
