"""Slices that a person named, read against the table: what they select, and whether in time."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from app.lab.condition import Cohort, Condition, ConditionError, Scalar, parse_conditions
from app.lab.problem import Problem

MOST = 20
FEW = 3
PLAIN_NAME = re.compile(r"[^\W\d]\w*")
RESERVED = ("and", "or", "not", "in", "is", "between", "missing", "one", "of")
SIGNS = {"==": "==", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
QUOTES = (('"', '"'), ("'", "'"), ("“", "”"))


class Note(Protocol):
    """A slice as it was written down."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def where(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class NamedCohort:
    """A slice with a name: its conditions, or why there are none."""

    name: str
    where: str
    cohort: Cohort | None
    later: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def known(self) -> bool:
        """Whether it can be told at the decision who belongs to it."""
        return self.cohort is not None and not self.later

    @property
    def says(self) -> str:
        """Why it cannot be measured, or cannot be watched; empty when all is well."""
        if self.later:
            names = " and ".join(self.later)
            be = "is" if len(self.later) == 1 else "are"
            return (
                f"{names} {be} not known at the decision: the slice can be looked at, but not "
                "watched or decided otherwise."
            )
        return self.trouble

    def mask(self, frame: pd.DataFrame) -> np.ndarray:
        """Return which rows belong to it; none when it could not be read."""
        if self.cohort is None:
            return np.zeros(len(frame), dtype=bool)
        return self.cohort.mask(frame)


def everything(problem: Problem, table: pd.DataFrame) -> pd.DataFrame:
    """Return all columns of the rows that can be used, those made from the past included."""
    found = table.iloc[problem.rows].reset_index(drop=True)
    if problem.derived is None:
        return found
    made = problem.derived[[c for c in problem.derived.columns if c not in found.columns]]
    return pd.concat([found, made.reset_index(drop=True)], axis=1)


def read_cohorts(
    notes: Iterable[Note], frame: pd.DataFrame, inputs: Collection[str]
) -> tuple[NamedCohort, ...]:
    """Read every slice against a table; what is wrong with one is said of that one."""
    found: list[NamedCohort] = []
    taken: set[str] = set()
    for place, note in enumerate(notes):
        name = note.name.strip()
        if place >= MOST:
            trouble = f"At most {MOST} slices are measured; remove one."
            found.append(NamedCohort(name, note.where, None, trouble=trouble))
        elif name.casefold() in taken:
            trouble = "Another slice has this name; give it a name of its own."
            found.append(NamedCohort(name, note.where, None, trouble=trouble))
        else:
            found.append(_read(name, note.where, frame, inputs))
        taken.add(name.casefold())
    return tuple(found)


def _read(name: str, where: str, frame: pd.DataFrame, inputs: Collection[str]) -> NamedCohort:
    try:
        cohort = Cohort(name, parse_conditions(where, frame))
        cohort.check(frame)
    except ConditionError as error:
        return NamedCohort(name, where, None, trouble=_sentence(str(error)))
    columns = dict.fromkeys(condition.column for condition in cohort.conditions)
    return NamedCohort(name, where, cohort, tuple(c for c in columns if c not in inputs))


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "?", "!")) else ".")


def brief(conditions: Iterable[Condition]) -> str:
    """Return conditions in words that fit beside a mark: of a long list only the first values."""
    return " and ".join(_brief(condition) for condition in conditions)


def _brief(condition: Condition) -> str:
    value = condition.value
    if condition.op != "in" or not isinstance(value, tuple) or len(value) <= FEW:
        return condition.words
    first = ", ".join(str(v) for v in value[: FEW - 1])
    return f"{condition.column} is one of {first} or {len(value) - FEW + 1} more"


def as_typed(conditions: Iterable[Condition]) -> str:
    """Return conditions as a person would type them; empty where a value holds every quote."""
    parts = [_typed(condition) for condition in conditions]
    return " and ".join(parts) if all(parts) else ""


def _typed(condition: Condition) -> str:
    column = quoted_column(condition.column)
    if not column:
        return ""
    if condition.op == "is_missing":
        return f"{column} is missing"
    value = condition.value
    values = [_value(v) for v in (value if isinstance(value, tuple) else (value,))]
    if not all(values):
        return ""
    if condition.op == "in":
        return f"{column} in ({', '.join(values)})"
    if condition.op == "between":
        return f"{column} between {values[0]} and {values[1]}"
    return f"{column} {SIGNS[condition.op]} {values[0]}"


def quoted_column(name: str) -> str:
    """Return the name of a column as it is typed in conditions; empty where it cannot be."""
    if PLAIN_NAME.fullmatch(name) and name.lower() not in RESERVED:
        return name
    return "" if "`" in name else f"`{name}`"


def _value(value: Scalar | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value if isinstance(value, int) else float(value))
    text = str(value)
    for left, right in QUOTES:
        if left not in text and right not in text:
            return f"{left}{text}{right}"
    return ""
