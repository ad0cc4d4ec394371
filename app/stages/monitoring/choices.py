"""What is asked about watching the model in production."""

from __future__ import annotations

from typing import ClassVar

from app.record.answers import Answers
from app.record.question import ask
from app.stages.monitoring.catalogue import ACTIONS, INCIDENTS


class Choices(Answers):
    """What is watched, what pages, and what you would do."""

    stage: ClassVar[str] = "monitoring"

    pages_per_month: float = ask(
        "How many false pages a month are acceptable?",
        because="A pager that cries wolf is muted, and then it does not matter what it watches.",
        default=1.0,
        ge=0.1,
        le=30,
        unit="pages per 30 days",
        group="The alarm",
    )
    window_days: int = ask(
        "Compare each day with how many days before it? (0: with the training time)",
        because="Against training, every season looks like drift; against last month, slow drift "
        "looks like nothing.",
        default=28,
        ge=0,
        le=365,
        unit="days",
        group="The alarm",
    )
    onset_day: int = ask(
        "On which day does an incident strike?",
        because="The days before it show how quiet the alarms are when nothing is wrong.",
        default=15,
        ge=2,
        le=3650,
        unit="day of the stream",
        group="The drill",
    )
    incidents: tuple[str, ...] = ask(
        "Which incidents are injected?",
        because="A monitor is only proven by what it catches.",
        default=tuple(INCIDENTS),
        kind="choices",
        options=INCIDENTS,
        group="The drill",
    )
    plan: dict[str, str] = ask(
        "What would you do in each?",
        because="The wrong reflex (retraining on broken data) can be worse than the incident.",
        default={},
        kind="custom",
        measured=False,
        options=ACTIONS,
        group="The drill",
    )
    owner: str = ask(
        "Who is paged, and who is the deputy?",
        because="An alert without an owner is noise.",
        default="",
        kind="text",
        group="The alarm",
    )
    first_move: str = ask(
        "What does the person on call do first?",
        because="At three in the morning a written first step is worth a page of theory.",
        default="",
        kind="long_text",
        example="Open the signal that fired; compare yesterday's rows with last week's by source.",
        group="The alarm",
    )
