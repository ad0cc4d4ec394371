"""The rubric: ten dimensions, each graded by its weakest facet from 0 to 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.review import catalogue
from app.review.rule import SEVERITIES, Rule, Severity
from app.review.sections import DIMENSIONS, RESTS_ON
from app.review.view import View
from app.stages.road import BY_KEY

LEVELS = ("absent", "named", "supports a decision", "survives production")
BANDS = ((2.7, "A"), (2.3, "B"), (1.8, "C"), (1.3, "D"), (0.8, "E"), (0.0, "F"))
MANY_MAJOR = 3
MANY_MINOR = 3


@dataclass(frozen=True)
class Grade:
    """One dimension: its level, and the facet that keeps it from the next."""

    dimension: str
    title: str
    level: int
    weakest: str

    @property
    def words(self) -> str:
        """The level in words."""
        return LEVELS[self.level]


def grades_of(view: View, fired: Mapping[str, Severity]) -> tuple[Grade, ...]:
    """Grade each dimension by what is measured and what fired in it."""
    return tuple(_grade(view, key, title, fired) for key, title in DIMENSIONS.items())


def _grade(view: View, key: str, title: str, fired: Mapping[str, Severity]) -> Grade:
    missing = [stage for stage in RESTS_ON[key] if not view.measured(stage)]
    answered = any(view.project.answers.get(stage) for stage in RESTS_ON[key])
    rules = [rule for rule in catalogue.RULES if rule.dimension == key and rule.key in fired]
    if missing:
        words = f"{BY_KEY[missing[0]].title} is not measured"
        return Grade(key, title, int(answered), words)
    level = _level([fired[rule.key] for rule in rules])
    return Grade(key, title, level, _worst(rules, fired))


def _level(severities: Sequence[Severity]) -> int:
    """Return the level that is left: an average of facets would lift a veto, the weakest does not."""
    majors = severities.count("major")
    if "veto" in severities or majors >= MANY_MAJOR:
        return 1
    return 2 if majors or severities.count("minor") >= MANY_MINOR else 3


def _worst(rules: Sequence[Rule], fired: Mapping[str, Severity]) -> str:
    worst = min(rules, key=lambda rule: SEVERITIES.index(fired[rule.key]), default=None)
    return "" if worst is None else f"{worst.title} ({worst.key})"


def average(grades: Sequence[Grade]) -> float:
    """Return the mean level of all dimensions."""
    return sum(grade.level for grade in grades) / len(grades)


def letter(mean: float) -> str:
    """Return a mean level as a letter from A to F."""
    return next(name for least, name in BANDS if mean >= least)
