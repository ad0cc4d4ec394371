"""What is asked about making it again, about the columns it stands on, and about handing it over."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import Field

from app.record.answers import Answers
from app.record.question import ask
from app.record.record import Record

APPROVALS = {
    "draft": "Draft: nobody has looked at it",
    "in_review": "In review",
    "approved": "Approved",
    "rejected": "Rejected",
}
MOST_COLUMNS = 500


class ColumnRule(Record):
    """What a person says about one column of the contract; what is empty stays as derived."""

    column: str = Field(min_length=1, max_length=300)
    low: str = Field(default="", max_length=60)
    high: str = Field(default="", max_length=60)
    levels: tuple[str, ...] = Field(default=(), max_length=250)
    missing: Literal["", "yes", "no"] = ""
    owner: str = Field(default="", max_length=200)

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return self == ColumnRule(column=self.column)


class Registered(Record):
    """Where a version was put into the registry."""

    name: str
    version: str
    digest: str
    alias: str
    uri: str
    at: str


class Choices(Answers):
    """How it is made again, what its rows must hold, and who stands for it."""

    stage: ClassVar[str] = "reproducibility"

    refits: int = ask(
        "With how many other seeds is it fitted again? (0: none)",
        because="A score that jumps with the seed is luck; its interval over the folds does not "
        "show that.",
        default=3,
        ge=0,
        le=20,
        unit="seeds",
        group="Measured again",
    )
    contract: tuple[ColumnRule, ...] = ask(
        "What do you know about the columns that the training rows do not show?",
        because="The training rows show what there was, not what is allowed.",
        default=(),
        kind="custom",
        group="The data contract",
    )
    most_refused: float = ask(
        "How many rows may a service refuse?",
        because="A refused row is a decision without an answer; the fallback must carry it.",
        default=1.0,
        ge=0.0,
        le=100.0,
        unit="% of the rows",
        measured=False,
        group="The data contract",
    )
    approval: Literal["draft", "in_review", "approved", "rejected"] = ask(
        "How far is the approval?",
        because="What nobody approved should not decide about anyone.",
        default="draft",
        options=APPROVALS,
        measured=False,
        group="Hand-over",
    )
    approved_version: str = ask(
        "Which version does that hold for?",
        because="An approval is of one version. A model fitted anew needs a new one.",
        default="",
        example="the twelve letters and digits of the version, as measured",
        group="Hand-over",
    )
    approver: str = ask(
        "Who decided that?",
        because="A name, not a team: somebody looked.",
        default="",
        example="Dana Ortiz, head of operations",
        group="Hand-over",
    )
    approved_on: date | None = ask(
        "When?",
        because="Approvals grow old; the date says how old.",
        default=None,
        measured=False,
        group="Hand-over",
    )
    owner: str = ask(
        "Who owns the model from then on?",
        because="Someone answers when it is wrong at night, retrains it, and switches it off.",
        default="",
        example="Operations analytics; deputy: airport desk lead",
        group="Hand-over",
    )
    model_name: str = ask(
        "Under which name does it go into the registry? (empty: made from the project's)",
        because="Services load a model by name and alias, never by a file path.",
        default="",
        example="flight-disruption",
        group="Hand-over",
    )
    alias: str = ask(
        "Under which alias?",
        because="Moving the alias is the rollout; moving it back is the rollback.",
        default="champion",
        example="champion",
        group="Hand-over",
    )
    rollback: str = ask(
        "How do you go back to what was there before?",
        because="Whoever is on call must be able to do it without you: what to move, where, who to "
        "tell, how to see that it worked.",
        default="",
        kind="long_text",
        example="Move the alias back to the version before; the service loads it within a minute. "
        "Check that /readyz shows that version, and tell the desk.",
        group="Hand-over",
    )
    registered: Registered | None = ask(
        "Where was it put?",
        because="The lineage ends in the registry.",
        default=None,
        kind="custom",
        measured=False,
        group="Hand-over",
    )

    def measured(self) -> dict[str, Any]:
        """Return what measurements depend on: of the columns' rules not their owner."""
        found = super().measured()
        found["contract"] = [
            {key: value for key, value in rule.items() if key != "owner"}
            for rule in found["contract"]
        ]
        return found

    @property
    def known_rules(self) -> tuple[ColumnRule, ...]:
        """The rules that say something."""
        return tuple(rule for rule in self.contract if not rule.empty)
