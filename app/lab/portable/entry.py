"""What a prediction log keeps of an answered row: the same in every service of a model."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.lab.contract import Remark
from app.lab.portable.ladder import Decision, Given, Ladder, worded

# Under which a client may ask for its answer to be logged.
NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
COLUMNS = (
    ("id", "at", "version", "answered_by", "answer", "flags", "trouble", "row")
    + ("ms", "asked")
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One answered row; texts are made of it by whoever writes it, not while someone waits.

    Parameters
    ----------
    id : str
        Name of the request, with the place of the row where there are many.
    at : str
        ISO text in UTC.
    version : int or str
    answered_by : str
        Rung of the fallback ladder.
    answer : mapping
        Prediction, and the decision on it.
    remarks : tuple of Remark
        What is unusual about the row.
    trouble : tuple of str
        Why rungs above did not answer.
    row : mapping of str to value
    ms : float
        Milliseconds from the request to the answer, for all its rows.
    asked : int
        Rows of the request.
    """

    id: str
    at: str
    version: int | str
    answered_by: str
    answer: Mapping[str, Any]
    remarks: tuple[Remark, ...]
    trouble: tuple[str, ...]
    row: Mapping[str, Any]
    ms: float = 0.0
    asked: int = 1

    @property
    def flags(self) -> list[str]:
        """What is unusual about the row, in words."""
        return [remark.words for remark in self.remarks]

    @property
    def told(self) -> dict[str, Any]:
        """The answer as its asker gets it."""
        return {**self.answer, "flags": self.flags, "answered_by": self.answered_by}

    def values(self) -> tuple[Any, ...]:
        """Return what a table with the columns of ``COLUMNS`` holds.

        Returns
        -------
        tuple
        """
        texts = [
            json.dumps(part, ensure_ascii=False, default=str)
            for part in (self.answer, self.flags, self.trouble, self.row)
        ]
        head = (self.id, self.at, self.version, self.answered_by)
        return (*head, *texts, self.ms, self.asked)


def entries_of(
    decision: Decision,
    ladder: Ladder,
    rows: Sequence[Mapping[str, Any]],
    given: Given,
    name: str,
    at: str,
    ms: float,
) -> list[Entry]:
    """Put answers into words, with what is unusual about each row.

    Parameters
    ----------
    decision : Decision
    ladder : Ladder
    rows : sequence of mapping, length n
    given : Given
        Answers to them.
    name : str
        Of the request.
    at : str
        When it was answered, as ISO text.
    ms : float
        How long it took.

    Returns
    -------
    list of Entry, length n
    """
    return [
        Entry(
            name if len(rows) == 1 else f"{name}:{place}",
            at,
            ladder.version,
            given.by[place],
            worded(decision, ladder.contract, given.values[place], given.by[place]),
            ladder.remarks(row),
            given.trouble,
            row,
            ms,
            len(rows),
        )
        for place, row in enumerate(rows)
    ]
