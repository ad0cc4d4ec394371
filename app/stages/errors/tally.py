"""The user's notes on causes, counted: cheap, and fresh at every look."""

from __future__ import annotations

from app.lab.estimate import Estimate
from app.lab.taxonomy import count_causes
from app.record.chart import Axis, Chart, Series
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.table import Column, Table
from app.stages.errors.choices import CAUSES, Choices


def tally(choices: Choices, evidence: Evidence) -> Evidence:
    """Add the taxonomy of causes to what was measured."""
    coded = [note for note in choices.notes if note.cause]
    total = len(evidence.table("worst_rows").rows) if evidence.table("worst_rows") else 0  # type: ignore[union-attr]
    share = Estimate(len(coded), None, None, total)
    measures = (
        *evidence.measures,
        Measure.of("notes_coded", "Worst rows you gave a cause", share, "rows"),
    )
    if not coded:
        return evidence.model_copy(update={"measures": measures})
    causes = count_causes([note.cause for note in choices.notes], CAUSES)
    table = Table(
        key="taxonomy",
        title="Why it fails, by your notes",
        columns=(
            Column(key="cause", label="Cause", kind="text"),
            Column(key="n", label="Rows", kind="integer"),
            Column(key="share", label="Share", kind="share"),
            Column(key="low", label="from", kind="share"),
            Column(key="high", label="to", kind="share"),
        ),
        rows=tuple((CAUSES[c.key], c.n, c.share.value, c.share.low, c.share.high) for c in causes),
        note="Of the worst rows only, not of all errors.",
    )
    chart = Chart(
        key="taxonomy",
        title="Why does it fail?",
        says=f"Most often: {CAUSES[causes[0].key].lower()} ({causes[0].n} of {len(coded)} rows "
        "you coded).",
        x=Axis(label="Worst rows", kind="number"),
        y=Axis(label="", kind="category"),
        series=(
            Series(
                name="Rows",
                mark="bar",
                x=[float(c.n) for c in causes],
                y=[CAUSES[c.key] for c in causes],
                role="third",
            ),
        ),
        horizontal=True,
    )
    return evidence.model_copy(
        update={
            "measures": measures,
            "tables": (*evidence.tables, table),
            "charts": (*evidence.charts, chart),
        }
    )
