"""Rules about the split: what is kept apart, and what leaks across."""

from __future__ import annotations

import re

from app.record.number import readable
from app.review.rule import Hit, Place, Rule
from app.review.view import View
from app.review.wording import mentions

OVERLAP = 0.05
COPIES = 0.01
MOST_LOOKS = 5
DAYS = {"hour": 1 / 24, "day": 1.0, "night": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
AFTER = re.compile(
    r"\b(?:after|within|takes?|later|delay of|known in)\b\D{0,20}?(\d+(?:\.\d+)?)\s*"
    r"(hour|day|night|week|month|year)s?|(\d+(?:\.\d+)?)\s*(hour|day|night|week|month|year)s?\s+(?:later|after)",
    re.IGNORECASE,
)
BEFORE_SPLIT = (
    r"\b(?:scal\w+|normali[sz]\w+|standardi[sz]\w+|imput\w+|(?:over|under|re)[- ]?sampl\w+|SMOTE|"
    r"balanc\w+|encod\w+|select\w+)\b[^.]{0,60}\b(?:before (?:the |we |any )?split\w*|"
    r"on (?:all|the whole|the full|the entire) (?:of the )?(?:data|table|rows|dataset))"
)
ON_TEST = (
    r"\b(?:tun\w+|chose\w*|chosen|select\w+|pick\w+|set|optimi[sz]\w+|adjust\w+)\b[^.]{0,60}"
    r"\b(?:on|by|with|from) the (?:held[- ]out )?test\b(?! period| plan)"
)


def _kind(view: View) -> str:
    chosen = view.choices("data")
    return str(chosen.split or view.word("data.split") or ("time" if chosen.time else "random"))


def _random(view: View) -> tuple[Hit, ...]:
    chosen = view.choices("data")
    named = [
        f"{role} ({getattr(chosen, role)})" for role in ("time", "group") if getattr(chosen, role)
    ]
    if _kind(view) != "random" or not named:
        return ()
    return (Hit(f"Rows are shuffled, and the table has a {' and a '.join(named)}."),)


def _gap(view: View) -> tuple[Hit, ...]:
    chosen = view.choices("data")
    told = _told_delay(chosen.label)
    if told is not None and told > chosen.label_delay_days:
        return (
            Hit(
                f"The label says {readable(told)} days until the answer is known, the split counts "
                f"with {readable(chosen.label_delay_days)}.",
            ),
        )
    gap, later = view.value("data.gap_rows"), view.measured("data")
    if _kind(view) == "time" and chosen.label_delay_days > 0 and later and gap == 0:
        words = f"Labels come in after {readable(chosen.label_delay_days)} days, no row lies in the gap."
        return (Hit(words),)
    return ()


def _told_delay(label: str) -> float | None:
    found = [
        float(number) * DAYS[unit.casefold()]
        for a, one, b, other in AFTER.findall(label)
        for number, unit in ((a, one), (b, other))
        if number
    ]
    return max(found, default=None)


def _both_sides(view: View) -> tuple[Hit, ...]:
    chosen, hits = view.choices("data"), []
    twins = view.value("data.twin_share") or 0.0
    overlap = view.value("data.group_overlap") or 0.0
    if twins > COPIES:
        hits.append(Hit(f"{readable(100 * twins)} % of the test rows have a copy in training."))
    if chosen.group and _kind(view) == "random" and overlap > OVERLAP:
        words = f"{readable(100 * overlap)} % of the test rows are of a {chosen.group} seen in training."
        hits.append(Hit(words))
    return tuple(hits)


def _leak(view: View) -> tuple[Hit, ...]:
    chosen = view.choices("data")
    known = set(chosen.known)
    late = {c.name for c in view.project.data.columns if c.known in ("after", "target")}
    hits = [
        Hit(f"{name} is filled in after the decision, and the model may look at it.")
        for name in chosen.known
        if name in late or name == chosen.target
    ]
    told = {name for name in known if name in late}
    hits += [
        Hit(f"{row['column']}: {row['reason']}")
        for row in view.rows("data.leak_alarms")
        if row["severity"] == "stop" and row["column"] in known and row["column"] not in told
    ]
    return tuple(hits)


def _fitted_before(view: View) -> tuple[Hit, ...]:
    found = mentions(BEFORE_SPLIT, (text.words for text in view.texts))
    return (Hit(f"“{found[:160]}”"),) if found else ()


def _chosen_on_test(view: View) -> tuple[Hit, ...]:
    found = mentions(ON_TEST, (text.words for text in view.texts))
    if found and not re.search(r"\b(?:not|never)\b", found):
        return (Hit(f"“{found[:160]}”"),)
    looks = sum(look.stage == "baselines" for look in view.project.looks)
    if looks > MOST_LOOKS:
        words = (
            f"The test rows were opened {looks} times, each after an answer of the ladder changed."
        )
        return (Hit(words),)
    return ()


RULES = (
    Rule(
        key="L13",
        title="Shuffled, though there is a time or a group",
        section="S15",
        severity="veto",
        dimension="validation",
        question="On the day it goes live, which of these rows would not have happened yet?",
        why="A random split tests on a past that knows its future.",
        fix="Split by time, or keep whole groups on one side.",
        place=Place("data", "split"),
        found=_random,
    ),
    Rule(
        key="L14",
        title="The gap is shorter than the label delay",
        section="S15",
        severity="veto",
        dimension="validation",
        question="At the moment of the first test row, which training labels would be known?",
        why="Rows whose outcome is not in yet cannot be learned from in production.",
        fix="Set the label delay to what it is; the split leaves that gap by itself.",
        place=Place("data", "label_delay_days"),
        found=_gap,
    ),
    Rule(
        key="L15",
        title="The same thing on both sides",
        section="S15",
        severity="veto",
        dimension="validation",
        question="Could the model do well by recognizing whom it has met before?",
        why="A test on acquaintances says nothing about strangers.",
        fix="Split by the group that keeps copies together, or by time.",
        place=Place("data", "group"),
        found=_both_sides,
        needs=("data",),
    ),
    Rule(
        key="L16",
        title="A column from the future",
        section="S14",
        severity="veto",
        dimension="validation",
        question="Was this cell filled in when the decision was made, or when the outcome was?",
        why="It is superb in tests and absent in production.",
        fix="Take the column out of those known at the decision.",
        place=Place("data", "known"),
        found=_leak,
    ),
    Rule(
        key="L18",
        title="Prepared before it was split",
        section="S15",
        severity="veto",
        dimension="validation",
        question="What did your scaler, imputer or sampler know about the test rows?",
        why="Whatever is fitted on all rows carries the test into the training.",
        fix="Fit it inside the folds. Every rung of the ladder here does; say what was done outside.",
        place=Place("data", "split"),
        found=_fitted_before,
        not_yet="Preparation outside of the workbench is known only from what is written about it.",
    ),
    Rule(
        key="L19",
        title="The test helped to choose",
        section="S15",
        severity="veto",
        dimension="validation",
        question="Which choices would be different had the test rows been others?",
        why="A test that chose something is training data, and its score a boast.",
        fix="Choose on the folds; keep the test shut. A newer month makes a new test.",
        place=Place("data", "test_from"),
        found=_chosen_on_test,
    ),
)
