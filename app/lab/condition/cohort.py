"""Rows that meet up to three conditions, under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from app.lab.condition.condition import Condition
from app.lab.condition.kinds import ConditionError

MOST_COLUMNS = 3
LONGEST_NAME = 80


@dataclass(frozen=True)
class Cohort:
    """Rows that somebody wants to watch.

    Parameters
    ----------
    name : str
        1 to 80 characters.
    conditions : tuple of Condition
        Joined by and; on at most three columns, at most two on each.

    Raises
    ------
    ConditionError
        If the name is empty or too long, or the conditions are none or too many.
    """

    name: str
    conditions: tuple[Condition, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not 1 <= len(self.name.strip()) <= LONGEST_NAME:
            raise ConditionError(f"a cohort needs a name of 1 to {LONGEST_NAME} characters")
        check_count(self.conditions)

    @property
    def words(self) -> str:
        """The conditions as a person reads them."""
        return joined(self.conditions)

    def check(self, frame: pd.DataFrame) -> None:
        """Check every condition against the columns of a frame.

        Parameters
        ----------
        frame : DataFrame

        Raises
        ------
        ConditionError
            Of the first condition that does not fit.
        """
        for condition in self.conditions:
            condition.check(frame)

    def mask(self, frame: pd.DataFrame) -> np.ndarray:
        """Return which rows belong to the cohort.

        Parameters
        ----------
        frame : DataFrame, n rows

        Returns
        -------
        ndarray of bool, shape (n,)
        """
        return mask_of(self.conditions, frame)

    def to_json(self) -> dict[str, Any]:
        """Return the cohort as plain JSON."""
        return {"name": self.name, "conditions": [c.to_json() for c in self.conditions]}

    @classmethod
    def from_json(cls, raw: Any) -> Cohort:
        """Read a cohort from plain JSON.

        Parameters
        ----------
        raw : mapping
            With ``name`` and ``conditions``.

        Returns
        -------
        Cohort

        Raises
        ------
        ConditionError
            If it is anything else.
        """
        if not isinstance(raw, Mapping) or not isinstance(raw.get("conditions"), (list, tuple)):
            raise ConditionError("a cohort is an object with a name and a list of conditions")
        conditions = tuple(Condition.from_json(part) for part in raw["conditions"][:100])
        return cls(raw.get("name", ""), conditions)


def joined(conditions: tuple[Condition, ...]) -> str:
    """Return conditions as one sentence part.

    Parameters
    ----------
    conditions : tuple of Condition

    Returns
    -------
    str
        Such as ``"origin is EWR and wx_wind_mph > 20"``.
    """
    return " and ".join(condition.words for condition in conditions)


def mask_of(conditions: tuple[Condition, ...], frame: pd.DataFrame) -> np.ndarray:
    """Return for which rows all conditions hold.

    Parameters
    ----------
    conditions : tuple of Condition
    frame : DataFrame, n rows

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    found = np.ones(len(frame), dtype=bool)
    for condition in conditions:
        found &= condition.mask(frame)
    return found


def check_count(conditions: tuple[Condition, ...]) -> None:
    """Check that there are neither too few nor too many conditions.

    Parameters
    ----------
    conditions : tuple of Condition

    Raises
    ------
    ConditionError
        If there is none, more than three columns, or more than two conditions on a column.
    """
    columns = [condition.column for condition in conditions]
    if not columns:
        raise ConditionError("give at least one condition, such as  delay > 10")
    if len(set(columns)) > MOST_COLUMNS:
        raise ConditionError(
            f"the conditions are on {len(set(columns))} columns; at most {MOST_COLUMNS}: more "
            "leaves too few rows to say anything"
        )
    for name in set(columns):
        if columns.count(name) > 2:
            raise ConditionError(f"{name} has {columns.count(name)} conditions; at most two")
