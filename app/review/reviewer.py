"""A project under review: what fired, what is open, the rubric, readiness, and the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.record.project import Project
from app.review import catalogue
from app.review.gate import Gate, gate_of
from app.review.readiness import Readiness, readiness_of
from app.review.rubric import Grade, average, grades_of, letter
from app.review.rule import SEVERITIES, Place, Rule, Severity
from app.review.sections import PROFILES
from app.review.view import View

MOST_PLACES = 20


@dataclass(frozen=True)
class Noted:
    """One rule that fired at one place."""

    rule: Rule
    says: str
    place: Place
    severity: Severity


@dataclass(frozen=True)
class Report:
    """Everything a review says; a veto stands, however good the average."""

    noted: tuple[Noted, ...]
    open: tuple[Rule, ...]
    grades: tuple[Grade, ...]
    readiness: Readiness
    gate: Gate

    @property
    def vetoes(self) -> tuple[Noted, ...]:
        """What must be mended before anything else."""
        return tuple(one for one in self.noted if one.severity == "veto")

    @property
    def average(self) -> float:
        """Mean of the ten dimensions, from 0 to 3."""
        return average(self.grades)

    @property
    def letter(self) -> str:
        """The average from A to F."""
        return letter(self.average)

    def count(self, severity: Severity) -> int:
        """Return how many rules fired with one severity at their worst place."""
        return list(_fired(self.noted).values()).count(severity)


def noted_of(view: View, rules: Sequence[Rule] = catalogue.RULES) -> tuple[Noted, ...]:
    """Return every place at which a rule fires, worst first."""
    found = [
        Noted(rule, hit.says, hit.place or rule.place, hit.severity or rule.severity)
        for rule in rules
        if view.measured(*rule.needs)
        for hit in tuple(dict.fromkeys(rule.found(view)))[:MOST_PLACES]
    ]
    return tuple(sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.rule.key)))


def open_rules(view: View, rules: Sequence[Rule] = catalogue.RULES) -> tuple[Rule, ...]:
    """Return the rules that cannot be decided before something is measured."""
    return tuple(rule for rule in rules if not view.measured(*rule.needs))


def _fired(noted: Sequence[Noted]) -> dict[str, Severity]:
    """Return the worst severity of each rule that fired."""
    fired: dict[str, Severity] = {}
    for one in noted:
        fired.setdefault(one.rule.key, one.severity)
    return fired


def review(project: Project, profile: str = "design_document") -> Report:
    """Review the sections of one kind of document: the same project gives the same report, always."""
    view = View(project)
    rules = tuple(rule for rule in catalogue.RULES if rule.section in PROFILES[profile])
    noted, waiting = noted_of(view, rules), open_rules(view, rules)
    fired = _fired(noted)
    grades = grades_of(view, fired)
    # Readiness is of the whole project, whatever document is reviewed.
    whole = fired if len(rules) == len(catalogue.RULES) else _fired(noted_of(view))
    readiness = readiness_of(view, whole)
    return Report(noted, waiting, grades, readiness, gate_of(view, fired, waiting))
