"""Judgments on predicted numbers and on the order of lists."""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding, Level
from app.record.measure import Measure
from app.record.number import readable
from app.stages.errors.choices import Choices

# A mean error is told from this part of the mean absolute error on.
PART = 0.1
FEW_MAKE_MUCH = 0.3
HELD = 0.95


def findings(choices: Choices, evidence: Evidence) -> list[Finding]:
    """Judge whether numbers lean, whether few rows make the error, and how lists are ordered."""
    return [
        *_leaning(evidence.measure("bias"), evidence.measure("absolute_error")),
        *_few_rows(evidence.value("largest_errors")),
        *_retrieval(evidence.measure("lists_with_answer")),
        *_list_by_list(evidence.measure("list_gain"), evidence.value("lists_lost")),
    ]


def _told(one: Measure | None) -> tuple[float, float, float] | None:
    """Return a number with the ends of its interval, None when it has none."""
    if one is None or one.value is None or one.low is None or one.high is None:
        return None
    return one.value, one.low, one.high


def _leaning(bias: Measure | None, size: Measure | None) -> list[Finding]:
    known = _told(bias)
    if known is None or bias is None or size is None or size.value is None:
        return []
    value, low, high = known
    words = (
        f"{readable(value)} on average (95 % interval {readable(low)} to {readable(high)}, "
        f"n = {bias.n:,}); it is {readable(size.value)} off on average."
    )
    if low <= 0 <= high:
        return [
            Finding(
                key="no_lean",
                level="good",
                title="No lean up or down is proven",
                detail=words,
                because="bias",
            )
        ]
    if abs(value) <= PART * size.value:
        return []
    return [
        Finding(
            key="leans",
            level="watch",
            title="It predicts too " + ("much" if value > 0 else "little"),
            detail=words,
            because="bias",
            do="Is it meant to, because one side costs more? If not, learn on more recent rows or on "
            "a ratio to the recent level.",
        )
    ]


def _few_rows(largest: float | None) -> list[Finding]:
    if largest is None or largest < FEW_MAKE_MUCH:
        return []
    return [
        Finding(
            key="few_rows_much_error",
            level="watch",
            title=f"One row in a hundred makes {largest:.0%} of the squared error",
            detail="A few rows decide what a squared loss learns, and what the metric says.",
            because="largest_errors",
            do="Read the worst days and rows: are they wrong, or rare and real?",
        )
    ]


def _retrieval(held: Measure | None) -> list[Finding]:
    if held is None or held.value is None or held.value >= HELD:
        return []
    return [
        Finding(
            key="no_answer_in_list",
            level="watch",
            title=f"{1 - held.value:.0%} of the lists hold no good item",
            detail=f"Of {held.n:,} lists. No order can mend that: what fills the lists has failed.",
            because="lists_with_answer",
            do="Look at what fills the lists before you work on their order.",
        )
    ]


def _list_by_list(gain: Measure | None, lost: float | None) -> list[Finding]:
    known = _told(gain)
    if known is None or gain is None:
        return []
    value, low, high = known
    level: Level = "watch"
    title = "Neither of the two orders is better for sure"
    if high < 0:
        level, title = "stop", "The order it is compared with is better"
    elif low > 0:
        level, title = "good", "Its order is better than the one it is compared with"
    part = f" The other order is better on {lost:.0%} of the lists." if lost is not None else ""
    return [
        Finding(
            key="list_by_list",
            level=level,
            title=title,
            detail=f"{gain.label}: {readable(value)} (95 % interval {readable(low)} to "
            f"{readable(high)}, n = {gain.n:,} lists).{part}",
            because="list_gain",
            do="" if level == "good" else "Read the worst lists: what stood above the answer?",
        )
    ]
