"""Pictures of a review: the rubric, readiness by section and level, and its lowest section by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.record.chart import Axis, Chart, Colors, Guide, Role, Series
from app.review.item import LEVELS
from app.review.readiness import Readiness
from app.review.reviewer import Report
from app.review.rubric import LEVELS as GRADES

ROLES: tuple[Role, ...] = ("stop", "stop", "watch", "good")


def rubric(report: Report) -> Chart:
    """Return the ten dimensions as bars from 0 to 3."""
    titles = [grade.title for grade in report.grades]
    used = dict.fromkeys(grade.level for grade in report.grades)
    series = tuple(
        Series(
            name=GRADES[level],
            mark="bar",
            x=[max(g.level, 0.06) for g in report.grades if g.level == level],
            y=[g.title for g in report.grades if g.level == level],
            text=tuple(f"{g.level} of 3" for g in report.grades if g.level == level),
            role=ROLES[level],
        )
        for level in sorted(used)
    )
    return Chart(
        key="rubric",
        title="How far does each part carry?",
        says=f"{report.average:.1f} of 3 on average ({report.letter}). Each dimension is graded by its "
        "weakest facet; 3 survives production, 2 supports a decision, 1 is named only.",
        x=Axis(label="Level, 0 to 3"),
        y=Axis(label="", kind="category", order=tuple(titles)),
        series=series,
        horizontal=True,
    )


def heat(ready: Readiness) -> Chart:
    """Return points by section and level as a heat map."""
    cells = [
        (f"{s.key} {s.title}", level, s.of(level), len([r for r in s.at(level) if r.applies]))
        for s in ready.sections
        for level in LEVELS
    ]
    names = tuple(f"{s.key} {s.title}" for s in ready.sections)
    lowest = " and ".join(s.title for s in ready.lowest)
    return Chart(
        key="readiness",
        title="Where is it ready, and for what?",
        says=f"The lowest section counts: {lowest}, {ready.minimum:.0%}. C: any shared prototype or "
        "batch; B: a standard service; A: critical decisions.",
        x=Axis(label="Level", kind="category", order=LEVELS),
        y=Axis(label="", kind="category", order=names),
        series=(
            Series(
                name="Points",
                mark="heat",
                x=tuple(level for _, level, _, _ in cells),
                y=tuple(name for name, _, _, _ in cells),
                shade=tuple(score for _, _, score, _ in cells),
                text=tuple("" if s is None else f"{s * n:g} of {n}" for _, _, s, n in cells),
            ),
        ),
        colors=Colors(label="Points", low="none", high="all"),
    )


def history(days: Sequence[tuple[date, float]]) -> Chart:
    """Return the lowest section by day."""
    return Chart(
        key="history",
        title="How did the lowest section move?",
        says="By the days on which something was measured or attached; answers carry no day, so "
        "today’s are taken.",
        x=Axis(label="Day", kind="date"),
        y=Axis(label="Lowest section", kind="share"),
        series=(
            Series(
                name="Lowest section",
                mark="step",
                x=tuple(day.isoformat() for day, _ in days),
                y=tuple(score for _, score in days),
            ),
        ),
        guides=(Guide(axis="y", at=1.0, label="ready"),),
    )
