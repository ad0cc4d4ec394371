"""What is to be said about rows under a contract: refused, or answered and flagged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from app.lab.contract.column import Column
from app.lab.contract.contract import Contract

LARGEST = 1e38
SHOWN = 60


@dataclass(frozen=True)
class Remark:
    """One thing about one column.

    Parameters
    ----------
    column : str
    kind : {"absent", "missing", "kind", "unseen", "outside"}
    words : str
        One sentence that names column, value and what is allowed.
    """

    column: str
    kind: Literal["absent", "missing", "kind", "unseen", "outside"]
    words: str


def refusals(contract: Contract, row: Mapping[str, Any]) -> tuple[Remark, ...]:
    """Return why a row cannot be answered, all reasons at once.

    Parameters
    ----------
    contract : Contract
    row : mapping of str to value
        Plain JSON values by column; dates as ISO texts or datetimes.

    Returns
    -------
    tuple of Remark
        Empty when it can be answered. Columns the contract does not name are not looked at.
    """
    found = (_refusal(column, row) for column in contract.columns)
    return tuple(remark for remark in found if remark is not None)


def _refusal(column: Column, row: Mapping[str, Any]) -> Remark | None:
    if column.name not in row:
        return Remark(column.name, "absent", f"{column.name}: the column is not there")
    value = row[column.name]
    if value is None:
        if column.missing:
            return None
        return Remark(
            column.name,
            "missing",
            f"{column.name}: it must not be missing; no training row misses it",
        )
    if fits(column, value):
        return None
    wanted = {
        "number": "a number",
        "whole": "a whole number",
        "flag": "true or false",
        "text": "a text",
        "date": "a date such as 2024-05-31",
    }[column.kind]
    return Remark(column.name, "kind", f"{column.name}: {repr(value)[:SHOWN]} is not {wanted}")


def fits(column: Column, value: Any) -> bool:
    """Say whether a value that is not missing is of the column's kind.

    Parameters
    ----------
    column : Column
    value : object

    Returns
    -------
    bool
    """
    if column.kind == "flag":
        return isinstance(value, bool)
    if column.kind == "text":
        return isinstance(value, str)
    if column.kind == "date":
        return isinstance(value, datetime) or (isinstance(value, str) and _is_date(value))
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        return False
    return column.kind == "number" or float(value).is_integer()


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def remarks(contract: Contract, row: Mapping[str, Any]) -> tuple[Remark, ...]:
    """Return in what a row lies outside what training rows held; it is answered all the same.

    Parameters
    ----------
    contract : Contract
    row : mapping of str to value
        One that `refusals` has nothing against.

    Returns
    -------
    tuple of Remark
    """
    found = (_remark(column, row[column.name]) for column in contract.columns)
    return tuple(remark for remark in found if remark is not None)


def _remark(column: Column, value: Any) -> Remark | None:
    if value is None or column.kind == "flag":
        return None
    if column.kind == "text":
        # Beyond the levels that are written down nothing can be said.
        if value in column.levels or column.all_levels > len(column.levels):
            return None
        words = f"{column.name}: training rows never held “{value[:SHOWN]}”"
        return Remark(column.name, "unseen", words)
    if column.low is None or column.high is None or _inside(column, value):
        return None
    ends = f"{_short(column.low)} to {_short(column.high)}"
    words = f"{column.name}: {_short(value)} lies outside the training rows ({ends})"
    return Remark(column.name, "outside", words)


def _inside(column: Column, value: Any) -> bool:
    if column.kind == "date":
        low, high, at = (_naive(v) for v in (column.low, column.high, value))
        return bool(low <= at <= high)
    return float(column.low or 0.0) <= float(value) <= float(column.high or 0.0)


def _naive(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found.replace(tzinfo=None)


def _short(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, int | float) else str(value)[:19]
