"""The user's rule for one row: the database stays open, locked down, and the rule stays read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np

from app.lab.contract import Contract
from app.lab.contract.column import Column
from app.lab.contract.request import LONGEST
from app.lab.expression import RuleError, one_expression, rule_columns
from app.lab.rule import LIMIT_S, MEMORY_MB
from app.lab.rule_load import check_load, reads_text
from app.lab.starting_rule import in_quotes

# A letter may take four bytes.
LONGEST_BYTES = 4 * LONGEST
TYPES = {
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "uint8": "UTINYINT",
    "uint16": "USMALLINT",
    "uint32": "UINTEGER",
    "uint64": "UBIGINT",
    "float32": "FLOAT",
    "float64": "DOUBLE",
    "text": "VARCHAR",
    "bool": "BOOLEAN",
    "boolean": "BOOLEAN",
}
LOCKS = (
    "SET enable_external_access=false",
    "SET python_enable_replacements=false",
    "SET autoinstall_known_extensions=false",
    "SET autoload_known_extensions=false",
    "SET allow_community_extensions=false",
    "SET lock_configuration=true",
)


class RuleRow:
    """A rule that has been read, waiting for rows; one caller at a time.

    Parameters
    ----------
    expression : str
        A rule that `rule_columns` lets pass.
    contract : Contract
        Of the columns the rule reads.

    Raises
    ------
    RuleError
        If the rule cannot be read, or texts of the longest kind would be too much for it.
    """

    def __init__(self, expression: str, contract: Contract) -> None:
        names = rule_columns(expression, contract.names)
        columns = {column.name: column for column in contract.columns}
        self.columns = tuple(columns[name] for name in names)
        if reads_text(expression):
            texts = {c.name.lower(): LONGEST_BYTES for c in self.columns if c.kind == "text"}
            check_load(expression, texts, 1, MEMORY_MB)
        given = ", ".join(f"CAST(? AS {_type(c)}) AS {in_quotes(c.name)}" for c in self.columns)
        row = f"(SELECT {given or '1'}) AS rows"
        self.query = f"SELECT ({one_expression(expression)}\n) AS answer FROM {row}"
        self._database = _locked()

    def answer(self, row: Mapping[str, Any]) -> Any:
        """Return what the rule says of one row.

        Parameters
        ----------
        row : mapping of str to value
            Plain values; dates as datetimes.

        Returns
        -------
        object
            As the database gives it, None where it has no answer.

        Raises
        ------
        RuleError
            If it cannot run on this row.
        """
        try:
            values = [row[column.name] for column in self.columns]
            found = self._database.execute(self.query, values).fetchone()
        except duckdb.Error as error:
            raise RuleError(f"the rule cannot run: {str(error).splitlines()[0]}") from None
        return None if found is None else found[0]

    def number(self, row: Mapping[str, Any]) -> float:
        """Return the rule's number for one row, NaN where it has none.

        Parameters
        ----------
        row : mapping of str to value

        Returns
        -------
        float
        """
        found = self.answer(row)
        number = float("nan") if found is None else float(found)
        return number if abs(number) < float("inf") else float("nan")


def _type(column: Column) -> str:
    if column.kind == "date":
        return "TIMESTAMP"
    return TYPES.get(column.dtype.lower(), "DOUBLE")


def _locked() -> duckdb.DuckDBPyConnection:
    settings: dict[str, Any] = {
        "memory_limit": f"{MEMORY_MB}MB",
        "threads": "1",
        "temp_directory": "",
    }
    database = duckdb.connect(":memory:", config=settings)
    database.execute(f"SET max_execution_time={round(1000 * LIMIT_S)}")
    for setting in LOCKS:
        database.execute(setting)
    return database


def text_of(found: Any) -> str | None:
    """Return a rule's answer as the name of a class, as `apply_rule_text` writes it.

    Parameters
    ----------
    found : object

    Returns
    -------
    str or None
    """
    if found is None:
        return None
    if isinstance(found, bool | np.bool_):
        return str(bool(found)).lower()
    if isinstance(found, float) and found.is_integer():
        return str(int(found))
    return str(found)
