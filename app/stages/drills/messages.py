"""What stakeholders were told: how often, and whether it said what they need."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.stages.drills.event import Event
from app.stages.drills.state import State

FIRST_WITHIN = 15.0
EVERY = 30.0
EVERY_CONTAINED = 240.0
LEAST_LETTERS = 15
NUMBER = re.compile(r"\d")
DOING = re.compile(
    r"\b(we (?:are|have|will|do)|fall(?:ing|en)? back|fell back|roll(?:ing|ed)? back|stopp(?:ed|ing)"
    r"|switch(?:ed|ing)?|investigat\w+|quarantin\w+|restor\w+|retrain\w*|fix\w*|mend\w*|paus\w+"
    r"|leav\w+|watch\w*|check\w*|no action)\b",
    re.IGNORECASE,
)
NEXT = re.compile(
    r"(next (?:update|news|message|word)|update (?:at|in|by|every)|again (?:at|in|by)"
    r"|resolved|closed|no further update)",
    re.IGNORECASE,
)
SIGNS: Mapping[str, str] = {
    "impact": "a number: who or how much is affected",
    "doing": "what is being done",
    "next": "when the next news comes",
}


def signs_of(words: str) -> tuple[str, ...]:
    """Return which of the signs of a good update a message shows."""
    if len(words.strip()) < LEAST_LETTERS:
        return ()
    shown = {"impact": NUMBER, "doing": DOING, "next": NEXT}
    return tuple(key for key, pattern in shown.items() if pattern.search(words))


def quality_of(words: str) -> float:
    """Return the share of the signs that a message shows."""
    return len(signs_of(words)) / len(SIGNS)


def due(state: State, contained: float, until: float) -> tuple[float, ...]:
    """Return the minutes by which news was due: soon at first, seldom once it is contained."""
    found, minute = [FIRST_WITHIN], FIRST_WITHIN
    while True:
        minute += EVERY if minute < contained else EVERY_CONTAINED
        if minute > until:
            return tuple(found)
        found.append(minute)


def kept(sent: Sequence[Event], dates: Sequence[float]) -> int:
    """Return before how many of the dates news had come since the date before."""
    minutes = [event.ends for event in sent if signs_of(event.text)]
    starts = [0.0, *dates]
    return sum(
        any(start < minute <= end for minute in minutes)
        for start, end in zip(starts, dates, strict=False)
    )
