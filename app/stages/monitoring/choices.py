"""What is asked about watching the model in production."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from app.incidents.onset import ONSETS
from app.lab.monitors.catalogue import USUAL
from app.record.answers import Answers
from app.record.question import ask
from app.record.record import Record
from app.stages.monitoring.catalogue import (
    ACTIONS,
    CHUNKS,
    DETECTORS,
    INCIDENTS,
    MONITORS,
    STREAMS,
)

ALARM, STREAM, DRILL = "The alarm", "The stream", "The incidents"


class EventNote(Record):
    """Something that really happened on a day of the stream."""

    date: str = Field(default="", max_length=10)
    title: str = Field(min_length=1, max_length=120)
    text: str = Field(default="", max_length=600)
    move: str = Field(default="", max_length=40)


class Choices(Answers):
    """What is watched, what pages, and what you would do."""

    stage: ClassVar[str] = "monitoring"

    monitors: tuple[str, ...] = ask(
        "Which monitors are switched on?",
        because="Every monitor shares the budget of false pages: more of them, wider limits.",
        default=USUAL,
        kind="choices",
        options=MONITORS,
        group=ALARM,
    )
    pages_per_month: float = ask(
        "How many false pages a month are acceptable?",
        because="A pager that cries wolf is muted, and then it does not matter what it watches.",
        default=1.0,
        ge=0.1,
        le=30,
        unit="pages per 30 days",
        group=ALARM,
    )
    detector: Literal["limits", "daily_tests", "e_detector"] = ask(
        "How is it decided that something changed?",
        because="Limits see large changes at once; evidence that adds up holds "
        "however often you look, as far as quiet days are typical.",
        default="limits",
        options=DETECTORS,
        group=ALARM,
    )
    window_days: int = ask(
        "Compare each day with how many days before it? (0: with the training time)",
        because="Against training, every season looks like drift; against last month, slow drift "
        "looks like nothing.",
        default=28,
        ge=0,
        le=365,
        unit="days",
        group=ALARM,
    )
    chunk: Literal["auto", "day", "week", "month"] = ask(
        "How many days are looked at together?",
        because="Few rows are noise; many days together are late.",
        default="auto",
        options=CHUNKS,
        group=ALARM,
    )
    watch_share: float = ask(
        "From what harm on is an alert worth watching?",
        because="An alert is graded by what it costs, not by how sure it is.",
        default=0.02,
        ge=0,
        le=10,
        unit="share of a day’s usual cost",
        group=ALARM,
    )
    page_share: float = ask(
        "From what harm on is somebody paged?",
        because="A change that costs nothing may wait for the morning.",
        default=0.1,
        ge=0,
        le=100,
        unit="share of a day’s usual cost",
        group=ALARM,
    )
    owner: str = ask(
        "Who is paged, and who is the deputy?",
        because="An alert without an owner is noise.",
        default="",
        kind="text",
        group=ALARM,
    )
    runbook: str = ask(
        "Where is the runbook?",
        because="Every alert carries the link; nobody searches at three in the morning.",
        default="",
        kind="text",
        example="docs/runbook.md, or its address",
        group=ALARM,
    )
    first_move: str = ask(
        "What does the person on call do first?",
        because="At three in the morning a written first step is worth a page of theory.",
        default="",
        kind="long_text",
        example="Open the signal that fired; compare yesterday's rows with last week's by source.",
        group=ALARM,
    )
    stream: Literal["as_it_happened", "year"] = ask(
        "How do the held-out rows come in?",
        because="A short held-out time, or rows without a time, can be drawn out to a year.",
        default="as_it_happened",
        options=STREAMS,
        group=STREAM,
    )
    label_spread: float = ask(
        "How much does the delay of labels vary? (0: all alike)",
        because="Labels come in one by one; quality is seen sharply only when most are in.",
        default=0.25,
        ge=0,
        le=2,
        unit="spread of its logarithm",
        group=STREAM,
    )
    model_ms: float = ask(
        "How long does the model take for one answer?",
        because="The stage Serving measures it; write its median here. The way there comes on top.",
        default=5.0,
        ge=0,
        le=60_000,
        unit="ms",
        group=STREAM,
    )
    failure_share: float = ask(
        "What share of requests does the model fail on, on an ordinary day?",
        because="They are answered a level below; nobody has none.",
        default=0.002,
        ge=0,
        le=0.5,
        unit="share",
        group=STREAM,
    )
    charge_per_1000: float = ask(
        "What does serving 1,000 requests cost?",
        because="Serving measures it; a bill that triples is an incident, too.",
        default=0.05,
        ge=0,
        le=1e6,
        unit="per 1,000",
        group=STREAM,
    )
    wait_hours: float = ask(
        "How long does a case wait until a person looks?",
        because="Where people are part of the decision, their queue is part of the service.",
        default=2.0,
        ge=0,
        le=8760,
        unit="hours",
        group=STREAM,
    )
    events: tuple[EventNote, ...] = ask(
        "What really happened in this time?",
        because="Storms, holidays and outages of the past are marked on the timelines: would you "
        "have noticed?",
        default=(),
        kind="custom",
        group=STREAM,
    )
    onset_day: int = ask(
        "On which day does an incident strike?",
        because="The days before it show how quiet the alarms are when nothing is wrong.",
        default=15,
        ge=2,
        le=3650,
        unit="day of the stream",
        group=DRILL,
    )
    severity: float = ask(
        "How grave are the incidents?",
        because="A half is usual. Small ones are the ones that monitors miss.",
        default=0.5,
        ge=0.05,
        le=1,
        unit="from 0 to 1",
        group=DRILL,
    )
    onset: Literal["abrupt", "ramped", "intermittent"] = ask(
        "How do the incidents begin?",
        because="What creeps in or comes and goes is seen later than what starts at once.",
        default="abrupt",
        options=ONSETS,
        group=DRILL,
    )
    incidents: tuple[str, ...] = ask(
        "Which incidents are injected?",
        because="A monitor is only proven by what it catches.",
        default=tuple(INCIDENTS),
        kind="choices",
        options=INCIDENTS,
        group=DRILL,
    )
    plan: dict[str, str] = ask(
        "What would you do in each?",
        because="The wrong reflex (retraining on broken data) can be worse than the incident.",
        default={},
        kind="custom",
        measured=False,
        options=ACTIONS,
        group=DRILL,
    )
