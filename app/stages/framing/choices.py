"""What is asked when a problem is framed."""

from __future__ import annotations

from typing import ClassVar

from app.record.answers import Answers
from app.record.question import ask

BINARY = ("binary",)
MULTICLASS = ("multiclass",)
NUMBER = ("regression", "forecasting")
RANKING = ("ranking",)


class Choices(Answers):
    """The decision, the people, and what mistakes cost."""

    stage: ClassVar[str] = "framing"

    decision: str = ask(
        "Which decision does the prediction change?",
        because="A prediction nobody acts on is worth nothing, however accurate it is.",
        default="",
        kind="long_text",
        example="Three hours before departure, the desk warns the passengers of a flight or not.",
        group="The decision",
    )
    actions: str = ask(
        "Which actions are open, doing nothing included?",
        because="A model can only be worth as much as the best action it leads to.",
        default="",
        kind="long_text",
        example="Warn and rebook · ask a dispatcher to look · do nothing",
        group="The decision",
    )
    who: str = ask(
        "Who acts, and who is affected?",
        because="The person who acts sets the latency, the capacity and the trust you need.",
        default="",
        kind="text",
        example="The airport desk acts; passengers and crews are affected.",
        group="The decision",
    )
    moment: str = ask(
        "When must the prediction be there?",
        because="Whatever becomes known after this moment is a leak if the model sees it.",
        default="",
        kind="text",
        example="Three hours before the scheduled departure",
        group="The decision",
    )
    currency: str = ask(
        "In which currency do you count?",
        because="One currency for every mistake makes them comparable.",
        default="USD",
        kind="text",
        measured=True,
        example="USD, EUR, or points when money is not the measure",
        group="Cost of mistakes",
    )
    cost_false_alarm: float = ask(
        "What does a false alarm cost?",
        because="You acted and it was not needed: wasted work, annoyed people.",
        default=1.0,
        ge=0,
        le=1e9,
        unit="per case",
        tasks=BINARY,
        group="Cost of mistakes",
    )
    cost_miss: float = ask(
        "What does a miss cost?",
        because="You did nothing and it happened. The ratio of the two sets the threshold.",
        default=5.0,
        ge=0,
        le=1e9,
        unit="per case",
        tasks=BINARY,
        group="Cost of mistakes",
    )
    cost_hit: float = ask(
        "What does it still cost when you act rightly?",
        because="Acting is rarely free, even when it was right.",
        default=0.0,
        ge=0,
        le=1e9,
        unit="per case",
        tasks=BINARY,
        group="Cost of mistakes",
    )
    cost_column: str = ask(
        "Does a column say what each miss costs?",
        because="Misses are rarely alike: a mean hides the few that cost most. It is looked at "
        "afterwards, in money only, never by a model.",
        default="",
        kind="column",
        tasks=BINARY,
        group="Cost of mistakes",
    )
    cost_wrong: float = ask(
        "What does a wrong automatic answer cost?",
        because="Nobody looks at it again, so it stays wrong.",
        default=5.0,
        ge=0,
        le=1e9,
        unit="per case",
        tasks=MULTICLASS,
        group="Cost of mistakes",
    )
    cost_review: float = ask(
        "What does it cost when a person looks at a case?",
        because="Where the model is unsure a person may decide; their ratio sets how sure it must "
        "be.",
        default=1.0,
        ge=0,
        le=1e9,
        unit="per case",
        tasks=MULTICLASS,
        group="Cost of mistakes",
    )
    cost_failed: float = ask(
        "What does a list without a good item at its top cost?",
        because="Whoever does not find it asks someone, or goes elsewhere.",
        default=1.0,
        ge=0,
        le=1e9,
        unit="per list",
        tasks=RANKING,
        group="Cost of mistakes",
    )
    cost_over: float = ask(
        "What does it cost to predict one unit too high?",
        because="Too high and too low rarely hurt the same; their ratio says which way to lean.",
        default=1.0,
        ge=0,
        le=1e9,
        unit="per unit of error",
        tasks=NUMBER,
        group="Cost of mistakes",
    )
    cost_under: float = ask(
        "What does it cost to predict one unit too low?",
        because="Too high and too low rarely hurt the same; their ratio says which way to lean.",
        default=1.0,
        ge=0,
        le=1e9,
        unit="per unit of error",
        tasks=NUMBER,
        group="Cost of mistakes",
    )
    other_harm: str = ask(
        "What if it is late, missing, or unfair to some?",
        because="Costs of silence and of bias do not show up in any accuracy.",
        default="",
        kind="long_text",
        example="No answer: the desk falls back on its rule. Small airports must not be forgotten.",
        group="Cost of mistakes",
    )
    goals: str = ask(
        "What are the goals?",
        because="Goals that can be measured end debates; wishes start them.",
        default="",
        kind="long_text",
        example="Halve the number of passengers who learn of a disruption at the gate.",
        group="Goals",
    )
    anti_goals: str = ask(
        "What should it not do?",
        because="Naming what you leave out protects you from building it by accident.",
        default="",
        kind="long_text",
        example="It does not explain causes of delay and never cancels a flight by itself.",
        group="Goals",
    )
    non_ml: str = ask(
        "What is the simplest way without machine learning?",
        because="If a rule of one line does as well, ship the rule.",
        default="",
        kind="long_text",
        example="Warn when flights that left in the last two hours were 10 minutes late on average.",
        group="Goals",
    )
    bar: float = ask(
        "How much must it save per 1,000 decisions to be worth building?",
        because="Set the bar before you see results, or you will find a reason to like them.",
        default=0.0,
        ge=0,
        le=1e12,
        unit="per 1,000 decisions",
        group="Limits, set before the results",
    )
    capacity_per_day: float = ask(
        "How many cases a day can you act on? (0: no limit)",
        because="Alerts beyond the capacity are ignored, the best ones among them.",
        default=0.0,
        ge=0,
        le=1e9,
        unit="cases per day",
        tasks=BINARY,
        group="Limits, set before the results",
    )
    decisions_per_year: float = ask(
        "How many decisions a year? (0: not known)",
        because="Turns a saving per 1,000 decisions into a yearly budget.",
        default=0.0,
        ge=0,
        le=1e12,
        unit="decisions per year",
        group="Limits, set before the results",
    )
    service_per_year: float = ask(
        "What would running it cost a year?",
        because="Machines, an on-call rota and someone who looks after it come off the saving.",
        default=0.0,
        ge=0,
        le=1e12,
        unit="per year",
        group="Limits, set before the results",
    )
    latency_ms: float = ask(
        "How long may one answer take?",
        because="A slow model rules out some rungs before quality matters.",
        default=500.0,
        ge=0.01,
        le=3.6e6,
        unit="ms",
        group="Limits, set before the results",
    )
    kill: str = ask(
        "When would you stop the project?",
        because="A project that cannot fail cannot be trusted either.",
        default="",
        kind="text",
        example="If the rule is as good on two months in a row.",
        group="Limits, set before the results",
    )
