"""The shipped real cases: one folder, one case."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import SAMPLES

if TYPE_CHECKING:
    import pandas


class UnknownCase(LookupError):
    """There is no case under that key."""


@dataclass(frozen=True)
class CaseColumn:
    """A column as its datasheet describes it."""

    name: str
    kind: str
    unit: str
    meaning: str
    known: str


@dataclass(frozen=True)
class Tale:
    """A trap in the data, or something that really happened, told."""

    title: str
    text: str
    date: str = ""
    move: str = ""


@dataclass(frozen=True)
class Case:
    """A shipped case: what it is about, its columns, and the answers it is filled with."""

    key: str
    title: str
    place: int
    task: str
    sentence: str
    target: str
    licence: str
    source: str
    rows: int
    content_hash: str
    columns: tuple[CaseColumn, ...]
    folder: Path
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    traps: tuple[Tale, ...] = ()
    incidents: tuple[Tale, ...] = ()

    def datasheet(self) -> str:
        """Return the datasheet as Markdown."""
        return (self.folder / "DATASHEET.md").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def cases() -> tuple[Case, ...]:
    """Return all the shipped cases, in the order in which they are best walked."""
    found = (_read(path.parent) for path in SAMPLES.glob("*/dataset.toml"))
    return tuple(sorted(found, key=lambda case: (case.place, case.key)))


def case(key: str) -> Case:
    """Return one case by its key."""
    for found in cases():
        if found.key == key:
            return found
    known = ", ".join(found.key for found in cases())
    raise UnknownCase(f"there is no case {key!r}; the cases are {known}")


def table(key: str) -> pandas.DataFrame:
    """Return the rows of a case."""
    import pandas as pd

    return pd.read_parquet(case(key).folder / "data.parquet")


def _read(folder: Path) -> Case:
    about = tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))
    answers = folder / "answers.json"
    columns = tuple(
        CaseColumn(
            name=name,
            kind=column.get("kind", ""),
            unit=column.get("unit", ""),
            meaning=column["meaning"],
            known=column["known"],
        )
        for name, column in about["columns"].items()
    )
    return Case(
        key=folder.name,
        title=about["title"],
        place=about["place"],
        task=about["task"],
        sentence=about["sentence"],
        target=about["target"],
        licence=about["licence"],
        source=about["source"],
        rows=about["rows"],
        content_hash=about["content_hash"],
        columns=columns,
        folder=folder,
        answers=json.loads(answers.read_text(encoding="utf-8")) if answers.exists() else {},
        traps=tuple(Tale(**tale) for tale in about.get("traps", ())),
        incidents=tuple(Tale(**tale) for tale in about.get("incidents", ())),
    )
