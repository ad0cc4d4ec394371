"""What people add to a review: evidence they attach, rows set aside with a reason, comments."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from app.record.answers import Answers
from app.record.project import Project
from app.record.question import ask
from app.record.record import Record

KEY = "review"
MOST_COMMENTS = 500
HOW: dict[str, str] = {
    "documented": "Done by hand, or written down",
    "automated": "Done by a machine, again and again",
    "not_applicable": "Does not apply here",
}


class Attached(Record):
    """What a person says about one row of readiness; scores 0.5, 1, or is set aside."""

    how: Literal["documented", "automated", "not_applicable"]
    text: str = Field(default="", max_length=2000)
    link: str = Field(default="", max_length=500)
    by: str = Field(default="", max_length=120)
    on: date | None = None

    @field_validator("link")
    @classmethod
    def _leads_somewhere(cls, link: str) -> str:
        """Take only addresses that a browser may open, and paths."""
        word = link.strip()
        if ":" in word.split("/")[0] and not word.lower().startswith(("https://", "http://")):
            raise ValueError("a link starts with https:// or http://, or is a path")
        return word

    @property
    def says_something(self) -> bool:
        """Whether there is a text or a link, without which nothing counts."""
        return bool(self.text.strip() or (self.link and self.how != "not_applicable"))


class Comment(Record):
    """A remark of a human reviewer on a section, and how it was settled."""

    section: str = Field(min_length=1, max_length=8)
    text: str = Field(min_length=1, max_length=4000)
    by: str = Field(default="", max_length=120)
    on: date | None = None
    resolution: str = Field(default="", max_length=4000)
    resolved_by: str = Field(default="", max_length=120)
    resolved_on: date | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has settled it."""
        return not self.resolution.strip()


class Review(Answers):
    """What people say about the project as a whole; no stage measures it."""

    stage: ClassVar[str] = KEY

    attached: dict[str, Attached] = ask(
        "What shows that it is done?",
        because="A row counts by what is attached to it, never by a tick.",
        default={},
        kind="custom",
        measured=False,
    )
    comments: tuple[Comment, ...] = ask(
        "What does a reviewer say?",
        because="A comment is settled by an answer, not by silence.",
        default=(),
        kind="custom",
        measured=False,
    )

    @field_validator("comments")
    @classmethod
    def _not_too_many(cls, comments: tuple[Comment, ...]) -> tuple[Comment, ...]:
        if len(comments) > MOST_COMMENTS:
            raise ValueError(f"at most {MOST_COMMENTS} comments are kept; settle some first")
        return comments


def review_of(project: Project) -> Review:
    """Return what people said; what cannot be read is left out."""
    return Review.read(project.answers.get(KEY, {}))[0]


def attached(project: Project, item: str, what: Attached | None) -> Project:
    """Return the project with the evidence of one row put in place, or taken away."""
    rows: dict[str, Any] = {
        key: one.to_json() for key, one in review_of(project).attached.items() if key != item
    }
    if what is not None:
        rows[item] = what.to_json()
    return project.answered(KEY, {"attached": rows})


def commented(project: Project, comments: tuple[Comment, ...]) -> Project:
    """Return the project with these comments."""
    return project.answered(KEY, {"comments": [one.to_json() for one in comments]})
