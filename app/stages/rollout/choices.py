"""What is asked about letting the model decide, step by step."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import field_validator

from app.record.answers import Answers
from app.record.question import ask
from app.stages.rollout.steps import read_steps

UNITS = {
    "auto": "Decided from the data",
    "row": "Each decision on its own",
    "group": "Whole groups (customer, aircraft, shop)",
    "list": "Whole lists",
    "day": "Whole days, switched back and forth",
}
STOPPING = {
    "fixed": "Once, at the planned end",
    "obrien_fleming": "At a few planned looks (O’Brien–Fleming)",
    "always_valid": "Every day, with an interval made for it (always valid)",
    "peek": "Every day, until the usual test says significant",
}
POLICIES = {
    "never": "Never: the first model stays",
    "month": "Every month",
    "quarter": "Every quarter",
    "drift": "When the inputs drift",
    "quality": "When its decisions become dearer",
}
BACK = {
    "automatic": "A switch that falls by itself when a guardrail breaks",
    "person": "A person on call, without asking",
    "meeting": "A meeting decides",
}


class Choices(Answers):
    """Shadow, canary, A/B test, the way back, and when the model is renewed."""

    stage: ClassVar[str] = "rollout"

    shadow_days: int = ask(
        "How many days does the model answer without deciding (shadow)?",
        because="Feeds, latency and missing answers show themselves here, and nobody is hurt.",
        default=14,
        ge=1,
        le=365,
        unit="days",
        group="Shadow",
    )
    read_disagreements: int = ask(
        "How many cases in which model and today’s way disagree does a person read?",
        because="Where they agree the model changes nothing; its whole worth and harm lies in the "
        "cases where they differ.",
        default=50,
        ge=0,
        le=10_000,
        unit="cases",
        group="Shadow",
    )
    canary: str = ask(
        "Which shares of the decisions does the canary take, step by step?",
        because="A harm at 1 % of the decisions is a note in a log, at 100 % a headline.",
        default="1, 5, 25",
        kind="text",
        measured=True,
        example="1, 5, 25 (percent)",
        group="Canary",
    )
    canary_days: int = ask(
        "How many days does each step last?",
        because="Too short, and a step shows nothing but that the service runs.",
        default=3,
        ge=1,
        le=90,
        unit="days",
        group="Canary",
    )
    canary_harm: float = ask(
        "Which harm must a step notice?",
        because="A canary that cannot die of the gas is a bird in a cage. In percent of what "
        "decisions cost today.",
        default=20.0,
        ge=0.1,
        le=1000,
        unit="% dearer than today",
        group="Canary",
    )
    canary_sure: float = ask(
        "With which probability?",
        because="Nine in ten needs a third more decisions than eight in ten.",
        default=0.9,
        ge=0.5,
        le=0.999,
        unit="share",
        group="Canary",
    )
    unit: Literal["auto", "row", "group", "list", "day"] = ask(
        "What is drawn into an arm of the A/B test as a whole?",
        because="A customer who meets both ways mixes them up; but the larger the unit, the fewer "
        "there are, and the longer it takes.",
        default="auto",
        options=UNITS,
        group="A/B test",
    )
    share: float = ask(
        "Which share does the model decide in the test?",
        because="Half and half finds a difference soonest.",
        default=0.5,
        ge=0.05,
        le=0.95,
        unit="share",
        group="A/B test",
    )
    effect: float = ask(
        "Which saving per 1,000 decisions must the test be able to show? (0: your bar, else what "
        "the folds promise)",
        because="A test that cannot show the saving you need answers a question nobody asked.",
        default=0.0,
        ge=0,
        le=1e12,
        unit="per 1,000 decisions",
        group="A/B test",
    )
    sides: Literal["two", "one"] = ask(
        "Is it tested in both directions?",
        because="One direction needs fewer decisions, and is blind to proven harm.",
        default="two",
        options={"two": "Yes: better or worse", "one": "No: only whether it is better"},
        group="A/B test",
    )
    alpha: float = ask(
        "How often may the test promise a difference where there is none?",
        because="One in twenty is a habit, not a law: what would a false promise cost you?",
        default=0.05,
        ge=0.001,
        le=0.2,
        unit="share of tests",
        group="A/B test",
    )
    power: float = ask(
        "How often must it find a saving that is there?",
        because="At 50 % you could as well toss a coin over a good model.",
        default=0.8,
        ge=0.5,
        le=0.99,
        unit="share of tests",
        group="A/B test",
    )
    most_days: int = ask(
        "How many days may the test run at most?",
        because="A test that outlives its question is never finished, only abandoned.",
        default=56,
        ge=1,
        le=1000,
        unit="days",
        group="A/B test",
    )
    stopping: Literal["fixed", "obrien_fleming", "always_valid", "peek"] = ask(
        "When is the result looked at?",
        because="Each look at a test made for one look is another chance to be fooled.",
        default="obrien_fleming",
        options=STOPPING,
        group="A/B test",
    )
    looks: int = ask(
        "How many planned looks?",
        because="A few looks cost a percent or two of rows and save weeks when the answer is clear.",
        default=4,
        ge=2,
        le=20,
        unit="looks",
        when={"stopping": ("obrien_fleming",)},
        group="A/B test",
    )
    stop_if: str = ask(
        "What result would make you give the model up?",
        because="Written before the test it is a plan, after it an excuse.",
        default="",
        kind="long_text",
        example="If the interval of the saving ends below our bar after eight weeks.",
        group="A/B test",
    )
    guard_cost: float = ask(
        "How much dearer may decisions become before it is stopped?",
        because="A limit set during an incident is set by whoever shouts loudest.",
        default=10.0,
        ge=0.1,
        le=1000,
        unit="% dearer than today",
        group="Guardrails and the way back",
    )
    guard_actions: float = ask(
        "How far may the share of actions (or the mean answer) move from what the folds showed?",
        because="It is seen at once, long before any label, and it is what people complain about.",
        default=25.0,
        ge=1,
        le=1000,
        unit="% of what is usual",
        group="Guardrails and the way back",
    )
    guard_latency_ms: float = ask(
        "Which p99 latency stops it? (0: the limit of the framing)",
        because="Slow answers are missing answers for whoever waits.",
        default=0.0,
        ge=0,
        le=3.6e6,
        unit="ms",
        group="Guardrails and the way back",
    )
    guard_missing: float = ask(
        "Which share of missing or fallback answers stops it?",
        because="A model that falls back half the time is not the model you tested.",
        default=1.0,
        ge=0,
        le=100,
        unit="% of the decisions",
        group="Guardrails and the way back",
    )
    back_by: Literal["automatic", "person", "meeting"] = ask(
        "Who takes it back?",
        because="Whoever must ask first loses the hours in which it costs most.",
        default="person",
        options=BACK,
        group="Guardrails and the way back",
    )
    back_minutes: float = ask(
        "How long does it take from the alarm to the way of today?",
        because="Rehearse it with a clock; people guess a quarter of what it takes.",
        default=60.0,
        ge=0,
        le=100_000,
        unit="minutes",
        group="Guardrails and the way back",
    )
    owner: str = ask(
        "Who owns the rollback, and who is the deputy?",
        because="A way back that nobody owns is a way nobody takes.",
        default="",
        kind="text",
        group="Guardrails and the way back",
    )
    way_back: str = ask(
        "What exactly is done to go back?",
        because="Written down once, it can be done by someone who was woken up.",
        default="",
        kind="long_text",
        example="Point the alias champion at the version before; the desk sees the rule's answers "
        "within a minute; tell the shift lead.",
        group="Guardrails and the way back",
    )
    policy: Literal["never", "month", "quarter", "drift", "quality"] = ask(
        "When is a new model trained?",
        because="A model ages; but every new one is a new risk, and sometimes the old one was "
        "better.",
        default="month",
        options=POLICIES,
        group="Retraining",
    )
    gate: bool = ask(
        "Must a new model first beat the old one?",
        because="On the last window, which neither learned from. Without this gate one bad month of "
        "data is in production the next.",
        default=True,
        group="Retraining",
    )
    margin: float = ask(
        "By how much must it be cheaper there?",
        because="A tie is no reason to change what works.",
        default=1.0,
        ge=0,
        le=50,
        unit="% of the champion’s cost",
        when={"gate": (True,)},
        group="Retraining",
    )
    window_days: int = ask(
        "How long is the last window?",
        because="Short windows are fresh and noisy; long ones are steady and stale.",
        default=28,
        ge=1,
        le=730,
        unit="days",
        group="Retraining",
    )
    drift_limit: float = ask(
        "From which drift of an input is a new model trained?",
        because="Population stability index: 0.1 is often called small, 0.25 large. Seasons reach "
        "it, too.",
        default=0.25,
        ge=0.01,
        le=10,
        unit="PSI",
        group="Retraining",
    )
    drop: float = ask(
        "How much dearer must decisions have become for a new model?",
        because="Quality is known only when labels are in; until then this trigger is blind.",
        default=10.0,
        ge=0,
        le=500,
        unit="% dearer than when it went live",
        group="Retraining",
    )
    retraining_cost: float = ask(
        "What does one retraining cost, people included?",
        because="A retraining that saves less than it costs is a hobby.",
        default=0.0,
        ge=0,
        le=1e9,
        unit="per retraining",
        group="Retraining",
    )
    replay_rows: int = ask(
        "On how many rows is each model of the replay fitted, and judged, at most?",
        because="Fewer rows are quicker and noisier; every policy gets the same number.",
        default=4_000,
        ge=200,
        le=500_000,
        unit="rows",
        group="Retraining",
    )
    approver: str = ask(
        "Who approves a new model?",
        because="Somebody must be able to say no, and be asked every time.",
        default="",
        kind="text",
        group="Retraining",
    )

    @field_validator("canary")
    @classmethod
    def _steps_rise(cls, text: str) -> str:
        read_steps(text)
        return text
