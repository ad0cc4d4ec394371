"""A row of readiness: its level, what kind of evidence counts, and how a machine checks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from app.review.rule import Place, Severity
from app.review.view import View

Level = Literal["C", "B", "A"]
LEVELS: tuple[Level, ...] = ("C", "B", "A")
LEVEL_WORDS: Mapping[Level, str] = {
    "C": "C · any shared prototype or batch",
    "B": "B · a standard service",
    "A": "A · critical decisions",
}
Kind = Literal["auto", "sim", "att"]
KINDS: Mapping[Kind, str] = {
    "auto": "checked by machine",
    "sim": "proven in simulation",
    "att": "shown by a person",
}
State = Literal["scored", "open", "not_applicable"]
Fired = Mapping[str, Severity]
HALF = 0.5


@dataclass(frozen=True)
class Outcome:
    """What is known of a row; open means nobody knows, and counts as no."""

    score: float
    says: str
    state: State = "scored"


Check = Callable[[View, Fired], Outcome]


@dataclass(frozen=True)
class Item:
    """One row; ``effort`` is 1 (an answer in a form) to 5 (days of engineering)."""

    key: str
    title: str
    level: Level
    kind: Kind
    effort: int
    place: Place
    check: Check | None = None

    @property
    def section(self) -> str:
        """The section it stands in, such as R1."""
        return self.key.partition(".")[0]


SECTION_TITLES: Mapping[str, str] = {
    "R1": "Framing",
    "R2": "Data and labels",
    "R3": "Model and evaluation",
    "R4": "Reproducible training and delivery",
    "R5": "Serving, rollout, resilience",
    "R6": "Monitoring",
    "R7": "Operations and learning",
    "R8": "Reviewability",
}


def unknown(words: str) -> Outcome:
    """Return that nobody knows."""
    return Outcome(0.0, words, "open")


def aside(words: str) -> Outcome:
    """Return that a row does not apply, and why."""
    return Outcome(0.0, words, "not_applicable")


def measured(view: View, *stages: str) -> Outcome | None:
    """Return what keeps stages from speaking: nothing measured. None when they can speak."""
    from app.stages.road import BY_KEY

    lacking = [BY_KEY[s].title if s in BY_KEY else s for s in stages if not view.measured(s)]
    return unknown(f"Not measured: {', '.join(lacking)}.") if lacking else None


def clear(*rules: str, needs: tuple[str, ...] = (), also: Check | None = None) -> Check:
    """Return a check that rules are silent, on fresh evidence of some stages."""

    def check(view: View, fired: Fired) -> Outcome:
        silent = measured(view, *needs)
        if silent is not None:
            return silent
        hurt = [rule for rule in rules if rule in fired]
        if any(fired[rule] != "minor" for rule in hurt):
            return Outcome(0.0, f"The reviewer objects: {', '.join(hurt)}.")
        more = also(view, fired) if also else Outcome(1.0, "Checked.")
        if more.state != "scored" or more.score == 0:
            return more
        if hurt:
            return Outcome(HALF, f"The reviewer asks: {', '.join(hurt)}.")
        if not view.fresh(*needs):
            return Outcome(min(HALF, more.score), "Shown on evidence that is stale.")
        return more

    return check


def shown(*paths: str, rules: tuple[str, ...] = (), also: Check | None = None) -> Check:
    """Return a check that measures, tables or words are there: ``stage.key``, all of them."""
    stages = tuple(dict.fromkeys(path.partition(".")[0] for path in paths))

    def there(view: View, fired: Fired) -> Outcome:
        lacking = [path for path in paths if not has(view, path)]
        if lacking:
            return Outcome(0.0, f"Not shown: {', '.join(p.partition('.')[2] for p in lacking)}.")
        return also(view, fired) if also else Outcome(1.0, "Measured here.")

    return clear(*rules, needs=stages, also=there)


def has(view: View, path: str) -> bool:
    """Say whether a measure with a number, a table with rows, or a text is there."""
    return view.value(path) is not None or bool(view.rows(path)) or bool(view.word(path))
