"""A contract changed by hand: what a person knows about a column and the training rows do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.lab.contract import Column, Contract, ContractError


@dataclass(frozen=True)
class Edit:
    """What a person changes about one column; what is empty stays as derived.

    Parameters
    ----------
    column : str
    low, high : str
        Ends of the allowed range, as texts: numbers, or dates such as 2024-05-31.
    levels : tuple of str
        The allowed texts, all of them.
    missing : bool or None
        Whether a value may be missing.
    """

    column: str
    low: str = ""
    high: str = ""
    levels: tuple[str, ...] = ()
    missing: bool | None = None


def edited(contract: Contract, edits: Sequence[Edit]) -> Contract:
    """Return the contract with edits applied.

    Parameters
    ----------
    contract : Contract
    edits : sequence of Edit
        Those of columns that the contract does not name are left out.

    Returns
    -------
    Contract

    Raises
    ------
    ContractError
        Naming the column, the value and what is allowed.
    """
    wanted = {edit.column: edit for edit in edits}
    columns = tuple(
        _changed(column, wanted[column.name]) if column.name in wanted else column
        for column in contract.columns
    )
    return replace(contract, columns=columns)


def _changed(column: Column, edit: Edit) -> Column:
    found = column
    if edit.missing is not None:
        found = replace(found, missing=edit.missing)
    if edit.levels:
        if column.kind != "text":
            raise ContractError(
                f"{column.name}: it holds {column.kind} values, so a list of allowed texts cannot "
                "be kept; give a range instead"
            )
        levels = tuple(dict.fromkeys(edit.levels))
        found = replace(found, levels=levels, all_levels=len(levels))
    if edit.low or edit.high:
        found = _ranged(found, edit)
    return found


def _ranged(column: Column, edit: Edit) -> Column:
    if column.kind not in ("number", "whole", "date"):
        raise ContractError(
            f"{column.name}: it holds {column.kind} values, which have no range; list the allowed "
            "values instead"
        )
    low = _end(column, edit.low) if edit.low else column.low
    high = _end(column, edit.high) if edit.high else column.high
    if low is not None and high is not None and _order(low) > _order(high):
        raise ContractError(
            f"{column.name}: the range starts at {low} and ends at {high}; the start must not be "
            "above the end"
        )
    return replace(column, low=low, high=high)


def _end(column: Column, text: str) -> float | str:
    try:
        if column.kind == "date":
            return datetime.fromisoformat(text.strip()).replace(tzinfo=None).isoformat()
        number = float(text)
    except ValueError:
        wanted = "a date such as 2024-05-31" if column.kind == "date" else "a number such as 12.5"
        raise ContractError(
            f"{column.name}: {text!r} is no end of a range; give {wanted}"
        ) from None
    if not abs(number) < 1e38:
        raise ContractError(f"{column.name}: {text!r} is no end of a range; give a finite number")
    return number


def _order(end: float | str) -> float:
    if isinstance(end, str):
        return datetime.fromisoformat(end).replace(tzinfo=None).timestamp()
    return float(end)
