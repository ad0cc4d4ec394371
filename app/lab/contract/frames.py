"""From plain values to the table a model was fitted on, and back, to the last bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from app.lab.contract.column import Column
from app.lab.contract.contract import Contract


def frame_of(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows as a table whose columns are of the kinds in training.

    Parameters
    ----------
    contract : Contract
    rows : sequence of mapping
        Plain values that `refusals` has nothing against.

    Returns
    -------
    DataFrame, len(rows) rows
        In the order of the contract; whole numbers with holes become floats.
    """
    return pd.DataFrame(
        {c.name: _series(c, [row[c.name] for row in rows]) for c in contract.columns},
        index=range(len(rows)),
    )


def _series(column: Column, values: list[Any]) -> pd.Series:
    if column.kind == "text":
        return pd.Series(values, dtype=object)
    if column.kind == "date":
        return _dates(column.dtype, values)
    holes = any(value is None for value in values)
    if column.kind == "flag":
        return pd.Series(values, dtype="boolean" if holes else bool)
    if holes and column.kind == "whole":
        return pd.Series([np.nan if v is None else float(v) for v in values], dtype=float)
    plain = np.array([np.nan if v is None else v for v in values], dtype=float)
    if column.kind == "whole":
        # Beyond 2**53 a float would round.
        return pd.Series([int(v) for v in values], dtype=_whole(column.dtype, plain))
    return pd.Series(plain.astype(_float(column.dtype)))


def _float(dtype: str) -> str:
    return dtype if dtype in ("float32", "float64") else "float64"


def _whole(dtype: str, values: np.ndarray) -> str:
    """Return the narrow kind of training where the values fit in, else a wide one."""
    lower = dtype.lower()
    if lower not in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"):
        return "int64"
    ends = np.iinfo(lower)
    fits = not len(values) or (values.min() >= ends.min and values.max() <= ends.max)
    return lower if fits else "int64"


def _dates(dtype: str, values: list[Any]) -> pd.Series:
    zone = getattr(pd.Series(dtype=dtype).dt, "tz", None)
    stamps = [None if v is None else _stamp(v, zone) for v in values]
    return pd.Series(stamps, dtype=dtype)


def _stamp(value: Any, zone: Any) -> pd.Timestamp:
    stamp = pd.Timestamp(value if isinstance(value, datetime) else str(value))
    if zone is None:
        return stamp.tz_convert("UTC").tz_localize(None) if stamp.tzinfo else stamp
    return stamp.tz_localize(zone) if stamp.tzinfo is None else stamp.tz_convert(zone)


def rows_of(contract: Contract, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain JSON values.

    Parameters
    ----------
    contract : Contract
    frame : DataFrame, n rows

    Returns
    -------
    list of dict, length n
        None where missing or infinite; dates as ISO texts; floats written out in full come back
        as the same number.
    """
    columns = {c.name: [_plain(c, cell) for cell in frame[c.name]] for c in contract.columns}
    return [{name: values[i] for name, values in columns.items()} for i in range(len(frame))]


def _plain(column: Column, cell: Any) -> Any:
    if cell is None or pd.isna(cell):
        return None
    if column.kind == "flag":
        return bool(cell)
    if column.kind == "text":
        return str(cell)
    if column.kind == "date":
        return pd.Timestamp(cell).isoformat()
    if column.kind == "whole" and float(cell).is_integer():
        return int(cell)
    number = float(cell)
    return number if np.isfinite(number) and abs(number) < 1e38 else None
