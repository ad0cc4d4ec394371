"""Is there a step below the model, in order, owned, rehearsed, and better than nothing?"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from app.record.evidence import Evidence
from app.record.finding import Finding
from app.record.table import Cell
from app.stages.serving.catalogue import SHORT
from app.stages.serving.choices import Choices

Row = dict[str, Cell]


def fallbacks(choices: Choices, evidence: Evidence) -> list[Finding]:
    """Judge the fallback ladder, the agreements on it, the dependencies, and the slices."""
    table = evidence.table("fallbacks")
    steps = table.records() if table else []
    return [
        *_there(choices, steps),
        *_useful(steps),
        *_order(steps),
        *_agreed(choices, steps),
        *_named(choices, evidence),
        *_losses(choices, evidence),
        *_slices(evidence),
    ]


def _there(choices: Choices, steps: list[Row]) -> list[Finding]:
    if len(steps) > 1:
        return []
    return [
        Finding(
            key="no_fallback",
            level="stop",
            title="Nothing stands below the full model",
            detail="When it is down, nobody knows what happens to a decision.",
            do="Choose at least one step: a rule, a constant, a person.",
            question="steps",
        )
    ]


def _useful(steps: list[Row]) -> list[Finding]:
    """A fallback that costs more than doing nothing for sure is none."""
    bad = [row for row in steps if row["key"] != "full" and _above_zero(row["idle_low"])]
    return [
        Finding(
            key=f"worse_than_nothing_{row['key']}",
            level="stop",
            title=f"“{row['step']}” is worse than doing nothing",
            detail="Its whole interval lies above the cost of not acting at all.",
            because=f"cost_{row['key']}",
            do="Take it off the ladder.",
            question="steps",
        )
        for row in bad
    ]


def _above_zero(cell: Cell) -> bool:
    return isinstance(cell, float | int) and cell > 0


def _order(steps: list[Row]) -> list[Finding]:
    """A step that is cheaper for sure than the one above it should stand above it."""
    found = []
    for above, row in pairwise(steps):
        high = row["above_high"]
        if isinstance(high, float | int) and high < 0 and row["basis"] == "measured":
            found.append(
                Finding(
                    key=f"order_{row['key']}",
                    level="watch",
                    title=f"“{row['step']}” is cheaper than “{above['step']}” above it",
                    detail="The whole interval of the difference lies below zero.",
                    because=f"cost_{row['key']}",
                    do="Serve it instead."
                    if above["key"] == "full"
                    else f"Take “{above['step']}” off the ladder.",
                    question="steps",
                )
            )
    ok = len(steps) > 1 and not found
    if ok:
        found.append(
            Finding(key="in_order", level="good", title="No step is cheaper than the one above it")
        )
    return found


def _agreed(choices: Choices, steps: list[Row]) -> list[Finding]:
    keys = [str(row["key"]) for row in steps if row["key"] != "full"]
    notes = {key: choices.note(key) for key in keys}
    lacks = {
        "owner": [k for k, note in notes.items() if note is None or not note.owner.strip()],
        "trigger": [k for k, note in notes.items() if note is None or not note.trigger.strip()],
        "way_back": [k for k, note in notes.items() if note is None or not note.way_back.strip()],
        "rehearsed": [k for k, note in notes.items() if note is None or not note.rehearsed.strip()],
    }
    words = {
        "owner": ("without an owner", "Name who decides to switch, and back."),
        "trigger": ("without a trigger", "Say what is seen when it is time to switch."),
        "way_back": ("without a way back", "Say how one comes back to the full model."),
        "rehearsed": ("never rehearsed", "Switch on a quiet day, and write down when."),
    }
    return [
        Finding(
            key=f"fallback_no_{what}",
            level="watch",
            title=f"Fallbacks {words[what][0]}: {_names(missing)}",
            do=words[what][1],
            question="fallbacks",
        )
        for what, missing in lacks.items()
        if missing
    ]


def _names(keys: Iterable[str]) -> str:
    return ", ".join(SHORT[key].lower() for key in keys)


def _named(choices: Choices, evidence: Evidence) -> list[Finding]:
    found = []
    if not choices.dependencies:
        found.append(
            Finding(
                key="no_dependency",
                level="watch",
                title="No dependency is named",
                detail="Every column comes from somewhere; one day it is late.",
                do="Name the feeds and tables, and the columns each brings.",
                question="dependencies",
            )
        )
    if strangers := evidence.words.get("strangers"):
        found.append(
            Finding(
                key="dependency_without_columns",
                level="watch",
                title=f"Nothing the model may look at comes from: {strangers}",
                do="Choose the columns it brings, or take it off the list.",
                question="dependencies",
            )
        )
    silent = [one.name for one in choices.dependencies if not one.late.strip()]
    if silent:
        found.append(
            Finding(
                key="dependency_no_plan",
                level="watch",
                title=f"Nobody has said what happens when it is late: {', '.join(silent)}",
                do="Say what is done when it is late, and when it is gone.",
                question="dependencies",
            )
        )
    return found


def _losses(choices: Choices, evidence: Evidence) -> list[Finding]:
    table = evidence.table("dependencies")
    rows = table.records() if table else []
    found = []
    single = [row for row in rows if row["single"]]
    if single:
        found.append(
            Finding(
                key="single_point",
                level="watch",
                title=f"Single points of failure: {_all(single)}",
                detail="The model reads it, so does the rule, and no reduced model does without it.",
                because="worst_loss",
                do="Add a reduced model without it, or a rule on other columns.",
                question="steps",
            )
        )
    for other, words in (("rule", "the rule"), ("reduced", "the reduced model")):
        worse = [row for row in rows if _above_zero(row[f"over_{other}_low"])]
        if worse:
            found.append(
                Finding(
                    key=f"fall_back_to_{other}",
                    level="watch",
                    title=f"Without {_all(worse)} the full model is worse than {words}",
                    detail="The whole interval of the difference lies above zero, over all "
                    "dependencies together.",
                    because="worst_loss",
                    do=f"Fall back to {words} when the columns are missing: make it the trigger.",
                    question="fallbacks",
                )
            )
    if rows and not found:
        found.append(
            Finding(
                key="losses_bearable",
                level="good",
                title="No fallback is proven better than the full model when a dependency is gone",
                because="worst_loss",
            )
        )
    return found


def _all(rows: list[Row]) -> str:
    return ", ".join(f"“{row['name']}”" for row in rows)


def _slices(evidence: Evidence) -> list[Finding]:
    table = evidence.table("slice_fallbacks")
    rows = table.records() if table else []
    dear = [row for row in rows if isinstance(row["high"], float | int) and row["high"] < 0]
    if not dear:
        return []
    return [
        Finding(
            key="slice_fallback_dearer",
            level="watch",
            title=f"The model is cheaper than who decides instead: {_all(dear)}",
            detail="The whole interval lies below zero.",
            do="Let the model decide there, or say what speaks against it.",
        )
    ]
