"""What a stage measured, and from what."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from app.record.chart import Chart
from app.record.measure import Measure
from app.record.record import Record
from app.record.table import Table


class Stamp(Record):
    """When, how long and with what a measurement was taken; differs from run to run."""

    measured_at: str = ""
    seconds: float | None = None
    versions: dict[str, str] = Field(default_factory=dict)


class Evidence(Record):
    """Everything one stage measured.

    Parameters
    ----------
    stage : str
        Key of the stage.
    digest : str
        Fingerprint of all the inputs; the evidence is stale when it no longer matches.
    data_hash : str
        Content hash of the table.
    seed : int
        Seed of all chance in the measurement.
    measures, tables, charts : tuple
    words : dict of str to str
        Measured texts, such as the verdict sentence or a tree in words.
    stamp : Stamp
    """

    stage: str
    digest: str = ""
    data_hash: str = ""
    seed: int = 0
    measures: tuple[Measure, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    words: dict[str, str] = Field(default_factory=dict)
    stamp: Stamp = Stamp()

    def measure(self, key: str) -> Measure | None:
        """Return a measure by key.

        Parameters
        ----------
        key : str

        Returns
        -------
        Measure or None
            None when the stage did not measure it.
        """
        return next((item for item in self.measures if item.key == key), None)

    def value(self, key: str) -> float | None:
        """Return the number of a measure by key.

        Parameters
        ----------
        key : str

        Returns
        -------
        float or None
        """
        found = self.measure(key)
        return found.value if found else None

    def table(self, key: str) -> Table | None:
        """Return a table by key.

        Parameters
        ----------
        key : str

        Returns
        -------
        Table or None
        """
        return next((item for item in self.tables if item.key == key), None)

    def chart(self, key: str) -> Chart | None:
        """Return a chart by key.

        Parameters
        ----------
        key : str

        Returns
        -------
        Chart or None
        """
        return next((item for item in self.charts if item.key == key), None)

    def facts(self) -> dict[str, Any]:
        """Return the part that must be the same byte for byte for the same seed.

        Clock times and the stamp are left out: they differ from run to run.

        Returns
        -------
        dict
            Plain JSON data.
        """
        data = self.to_json()
        data.pop("stamp")
        data["measures"] = [m for m in data["measures"] if not m["timing"]]
        data["charts"] = [c for c in data["charts"] if not c["timing"]]
        data["tables"] = [_without_timings(table) for table in data["tables"]]
        return data


def _without_timings(table: dict[str, Any]) -> dict[str, Any]:
    kept = [i for i, column in enumerate(table["columns"]) if not column["timing"]]
    return {
        **table,
        "columns": [table["columns"][i] for i in kept],
        "rows": [[row[i] for i in kept] for row in table["rows"]],
    }
