"""The data contract of a project, for every stage and export that needs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from app.lab.contract import Contract, contract_of
from app.lab.contract_edit import Edit, edited
from app.lab.problem import Problem
from app.record.project import Project


def project_contract(
    project: Project, problem: Problem, frame: pd.DataFrame, rules: Sequence[Any] = ()
) -> Contract:
    """Return what rows must hold: derived from the training rows, then changed by hand.

    ``frame`` holds the inputs of all the kept rows; ``rules`` are the column rules of the stage
    reproducibility. Raises `ContractError` for a rule that cannot be.
    """
    made = () if problem.derived is None else tuple(str(name) for name in problem.derived.columns)
    derived = contract_of(
        frame.iloc[problem.split.train],
        str(project.answers.get("data", {}).get("target", "")),
        problem.task,
        problem.classes,
        {column.name: column.unit for column in project.data.columns},
        {column.name: column.meaning for column in project.data.columns},
        made,
    )
    return edited(derived, [_edit(rule) for rule in rules])


def _edit(rule: Any) -> Edit:
    missing = {"yes": True, "no": False}.get(rule.missing)
    return Edit(rule.column, rule.low.strip(), rule.high.strip(), tuple(rule.levels), missing)
