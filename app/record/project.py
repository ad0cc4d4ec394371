"""A project: choices and evidence by stage, plain and immutable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, Self

from pydantic import Field

from app.record.evidence import Evidence
from app.record.record import Record

FORMAT: Final = 1


class DataColumn(Record):
    """A column of the project's table as it came in."""

    name: str
    kind: str
    meaning: str = ""
    unit: str = ""
    known: str = ""


class DataRef(Record):
    """The table a project rests on; the rows themselves live in the store."""

    source: Literal["case", "upload"]
    key: str
    title: str
    content_hash: str
    rows: int
    columns: tuple[DataColumn, ...]
    notes: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """Return the names of the columns in order.

        Returns
        -------
        tuple of str
        """
        return tuple(column.name for column in self.columns)


class Look(Record):
    """One opening of the held-out test rows."""

    stage: str
    digest: str
    at: str


class Project(Record):
    """Choices and evidence by stage key.

    Parameters
    ----------
    format : int
        Version of this layout; older files are migrated when read.
    name : str
    data : DataRef
    seed : int
        Seed of every measurement, 0 to 2**31 - 1.
    answers : dict
        Raw answers by stage key; what is missing takes its default.
    evidence : dict
        `Evidence` by stage key.
    looks : tuple of Look
        Each different measurement that opened the test rows, in order.
    """

    format: Literal[1] = FORMAT
    name: str
    data: DataRef
    seed: int = 0
    answers: dict[str, dict[str, Any]] = Field(default_factory=dict)
    evidence: dict[str, Evidence] = Field(default_factory=dict)
    looks: tuple[Look, ...] = ()

    @property
    def task(self) -> str | None:
        """Task of the project (``"binary"`` or ``"regression"``), None while unknown."""
        task = self.answers.get("data", {}).get("task")
        return task if isinstance(task, str) else None

    def answered(self, stage: str, answers: Mapping[str, Any]) -> Self:
        """Return the project with some answers of a stage changed.

        Parameters
        ----------
        stage : str
            Key of the stage.
        answers : mapping
            New raw answers by question key; others stay.

        Returns
        -------
        Project
        """
        merged = {**self.answers.get(stage, {}), **answers}
        return self.model_copy(update={"answers": {**self.answers, stage: merged}})

    def measured(self, evidence: Evidence) -> Self:
        """Return the project with the evidence of a stage put in place.

        Parameters
        ----------
        evidence : Evidence

        Returns
        -------
        Project
        """
        return self.model_copy(update={"evidence": {**self.evidence, evidence.stage: evidence}})

    def looked(self, look: Look) -> Self:
        """Return the project with an opening of the test rows noted, once per digest.

        Parameters
        ----------
        look : Look

        Returns
        -------
        Project
        """
        if any(old.digest == look.digest for old in self.looks):
            return self
        return self.model_copy(update={"looks": (*self.looks, look)})

    def renamed(self, name: str) -> Self:
        """Return the project under another name.

        Parameters
        ----------
        name : str

        Returns
        -------
        Project
        """
        return self.model_copy(update={"name": name})
