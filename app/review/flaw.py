"""A flaw that can be put into a good project: which rule must find it, and how it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.record.project import Project
from app.stages.road import BY_KEY

Changes = Mapping[str, Any]


@dataclass(frozen=True)
class Flaw:
    """One flaw: answers are changed, what was measured stays as it is.

    ``make`` returns the changed answers by ``stage.question``, or None where the flaw makes no sense.
    """

    key: str
    rule: str
    title: str
    make: Callable[[Project], Changes | None]


def with_flaw(project: Project, flaw: Flaw) -> Project | None:
    """Return the project with one flaw put in; None where it makes no sense."""
    changes = flaw.make(project)
    if changes is None:
        return None
    for place, value in changes.items():
        stage, _, question = place.partition(".")
        project = project.answered(stage, {question: value})
    return project


def answer(project: Project, place: str) -> Any:
    """Return an answer as plain data, its default where nobody gave one."""
    stage, _, question = place.partition(".")
    return BY_KEY[stage].chosen(project).to_json()[question]


def put(**answers: Any) -> Callable[[Project], Changes]:
    """Return a maker that sets answers; in ``framing__goals`` two lines stand for the dot."""
    changes = {place.replace("__", "."): value for place, value in answers.items()}
    return lambda project: changes


def added(place: str, words: str) -> Callable[[Project], Changes]:
    """Return a maker that adds a sentence to a text."""
    return lambda project: {place: f"{answer(project, place)} {words}".strip()}


def for_task(*tasks: str, **answers: Any) -> Callable[[Project], Changes | None]:
    """Return a maker for some kinds of prediction only."""
    make = put(**answers)
    return lambda project: make(project) if project.task in tasks else None
