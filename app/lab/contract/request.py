"""The request model of a service, generated from the contract."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    create_model,
)

from app.lab.contract.column import Column
from app.lab.contract.contract import Contract
from app.lab.contract.remark import LARGEST

LONGEST = 500


def request_model(contract: Contract, name: str = "Row") -> type[BaseModel]:
    """Return a model that a row of plain JSON must pass.

    Parameters
    ----------
    contract : Contract
    name : str
        Name of the model in OpenAPI.

    Returns
    -------
    type of BaseModel
        Fields ``c0``, ``c1``, … under the columns' names as aliases, for a name may be anything;
        ``model_dump(by_alias=True)`` gives the row back. Unknown columns are refused, so are
        numbers and flags that come as texts.
    """
    fields: dict[str, Any] = {
        f"c{place}": (_type(column), Field(alias=column.name, description=_words(column)))
        for place, column in enumerate(contract.columns)
    }
    found: type[BaseModel] = create_model(
        name, __config__=ConfigDict(extra="forbid", frozen=True), **fields
    )
    return found


def _type(column: Column) -> Any:
    found: Any = {
        "number": Annotated[float, BeforeValidator(_number)],
        "whole": Annotated[int, BeforeValidator(_whole)],
        "flag": StrictBool,
        "text": Annotated[StrictStr, Field(max_length=LONGEST)],
        "date": Annotated[datetime, BeforeValidator(_date)],
    }[column.kind]
    return found | None if column.missing else found


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number, not in quotes")
    if not abs(value) < LARGEST:
        raise ValueError("must be a finite number below 1e38")
    return value


def _whole(value: Any) -> Any:
    _number(value)
    if not float(value).is_integer():
        raise ValueError("must be a whole number")
    return int(value)


def _date(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a date such as 2024-05-31 or 2024-05-31T16:00:00")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a date such as 2024-05-31 or 2024-05-31T16:00:00") from None


def _words(column: Column) -> str:
    parts = [column.meaning]
    if column.unit:
        parts.append(f"In {column.unit}.")
    if column.low is not None:
        parts.append(f"Training rows: {column.low} to {column.high}.")
    if column.levels:
        more = " and others" if column.all_levels > 5 else ""
        parts.append(f"Such as {', '.join(level[:40] for level in column.levels[:5])}{more}.")
    return " ".join(part for part in parts if part)
