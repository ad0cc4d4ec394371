"""What a person writes after a drill: five whys, each with its check, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from app.record.record import Record

LONG = 4000
SHORT = 300
MOST_WHYS = 5
MOST_ACTIONS = 20
MOST_DECISIONS = 500
ActionKind = Literal["detect", "contain", "prevent"]

ACTION_KINDS: Mapping[ActionKind, str] = {
    "detect": "Notice it sooner",
    "contain": "Stop the harm sooner",
    "prevent": "Keep it from happening",
}
FACTORS: Mapping[str, str] = {
    "data": "Data",
    "feature": "Features",
    "model": "Model",
    "serving": "Serving",
    "process": "Process",
}
# Each text field with a good and a bad example.
TEXTS: Mapping[str, tuple[str, str, str]] = {
    "summary": (
        "What happened, in two sentences?",
        "From 9 March amounts came in cents. For two days every score was too high, and 940 "
        "customers were called for nothing.",
        "There was a data problem and it was fixed.",
    ),
    "not_caught": (
        "Why did tests and monitors not catch it?",
        "The schema test checks types, not ranges; the drift monitor compares with last month "
        "and needs a day of rows.",
        "Monitoring was not good enough.",
    ),
    "went_well": (
        "What went well?",
        "The rule took over within five minutes of the page.",
        "Great teamwork.",
    ),
    "went_badly": (
        "What went badly?",
        "We ordered a retraining before anybody had looked at a row.",
        "It took too long.",
    ),
    "lucky": (
        "Where were we lucky?",
        "It began on a Tuesday morning; on a Friday nobody would have looked until Monday.",
        "Nothing worse happened.",
    ),
    "message": (
        "What did those concerned hear in the end?",
        "Scores of 9 to 11 March were wrong for 940 customers; they are corrected, and the "
        "calls were cancelled.",
        "The issue has been resolved.",
    ),
}


class Why(Record):
    """One why, and what shows that it is so."""

    text: str = Field(default="", max_length=LONG)
    check: str = Field(default="", max_length=LONG)


class Action(Record):
    """Something that will be done, by whom and until when."""

    kind: ActionKind = "detect"
    text: str = Field(default="", max_length=SHORT)
    owner: str = Field(default="", max_length=120)
    due: date | None = None
    closes: str = Field(default="", max_length=SHORT)

    @property
    def whole(self) -> bool:
        """Whether it says what, who and when."""
        return bool(self.text.strip() and self.owner.strip() and self.due)


class PostMortem(Record):
    """What a person writes about a finished drill; the numbers come from the drill.

    Parameters
    ----------
    whys : tuple of Why
        From the symptom down to what can be changed.
    factors : tuple of str
        Keys of ``FACTORS``.
    actions : tuple of Action
    """

    summary: str = Field(default="", max_length=LONG)
    not_caught: str = Field(default="", max_length=LONG)
    went_well: str = Field(default="", max_length=LONG)
    went_badly: str = Field(default="", max_length=LONG)
    lucky: str = Field(default="", max_length=LONG)
    message: str = Field(default="", max_length=LONG)
    whys: tuple[Why, ...] = Field(default=(), max_length=MOST_WHYS)
    factors: tuple[str, ...] = ()
    actions: tuple[Action, ...] = Field(default=(), max_length=MOST_ACTIONS)


class Decision(Record):
    """An entry of the decision log.

    Parameters
    ----------
    title, context, choice, consequence : str
    rejected : str
        Other ways, and why they were not taken.
    on : date or None
    drill : str
        Code of the drill that led to it; empty for others.
    """

    title: str = Field(min_length=1, max_length=SHORT)
    context: str = Field(default="", max_length=LONG)
    choice: str = Field(default="", max_length=LONG)
    rejected: str = Field(default="", max_length=LONG)
    consequence: str = Field(default="", max_length=LONG)
    on: date | None = None
    drill: str = Field(default="", max_length=60)


def lacking(post: PostMortem) -> tuple[str, ...]:
    """Return in words what a whole post-mortem still needs."""
    found = [words[0] for key, words in TEXTS.items() if not str(getattr(post, key)).strip()]
    told = [why for why in post.whys if why.text.strip() and why.check.strip()]
    if len(told) < MOST_WHYS:
        found.append(f"{MOST_WHYS - len(told)} of five whys, each with what shows it")
    if not post.factors:
        found.append("What contributed?")
    whole = {action.kind for action in post.actions if action.whole}
    if "detect" not in whole:
        found.append("An action to notice it sooner, with owner and date")
    if "prevent" not in whole:
        found.append("An action that keeps it from happening, with owner and date")
    return tuple(found)


def completeness(post: PostMortem) -> float:
    """Return the share of what a whole post-mortem holds: texts, whys, factors, actions."""
    told = sum(bool(str(getattr(post, key)).strip()) for key in TEXTS)
    whys = sum(bool(why.text.strip() and why.check.strip()) for why in post.whys)
    whole = {action.kind for action in post.actions if action.whole}
    have = told + min(whys, MOST_WHYS) + bool(post.factors)
    have += ("detect" in whole) + ("prevent" in whole)
    return have / (len(TEXTS) + MOST_WHYS + 3)
