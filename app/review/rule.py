"""A rule of the reviewer: when it fires, what it asks, and where it is mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from app.review.view import View

Severity = Literal["veto", "major", "minor"]
SEVERITIES: tuple[Severity, ...] = ("veto", "major", "minor")


@dataclass(frozen=True)
class Place:
    """A question of a stage, where something can be mended."""

    stage: str
    question: str = ""

    def __str__(self) -> str:
        return f"{self.stage}.{self.question}" if self.question else self.stage


@dataclass(frozen=True)
class Hit:
    """One time a rule fires: what it saw, and where, if not at the rule's own place."""

    says: str
    place: Place | None = None
    severity: Severity | None = None


@dataclass(frozen=True)
class Rule:
    """One rule.

    ``question`` asks and does not give the answer; ``fix`` is shown when asked for. ``needs`` are
    stages that must be measured: until then the rule is open, which is not the same as passed.
    ``not_yet`` says what part of the rule a project cannot hold so far.
    """

    key: str
    title: str
    section: str
    severity: Severity
    dimension: str
    question: str
    why: str
    fix: str
    place: Place
    found: Callable[[View], tuple[Hit, ...]]
    needs: tuple[str, ...] = ()
    not_yet: str = ""
