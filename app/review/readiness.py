"""Readiness: 95 rows, the lowest section, and the cheapest row that lifts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.record.project import Project
from app.review.answers import KEY, Attached, review_of
from app.review.item import (
    HALF,
    LEVELS,
    SECTION_TITLES,
    Fired,
    Item,
    Level,
    Outcome,
    aside,
    unknown,
)
from app.review.items import delivery, design, operation
from app.review.view import View

ITEMS: tuple[Item, ...] = (*design.ITEMS, *delivery.ITEMS, *operation.ITEMS)
BY_KEY: Mapping[str, Item] = {item.key: item for item in ITEMS}
SCORES = {"documented": HALF, "automated": 1.0}
LONGEST_HISTORY = 8


@dataclass(frozen=True)
class Row:
    """One row with what is known of it."""

    item: Item
    outcome: Outcome

    @property
    def applies(self) -> bool:
        """Whether it counts at all."""
        return self.outcome.state != "not_applicable"

    @property
    def passes(self) -> bool:
        """Whether it does not hold up the badge of its level."""
        return not self.applies or self.outcome.score >= HALF


@dataclass(frozen=True)
class Section:
    """One section and its rows."""

    key: str
    title: str
    rows: tuple[Row, ...]

    @property
    def score(self) -> float | None:
        """Points by rows that apply, 0 to 1; None when none does."""
        counted = [row.outcome.score for row in self.rows if row.applies]
        return sum(counted) / len(counted) if counted else None

    def of(self, level: Level) -> float | None:
        """Return the points of one level, None when none of its rows applies."""
        return Section(self.key, self.title, self.at(level)).score

    def at(self, level: Level) -> tuple[Row, ...]:
        """Return the rows of one level."""
        return tuple(row for row in self.rows if row.item.level == level)


@dataclass(frozen=True)
class Readiness:
    """All sections; what counts is the lowest."""

    sections: tuple[Section, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows in order."""
        return tuple(row for section in self.sections for row in section.rows)

    @property
    def minimum(self) -> float:
        """The score of the lowest section."""
        return min(section.score for section in self.sections if section.score is not None)

    @property
    def lowest(self) -> tuple[Section, ...]:
        """The sections that are as low as the lowest."""
        return tuple(
            s for s in self.sections if s.score is not None and s.score <= self.minimum + 1e-9
        )

    @property
    def level(self) -> Level | None:
        """The highest level of which every row passes, those of lower levels too; None for none."""
        reached: Level | None = None
        for level in LEVELS:
            if not all(row.passes for row in self.rows if row.item.level == level):
                break
            reached = level
        return reached

    @property
    def cheapest(self) -> Row | None:
        """The row that lifts the lowest section with the least effort; of equals the more basic one."""
        open_ = [row for row in self.lowest[0].rows if row.applies and row.outcome.score < 1.0]
        return min(
            open_,
            key=lambda r: (r.item.effort, LEVELS.index(r.item.level), r.outcome.score),
            default=None,
        )


def readiness_of(view: View, fired: Fired) -> Readiness:
    """Check every row: by machine where one can, by what is attached where only a person can."""
    rows = tuple(Row(item, _outcome(item, view, fired)) for item in ITEMS)
    return Readiness(
        tuple(
            Section(key, title, tuple(row for row in rows if row.item.section == key))
            for key, title in SECTION_TITLES.items()
        )
    )


def _outcome(item: Item, view: View, fired: Fired) -> Outcome:
    mine = view.review.attached.get(item.key)
    if item.check is None:
        return _attached(mine)
    found = item.check(view, fired)
    # What a machine has looked at, nobody waves away; what it cannot see may be set aside.
    if found.state == "open" and mine is not None and mine.how == "not_applicable":
        return _attached(mine)
    return found


def _attached(mine: Attached | None) -> Outcome:
    if mine is None:
        return unknown("Nothing is attached.")
    if not mine.says_something:
        return unknown("It needs a text or a link; a tick alone does not count.")
    said = mine.text.strip() or mine.link
    if mine.how == "not_applicable":
        return aside(f"Set aside: {said}")
    return Outcome(SCORES[mine.how], said)


def takes(item: Item, what: Attached) -> str:
    """Say why a row does not take what a person gives it; empty when it does."""
    if not what.says_something:
        return "Write a sentence, or give a link: a tick alone does not count."
    if item.check is not None and what.how != "not_applicable":
        return "A machine checks this row: nobody ticks it by hand."
    return ""


def past(project: Project) -> tuple[tuple[date, Project], ...]:
    """Return the project as it stood at the end of each day on which something was shown.

    Days are those of measurements and attachments; answers carry no day, so today's stand.
    """
    days = {
        date.fromisoformat(e.stamp.measured_at[:10])
        for e in project.evidence.values()
        if e.stamp.measured_at
    }
    days |= {one.on for one in review_of(project).attached.values() if one.on is not None}
    return tuple((day, _until(project, day)) for day in sorted(days)[-LONGEST_HISTORY:])


def _until(project: Project, day: date) -> Project:
    evidence = {
        key: found
        for key, found in project.evidence.items()
        if not found.stamp.measured_at or found.stamp.measured_at[:10] <= day.isoformat()
    }
    rows = review_of(project).attached
    kept = {key: one.to_json() for key, one in rows.items() if one.on is None or one.on <= day}
    return project.model_copy(update={"evidence": evidence}).answered(KEY, {"attached": kept})
