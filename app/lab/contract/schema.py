"""The contract as a pandera schema, for whole tables."""

from __future__ import annotations

from typing import Any

from app.lab.contract.breach import series_fits
from app.lab.contract.column import Column
from app.lab.contract.contract import Contract


def pandera_schema(contract: Contract) -> Any:
    """Return the contract as a schema that checks tables.

    Parameters
    ----------
    contract : Contract

    Returns
    -------
    pandera.DataFrameSchema
        Kinds and missing values are enforced; columns it does not name are let through.

    Raises
    ------
    ImportError
        If pandera is not installed.
    """
    import pandera.pandas as pa

    columns = {column.name: _column(column, pa) for column in contract.columns}
    return pa.DataFrameSchema(columns, name=f"inputs of {contract.target}", strict=False)


def _column(column: Column, pa: Any) -> Any:
    check = pa.Check(
        lambda series: series_fits(column, series),
        name=f"is_{column.kind}",
        error=f"{column.name} must hold {column.kind} values",
    )
    return pa.Column(
        None, checks=[check], nullable=column.missing, required=True, title=column.meaning or None
    )
