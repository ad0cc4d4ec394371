"""What is asked about practising incidents."""

from __future__ import annotations

from typing import ClassVar

from pydantic import field_validator

from app.record.answers import Answers
from app.record.question import ask
from app.stages.drills.catalogue import INCIDENTS, PRACTICE
from app.stages.drills.drill import Drill
from app.stages.drills.postmortem import MOST_DECISIONS, Decision, PostMortem


class Choices(Answers):
    """Which incidents are practised, how strong, and what was walked."""

    stage: ClassVar[str] = "drills"

    practice: tuple[str, ...] = ask(
        "Which incidents do you want to know the price of every reflex for?",
        because="The same move saves one incident and doubles the next. Measured on your own rows.",
        default=PRACTICE,
        kind="choices",
        options=INCIDENTS,
        group="What each reflex costs",
    )
    severity: float = ask(
        "How strong do they strike?",
        because="Weak incidents are cheaper by the day, and found later.",
        default=0.6,
        ge=0.1,
        le=1.0,
        unit="of 1",
        group="What each reflex costs",
    )
    on_call: str = ask(
        "Who practises, and how often?",
        because="The first real incident should not be the first incident.",
        default="",
        kind="text",
        example="Everyone on call, one drill a month; new people two before their first shift.",
        group="The habit",
    )
    drills: tuple[Drill, ...] = ask(
        "Drills walked",
        because="What was done at each minute, and what it was worth.",
        default=(),
        kind="custom",
        measured=False,
        group="The habit",
    )
    post_mortems: dict[str, PostMortem] = ask(
        "What was learned?",
        because="A drill without a post-mortem is a game.",
        default={},
        kind="custom",
        measured=False,
        group="The habit",
    )
    decisions: tuple[Decision, ...] = ask(
        "What was decided, and what was not?",
        because="In a year somebody will ask why; the rejected ways are half of the answer.",
        default=(),
        kind="custom",
        measured=False,
        group="The habit",
    )

    @field_validator("drills")
    @classmethod
    def _each_its_own(cls, drills: tuple[Drill, ...]) -> tuple[Drill, ...]:
        if len({drill.id for drill in drills}) < len(drills):
            raise ValueError("two drills have the same id; each needs one of its own")
        return drills

    @field_validator("decisions")
    @classmethod
    def _not_too_many(cls, decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
        if len(decisions) > MOST_DECISIONS:
            raise ValueError(f"at most {MOST_DECISIONS} decisions are kept in one log")
        return decisions
