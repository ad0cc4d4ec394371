"""What is asked about the rows, the label and the split."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from app.record.answers import Answers
from app.record.question import ask
from app.record.task import TASKS

SPLITS = {
    "time": "By time: train on the past, test on what came after",
    "group": "By group: whole groups on one side",
    "random": "At random: rows are shuffled",
}
TIME = {"split": ("time",)}
SHARE = {"split": ("group", "random")}


class Choices(Answers):
    """What is predicted, from what, and how it is tested."""

    stage: ClassVar[str] = "data"

    target: str = ask(
        "Which column is predicted?",
        because="The target is what you would have wanted to know at the moment of the decision.",
        default="",
        kind="column",
        group="Roles of the columns",
    )
    task: Literal["binary", "multiclass", "regression", "forecasting", "ranking"] | None = ask(
        "What kind of prediction is it?",
        because="It decides the metrics, the models and the costs.",
        default=None,
        options=TASKS,
        group="Roles of the columns",
    )
    positive: str = ask(
        "Which value counts as “it happened”?",
        because="Precision and recall are about this value. Empty: the rarer one.",
        default="",
        kind="text",
        measured=True,
        tasks=("binary",),
        example="1, yes, late",
        group="Roles of the columns",
    )
    time: str = ask(
        "Which column says when the decision was due?",
        because="With a time the past can be kept apart from the future, as in production.",
        default="",
        kind="column",
        group="Roles of the columns",
    )
    group: str = ask(
        "Which column names what comes back (customer, aircraft, shop)?",
        because="A model can learn to recognize a customer instead of the problem.",
        default="",
        kind="column",
        group="Roles of the columns",
    )
    query: str = ask(
        "Which column names the list that items are ranked in?",
        because="Items compete inside one search or one choice, never across them.",
        default="",
        kind="column",
        tasks=("ranking",),
        group="Roles of the columns",
    )
    top: int = ask(
        "How many items of a list does anyone look at?",
        because="What stands below is as good as not there.",
        default=5,
        ge=1,
        le=100,
        unit="items",
        tasks=("ranking",),
        group="Roles of the columns",
    )
    relevant_from: float = ask(
        "From which grade on is an item good?",
        because="A list without one good item at its top has failed.",
        default=1.0,
        ge=0.01,
        le=10,
        unit="grade",
        tasks=("ranking",),
        group="Roles of the columns",
    )
    horizon_days: float = ask(
        "How many days ahead is the forecast made?",
        because="A forecast may only use what was in on the day it was made.",
        default=1.0,
        ge=0.01,
        le=730,
        unit="days",
        tasks=("forecasting",),
        group="Roles of the columns",
    )
    season_days: float = ask(
        "After how many days does the pattern repeat?",
        because="The same day of the season before is the rung that most forecasts fail to beat.",
        default=7.0,
        ge=0.01,
        le=730,
        unit="days",
        tasks=("forecasting",),
        group="Roles of the columns",
    )
    known: tuple[str, ...] = ask(
        "Which columns are known when the decision is made?",
        because="A column filled in later is a leak: superb in tests, absent in production.",
        default=(),
        kind="columns",
        group="Roles of the columns",
    )
    label: str = ask(
        "How is the label defined, and who sets it?",
        because="Two people must be able to label the same case alike.",
        default="",
        kind="long_text",
        example="Late or lost: arrived more than 60 minutes late, cancelled, or diverted.",
        group="The label",
    )
    label_delay_days: float = ask(
        "How long until the true answer is known?",
        because="Until then quality in production is invisible, and rows are too fresh to train on.",
        default=0.0,
        ge=0,
        le=3650,
        unit="days",
        group="The label",
    )
    split: Literal["time", "group", "random"] | None = ask(
        "How are the test rows set apart?",
        because="The split must mirror production. Empty: by time if there is one.",
        default=None,
        options=SPLITS,
        group="The split",
    )
    test_from: date | None = ask(
        "From which day on are rows test rows?",
        because="Everything before it is the past the model may learn from.",
        default=None,
        when=TIME,
        group="The split",
    )
    test_until: date | None = ask(
        "Until which day (not included)?",
        because="Rows after it play production in Monitoring and stay out of the test.",
        default=None,
        when=TIME,
        group="The split",
    )
    test_share: float = ask(
        "How large is the test part?",
        because="Small tests have wide intervals; large ones leave little to learn from.",
        default=0.3,
        ge=0.05,
        le=0.6,
        unit="share of rows",
        group="The split",
    )
