"""A table of measured rows."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import field_validator, model_validator

from app.record.record import Record

Cell = bool | int | float | str | None


class Column(Record):
    """One column: its key, heading, unit and how its cells read."""

    key: str
    label: str
    unit: str = ""
    kind: Literal["text", "number", "integer", "share", "currency", "flag"] = "number"
    timing: bool = False
    help: str = ""


class Table(Record):
    """Rows under typed columns.

    Parameters
    ----------
    key, title : str
        Name within its stage, and heading.
    columns : tuple of Column
    rows : tuple of tuple
        One cell a column; None where there is nothing to say.
    note : str
        A sentence below the table.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    @field_validator("rows", mode="before")
    @classmethod
    def _plain_cells(cls, rows: Any) -> Any:
        return tuple(tuple(_plain(cell) for cell in row) for row in rows)

    @model_validator(mode="after")
    def _rows_fit_columns(self) -> Table:
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"table {self.key}: row {number} has {len(row)} cells, "
                    f"expected {len(self.columns)}"
                )
        return self

    def column(self, key: str) -> tuple[Cell, ...]:
        """Return the cells of one column.

        Parameters
        ----------
        key : str
            Key of the column.

        Returns
        -------
        tuple
            One cell a row.
        """
        place = [column.key for column in self.columns].index(key)
        return tuple(row[place] for row in self.rows)

    def records(self) -> list[dict[str, Cell]]:
        """Return the rows as dicts by column key.

        Returns
        -------
        list of dict
        """
        keys = [column.key for column in self.columns]
        return [dict(zip(keys, row, strict=True)) for row in self.rows]


def _plain(cell: Any) -> Cell:
    if cell is None or isinstance(cell, (bool, int, str)):
        return cell
    if hasattr(cell, "item"):
        cell = cell.item()
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, (bool, int, str)):
        return cell
    return str(cell)
