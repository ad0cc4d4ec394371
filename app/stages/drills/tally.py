"""The drills that were walked, counted from the answers alone: scores, harm, and the last debrief."""

from __future__ import annotations

from app.record.chart import Axis, Chart, Guide, Series
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.table import Column, Table
from app.stages.drills.choices import Choices
from app.stages.drills.debrief import harm_chart, nine
from app.stages.drills.drill import Drill, Outcome

MOST_DRAWN = 20


def tally(choices: Choices, evidence: Evidence) -> Evidence:
    """Return the evidence with what the walked drills say."""
    done = [d for d in choices.drills if d.outcome is not None]
    if not done:
        return evidence
    completed = [d for d in done if d.status == "completed"]
    last = (completed or done)[-1]
    assert last.outcome is not None
    return evidence.model_copy(
        update={
            "measures": (*evidence.measures, *_measures(completed)),
            "tables": (*evidence.tables, _table(done)),
            "charts": (
                *evidence.charts,
                _scores(done),
                nine(last.outcome, last.code),
                harm_chart(last.outcome, "in money"),
            ),
        }
    )


def _outcomes(drills: list[Drill]) -> list[Outcome]:
    return [drill.outcome for drill in drills if drill.outcome is not None]


def _measures(completed: list[Drill]) -> tuple[Measure, ...]:
    scores = [outcome.score.total for outcome in _outcomes(completed)]
    return (
        Measure(key="drills_walked", label="Drills completed", value=len(scores), unit="drills"),
        Measure(
            key="last_drill",
            label="Score of the last drill",
            value=scores[-1] if scores else None,
            unit="share",
            n=len(scores),
            note=f"{completed[-1].code}, {completed[-1].finished_at[:10]}" if completed else "",
        ),
    )


def _table(done: list[Drill]) -> Table:
    return Table(
        key="walked",
        title="Drills walked",
        columns=(
            Column(key="code", label="Drill (with its seed)", kind="text"),
            Column(key="finished", label="Finished", kind="text"),
            Column(key="status", label="Status", kind="text"),
            Column(key="score", label="Score", kind="share"),
            Column(key="title", label="What it was", kind="text"),
            Column(key="declared", label="Declared after", unit="min", kind="number"),
            Column(key="contained", label="Contained after", unit="min", kind="number"),
            Column(key="harm", label="Harm", kind="currency"),
            Column(key="oracle", label="Harm of the oracle", kind="currency"),
            Column(key="brier", label="Brier score", kind="number"),
        ),
        rows=tuple(
            (
                drill.code,
                drill.finished_at[:10],
                drill.status,
                outcome.score.total,
                outcome.title,
                outcome.score.declared_minute,
                outcome.score.contained_minute,
                outcome.score.harm,
                outcome.score.harm_oracle,
                outcome.score.brier,
            )
            for drill, outcome in zip(done, _outcomes(done), strict=True)
        ),
        note="Harm from the start of the drill to its horizon of five days, as handling was left.",
    )


def _scores(done: list[Drill]) -> Chart:
    shown = done[-MOST_DRAWN:]
    names = tuple(f"{number}: {drill.code}" for number, drill in enumerate(shown, start=1))
    return Chart(
        key="drill_scores",
        title="Drills, one after the other",
        says="Total score of each finished drill; the oracle reaches 100 %. Studied ones are grey.",
        x=Axis(label="Score", kind="share"),
        y=Axis(label="Drill", kind="category", order=names),
        series=tuple(
            Series(
                name=status.capitalize(),
                mark="bar",
                x=tuple(
                    o.score.total if d.status == status else None
                    for d, o in zip(shown, _outcomes(shown), strict=True)
                ),
                y=names,
                role="main" if status == "completed" else "muted",
            )
            for status in ("completed", "studied")
            if any(d.status == status for d in shown)
        ),
        guides=(Guide(axis="x", at=1.0, label="oracle", role="good"),),
        horizontal=True,
    )
