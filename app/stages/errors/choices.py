"""What is asked about the errors."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from app.record.answers import Answers
from app.record.question import ask
from app.record.record import Record
from app.stages.rung_titles import RUNGS

CAUSES = {
    "": "not yet coded",
    "label_wrong": "The label is wrong",
    "input_wrong": "An input is wrong or missing",
    "signal_missing": "Nothing in the row could have told",
    "rare_case": "A rare kind of case",
    "model_weak": "The model should have known",
    "ambiguous": "People would disagree too",
}
ACTIONS = {
    "more_data": "Collect more rows of this kind",
    "new_feature": "Add a column that tells",
    "fix_label": "Fix the labels",
    "fix_input": "Fix the input at its source",
    "change_threshold": "Change the threshold",
    "route_to_human": "Send such cases to a person",
    "accept": "Accept it, and say so",
}
FALLBACKS = {
    "": "The model decides, as everywhere",
    "rule": "The rule decides instead",
    "human": "A person decides instead",
}
MOST_COHORTS = 20


class RowNote(Record):
    """What a person says about one row."""

    row: int
    cause: str = ""
    comment: str = Field(default="", max_length=2000)


class CohortNote(Record):
    """A slice that a person named: rows on which all of its conditions hold."""

    name: str = Field(min_length=1, max_length=80)
    where: str = Field(min_length=1, max_length=400)
    fallback: Literal["", "rule", "human"] = ""


class Choices(Answers):
    """How the errors are looked at, and what you saw in them."""

    stage: ClassVar[str] = "errors"

    rung: Literal[
        "auto",
        "constant",
        "user_rule",
        "one_rule",
        "group_means",
        "last_value",
        "seasonal_naive",
        "moving_mean",
        "linear",
        "shallow_tree",
        "boosting",
        "lightgbm",
        "xgboost",
        "catboost",
        "own_estimator",
    ] = ask(
        "Which rung is looked at?",
        because="Any rung can be explained; what goes into production is the one that goes on.",
        default="auto",
        options={"auto": "The one that goes on", **RUNGS},
        group="How to look",
    )
    explained_rows: int = ask(
        "How many rows are explained?",
        because="A thousand rows give nearly the same ranking of columns as all of them.",
        default=1000,
        ge=50,
        le=20000,
        unit="rows",
        group="How to look",
    )
    refits: int = ask(
        "How often is the model fitted again to see whether the ranking of columns holds? (0: never)",
        because="Other rows of the same world would have given another model; a column whose rank "
        "jumps with it is no finding.",
        default=8,
        ge=0,
        le=30,
        unit="fits",
        group="How to look",
    )
    conditions: int = ask(
        "How many conditions may a slice have?",
        because="More conditions find narrower slices, and more false ones to correct for.",
        default=3,
        ge=1,
        le=3,
        unit="conditions",
        group="How to look",
    )
    sensitive: tuple[str, ...] = ask(
        "Over which columns must it treat people alike?",
        because="A good average can hide that one group pays for it. The columns need not be inputs "
        "of the model.",
        default=(),
        kind="columns",
        group="How to look",
    )
    cohorts: tuple[CohortNote, ...] = ask(
        "Which slices matter to you?",
        because="What you know about your business finds slices that no search does; Monitoring "
        "watches them.",
        default=(),
        kind="custom",
        group="Slices of your own",
    )
    notes: tuple[RowNote, ...] = ask(
        "What went wrong in the rows you read?",
        because="Twenty rows read by a person say more than another thousand trees.",
        default=(),
        kind="custom",
        measured=False,
        group="What you saw",
    )
    actions: dict[str, str] = ask(
        "What do you do about each cause?",
        because="A cause without an action is an observation.",
        default={},
        kind="custom",
        measured=False,
        options=ACTIONS,
        group="What you saw",
    )
    next_step: str = ask(
        "What will you do about it first?",
        because="An error analysis that changes nothing was a waste of a day.",
        default="",
        kind="long_text",
        group="What you saw",
    )

    def measured(self) -> dict[str, Any]:
        """Return the answers that measurements depend on: who decides in a slice is not among them."""
        found = super().measured()
        found["cohorts"] = [
            {key: value for key, value in cohort.items() if key != "fallback"}
            for cohort in found["cohorts"]
        ]
        return found
