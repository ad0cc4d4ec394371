"""What is asked about serving."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from app.record.answers import Answers
from app.record.question import ask
from app.record.record import Record
from app.stages.serving.catalogue import ARRIVALS, MODES, STEPS, TRIGGERS, WAYS_BACK

MOST_DEPENDENCIES = 20
OTHER = ("binary", "regression", "forecasting", "ranking")
FALLBACKS = {key: words for key, words in STEPS.items() if key != "full"}


class Dependency(Record):
    """Something that must deliver columns before an answer can be given."""

    name: str = Field(min_length=1, max_length=80)
    columns: tuple[str, ...] = ()
    fresh_minutes: float = Field(default=0.0, ge=0, le=5_256_000)
    spared: bool = True
    late: str = Field(default="", max_length=600)
    owner: str = Field(default="", max_length=120)


class FallbackNote(Record):
    """What is agreed about one step of the fallback ladder."""

    step: Literal["reduced", "rule", "constant", "person"]
    trigger: str = Field(default="", max_length=600)
    owner: str = Field(default="", max_length=120)
    way_back: str = Field(default="", max_length=600)
    rehearsed: str = Field(default="", max_length=120)


PROPOSED = tuple(
    FallbackNote.model_validate(
        {"step": step, "trigger": TRIGGERS[step], "way_back": WAYS_BACK[step]}
    )
    for step in FALLBACKS
)


class Choices(Answers):
    """How answers are given, for how much, and what happens when they are not."""

    stage: ClassVar[str] = "serving"

    mode: Literal["auto", "batch", "online", "streaming", "hybrid"] = ask(
        "How are answers given?",
        because="It decides what the user notices, what it costs, and what can break.",
        default="auto",
        options={"auto": "What follows from the answers", **MODES},
        group="The way",
    )
    arrival: Literal["auto", "request", "known_before", "event"] = ask(
        "How does a case come in?",
        because="What is known the evening before need not be computed while someone waits.",
        default="auto",
        options=ARRIVALS,
        group="The way",
    )
    every_minutes: float = ask(
        "How often could a batch run?",
        because="A batch answer is as old as the last run; columns must not need to be fresher.",
        default=1440.0,
        ge=1,
        le=527_040,
        unit="minutes",
        group="The way",
    )
    mode_reason: str = ask(
        "Why this way, and what would make you change it?",
        because="The next person will want to rebuild it; write down what you already weighed.",
        default="",
        kind="long_text",
        group="The way",
    )
    owner: str = ask(
        "Who owns the service, and who is the deputy?",
        because="At three in the morning a service without an owner is a rumor.",
        default="",
        kind="text",
        example="Operations analytics on call; deputy: airport desk lead",
        group="The way",
    )
    hours_per_day: float = ask(
        "In how many hours of a day are the decisions made?",
        because="A thousand decisions in eight hours are three times the load of a thousand in 24.",
        default=24.0,
        ge=0.1,
        le=24,
        unit="hours",
        group="The load",
    )
    peak_factor: float = ask(
        "How many times the mean is the busiest minute?",
        because="Services fail at the peak, not on average. Read it off your own log if you can.",
        default=5.0,
        ge=1,
        le=1000,
        unit="times",
        group="The load",
    )
    busy_share: float = ask(
        "How busy may a worker be at the peak?",
        because="Waiting grows without bound as workers come close to busy all the time.",
        default=0.6,
        ge=0.05,
        le=0.95,
        unit="share of the time",
        group="The load",
    )
    spare_workers: int = ask(
        "How many workers stand by beyond what the load needs?",
        because="One worker alone is down whenever it restarts.",
        default=1,
        ge=0,
        le=100,
        unit="workers",
        group="The load",
    )
    network_ms: float = ask(
        "How long is the way there and back?",
        because="The user waits for the whole way, not for the model alone.",
        default=20.0,
        ge=0,
        le=60_000,
        unit="ms",
        group="The time of one answer",
    )
    lookup_ms: float = ask(
        "How long does it take to look up the columns?",
        because="Fetching columns is often slower than the model.",
        default=10.0,
        ge=0,
        le=60_000,
        unit="ms",
        group="The time of one answer",
    )
    decide_ms: float = ask(
        "How long do checking, deciding and answering take?",
        because="Validation, thresholds and slices with another decider come on top.",
        default=2.0,
        ge=0,
        le=60_000,
        unit="ms",
        group="The time of one answer",
    )
    log_ms: float = ask(
        "How long does the answer wait for the log?",
        because="A log written off the way of the answer costs the user nothing.",
        default=0.5,
        ge=0,
        le=60_000,
        unit="ms",
        group="The time of one answer",
    )
    timed_seconds: float = ask(
        "How long may each model be timed?",
        because="The slowest of a hundred answers takes many answers to know.",
        default=0.4,
        ge=0.05,
        le=60,
        unit="s",
        group="The time of one answer",
    )
    worker_hour: float = ask(
        "What does one worker cost an hour?",
        because="Your price list, not ours: a small virtual machine is a few cents.",
        default=0.05,
        ge=0,
        le=10_000,
        unit="per hour",
        group="What it costs",
    )
    storage_gb_month: float = ask(
        "What does storing a gigabyte cost a month?",
        because="The log of predictions grows every day; it is what monitoring lives on.",
        default=0.025,
        ge=0,
        le=1_000,
        unit="per GB and month",
        group="What it costs",
    )
    keep_days: float = ask(
        "How long are logged predictions kept?",
        because="As long as labels take to come in, and a season to compare with.",
        default=400.0,
        ge=1,
        le=36_500,
        unit="days",
        group="What it costs",
    )
    people_per_year: float = ask(
        "What do on-call and care cost a year? (0: not counted)",
        because="People cost more than machines, and are left out of most sums.",
        default=0.0,
        ge=0,
        le=1e9,
        unit="per year",
        group="What it costs",
    )
    steps: tuple[str, ...] = ask(
        "Which steps stand below the full model?",
        because="Each must be there before it is needed; a step nobody rehearsed is a hope.",
        default=tuple(FALLBACKS),
        kind="choices",
        options=FALLBACKS,
        group="When the model is not there",
    )
    person_fee: float = ask(
        "What does it cost when a person decides a case instead?",
        because="People are the last fallback, and not free.",
        default=0.0,
        ge=0,
        le=1e9,
        unit="per case",
        tasks=OTHER,
        group="When the model is not there",
    )
    person_wrong: float = ask(
        "How often would that person be wrong?",
        because="Nobody is always right. For numbers: how far off, as a share of the number.",
        default=0.1,
        ge=0,
        le=1,
        unit="share",
        group="When the model is not there",
    )
    person_per_hour: float = ask(
        "How many cases can people take in an hour? (0: all of them)",
        because="An outage brings an hour of traffic to a desk made for a few cases.",
        default=0.0,
        ge=0,
        le=1e9,
        unit="cases per hour",
        group="When the model is not there",
    )
    fallbacks: tuple[FallbackNote, ...] = ask(
        "What is agreed about each step?",
        because="A trigger, an owner and a way back, or it is not a plan.",
        default=PROPOSED,
        kind="custom",
        measured=False,
        group="When the model is not there",
    )
    dependencies: tuple[Dependency, ...] = ask(
        "What must deliver columns before an answer can be given?",
        because="Every feed is late one day. Its cost can be known before.",
        default=(),
        kind="custom",
        group="What it depends on",
    )

    def measured(self) -> dict[str, Any]:
        """Return what measurements depend on: of dependencies not their owner nor their texts."""
        found = super().measured()
        found["dependencies"] = [
            {key: one[key] for key in ("name", "columns", "fresh_minutes", "spared")}
            for one in found["dependencies"]
        ]
        return found

    def note(self, step: str) -> FallbackNote | None:
        """Return what is agreed about a step."""
        return next((note for note in self.fallbacks if note.step == step), None)
