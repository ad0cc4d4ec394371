"""Examples of what can be typed, made of the project's own columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.record.project import Project
from app.stages.data import STAGE as DATA


def conditions(project: Project) -> str:
    """Return conditions of a slice: a frequent value of one column, a tail of another."""
    from app.stages.cohort import quoted_column

    found = _known(project)
    parts = []
    for row in (_first(found, "category"), _first(found, "number")):
        if row is not None and (name := quoted_column(row["name"])):
            typical = row["typical"]
            parts.append(
                f'{name} == "{typical}"' if row["kind"] == "category" else f"{name} > {typical}"
            )
    if parts:
        return "For example: " + " and ".join(parts)
    names = [name for name in map(quoted_column, DATA.chosen(project).known) if name]
    return f"For example: {names[0]} is missing" if names else ""


def rule(project: Project) -> str:
    """Return a rule as one expression over a number that is known, in the kind that is predicted."""
    from app.lab.rule import quoted

    row = _first(_known(project), "number")
    if row is None:
        return ""
    name = quoted(row["name"])
    above = f"{name} > {row['typical']}"
    if project.task == "binary":
        return above
    if project.task == "multiclass":
        likely = _profile(project).get(DATA.chosen(project).target, {}).get("typical", "")
        return f"CASE WHEN {above} THEN '{likely}' END" if likely and "'" not in likely else ""
    return name


def _first(found: list[dict[str, Any]], kind: str) -> dict[str, Any] | None:
    usable = (row for row in found if row["kind"] == kind and row["typical"])
    return next((row for row in usable if '"' not in row["typical"]), None)


def _known(project: Project) -> list[dict[str, Any]]:
    """Return the profiles of the columns known at the decision, as they stand in the table."""
    data = DATA.chosen(project)
    profile = _profile(project)
    return [profile[name] for name in data.known if name in profile and name != data.target]


def _profile(project: Project) -> Mapping[str, dict[str, Any]]:
    evidence = project.evidence.get("data")
    table = evidence.table("profile") if evidence is not None else None
    return {} if table is None else {str(row["name"]): row for row in table.records()}
