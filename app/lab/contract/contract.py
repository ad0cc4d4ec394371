"""The contract as a whole: derived from training rows, kept as plain JSON, editable by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from app.lab.contract.column import KINDS, Column, column_of

FORMAT = 1


class ContractError(ValueError):
    """A contract that cannot be read, with what is wrong and what is allowed."""


@dataclass(frozen=True)
class Contract:
    """What every row must hold to be answered.

    Parameters
    ----------
    columns : tuple of Column
        In the order in which the model was fitted.
    target : str
    task : {"binary", "multiclass", "regression", "forecasting", "ranking"}
    classes : tuple of str
        Names of the classes, for several classes.
    rows : int
        Number of training rows it was derived from.
    """

    columns: tuple[Column, ...]
    target: str
    task: str
    classes: tuple[str, ...] = ()
    rows: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    def part(self, names: Collection[str]) -> Contract:
        """Return the contract of some columns only.

        Parameters
        ----------
        names : collection of str

        Returns
        -------
        Contract
            In the order of this one.
        """
        kept = tuple(column for column in self.columns if column.name in names)
        return Contract(kept, self.target, self.task, self.classes, self.rows)

    def to_json(self) -> dict[str, Any]:
        """Return plain data.

        Returns
        -------
        dict
        """
        return {
            "format": FORMAT,
            "task": self.task,
            "target": self.target,
            "classes": list(self.classes),
            "rows": self.rows,
            "columns": [column.to_json() for column in self.columns],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Contract:
        """Read a contract from plain data.

        Parameters
        ----------
        data : mapping

        Returns
        -------
        Contract

        Raises
        ------
        ContractError
            Naming the column and what is wrong with it.
        """
        if data.get("format") != FORMAT:
            raise ContractError(
                f"the contract has format {data.get('format')!r}; this version reads {FORMAT}"
            )
        columns = tuple(_column(given) for given in data.get("columns", ()))
        names = [column.name for column in columns]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ContractError(f"the contract names the column {twice!r} twice; take one out")
        return cls(
            columns,
            str(data.get("target", "")),
            str(data.get("task", "")),
            tuple(str(name) for name in data.get("classes", ())),
            int(data.get("rows", 0)),
        )


def _column(given: Mapping[str, Any]) -> Column:
    try:
        found = Column(**{**given, "levels": tuple(given.get("levels", ()))})
    except TypeError as error:
        raise ContractError(
            f"the column {given.get('name')!r} of the contract cannot be read: {error}"
        ) from None
    if found.kind not in KINDS:
        raise ContractError(
            f"the column {found.name!r} of the contract has the kind {found.kind!r}; "
            f"allowed are {', '.join(KINDS)}"
        )
    return found


def contract_of(
    frame: pd.DataFrame,
    target: str = "",
    task: str = "",
    classes: tuple[str, ...] = (),
    units: Mapping[str, str] | None = None,
    meanings: Mapping[str, str] | None = None,
    derived: Collection[str] = (),
) -> Contract:
    """Derive the contract from training rows.

    Parameters
    ----------
    frame : DataFrame
        Inputs of the training rows: only columns known at the decision.
    target, task : str
    classes : tuple of str
    units, meanings : mapping of str to str, optional
        By column.
    derived : collection of str
        Columns that are made from the past of the target.

    Returns
    -------
    Contract
    """
    units, meanings = units or {}, meanings or {}
    columns = tuple(
        column_of(
            frame[name], units.get(str(name), ""), meanings.get(str(name), ""), name in derived
        )
        for name in frame.columns
    )
    return Contract(columns, target, task, classes, len(frame))
