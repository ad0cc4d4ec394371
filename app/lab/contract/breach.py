"""What a whole table breaks of a contract."""

from __future__ import annotations

import pandas as pd

from app.lab.contract.column import Column
from app.lab.contract.contract import Contract
from app.lab.contract.remark import Remark


def breaches(contract: Contract, frame: pd.DataFrame) -> tuple[Remark, ...]:
    """Return what a table breaks of a contract, one remark a column at most.

    Parameters
    ----------
    contract : Contract
    frame : DataFrame
        Values as a table holds them.

    Returns
    -------
    tuple of Remark
        What would be refused; columns the contract does not name are not looked at.
    """
    found = []
    for column in contract.columns:
        if column.name not in frame.columns:
            found.append(Remark(column.name, "absent", f"{column.name}: the column is not there"))
            continue
        series = frame[column.name]
        holes = int(series.isna().sum())
        if holes and not column.missing:
            words = f"{column.name}: {holes:,} of {len(series):,} values are missing; none may be"
            found.append(Remark(column.name, "missing", words))
        elif not series_fits(column, series):
            words = f"{column.name}: holds {series.dtype}, the contract says {column.kind}"
            found.append(Remark(column.name, "kind", words))
    return tuple(found)


def series_fits(column: Column, series: pd.Series) -> bool:
    """Say whether the values of a column that are not missing are of its kind.

    Parameters
    ----------
    column : Column
    series : Series

    Returns
    -------
    bool
    """
    known = series.dropna()
    if not len(known):
        return True
    types = pd.api.types
    if column.kind == "date":
        return bool(types.is_datetime64_any_dtype(series))
    if column.kind == "flag":
        return bool(types.is_bool_dtype(known))
    numeric = types.is_numeric_dtype(series) and not types.is_bool_dtype(series)
    return not numeric if column.kind == "text" else bool(numeric)
