"""A judgment: good, watch or stop, because of one number."""

from __future__ import annotations

from typing import Literal

from app.record.record import Record

Level = Literal["good", "watch", "stop"]
LEVELS: tuple[Level, ...] = ("stop", "watch", "good")


class Finding(Record):
    """One judgment on a stage.

    Parameters
    ----------
    key : str
        Name within its stage.
    level : {"good", "watch", "stop"}
    title : str
        The judgment in one short sentence.
    detail : str
        What it rests on, with the numbers.
    because : str or None
        Key of the measure it follows from.
    do : str
        What to do next.
    question : str or None
        Key of the question in which it can be mended.
    """

    key: str
    level: Level
    title: str
    detail: str = ""
    because: str | None = None
    do: str = ""
    question: str | None = None
