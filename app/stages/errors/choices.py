"""What is asked about the errors."""

from __future__ import annotations

from typing import ClassVar

from app.record.answers import Answers
from app.record.question import ask
from app.record.record import Record

CAUSES = {
    "": "not yet coded",
    "label_wrong": "The label is wrong",
    "input_wrong": "An input is wrong or missing",
    "signal_missing": "Nothing in the row could have told",
    "rare_case": "A rare kind of case",
    "model_weak": "The model should have known",
    "ambiguous": "People would disagree too",
}


class RowNote(Record):
    """What a person says about one wrong row."""

    row: int
    cause: str = ""
    comment: str = ""


class Choices(Answers):
    """How the errors are looked at, and what you saw in them."""

    stage: ClassVar[str] = "errors"

    explained_rows: int = ask(
        "How many rows are explained?",
        because="A thousand rows give nearly the same ranking of columns as all of them.",
        default=800,
        ge=50,
        le=5000,
        unit="rows",
        group="How to look",
    )
    conditions: int = ask(
        "How many conditions may a slice have?",
        because="More conditions find narrower slices, and more false ones to correct for.",
        default=2,
        ge=1,
        le=2,
        unit="conditions",
        group="How to look",
    )
    notes: tuple[RowNote, ...] = ask(
        "What went wrong in the worst rows?",
        because="Twenty rows read by a person say more than another thousand trees.",
        default=(),
        kind="custom",
        measured=False,
        group="What you saw",
    )
    next_step: str = ask(
        "What will you do about it first?",
        because="An error analysis that changes nothing was a waste of a day.",
        default="",
        kind="long_text",
        group="What you saw",
    )
