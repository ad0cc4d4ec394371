"""Which errors are real, and what comes first?"""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding
from app.record.number import readable
from app.record.table import Cell
from app.stages.errors.choices import CAUSES, Choices

ENOUGH_NOTES = 10


def judge(choices: Choices, evidence: Evidence) -> tuple[Finding, ...]:
    """Judge slices, calibration and the reading of rows."""
    return (*_slices(evidence), *_leaning(evidence), *_notes(choices, evidence))


def _slices(evidence: Evidence) -> list[Finding]:
    table = evidence.table("slices")
    proven = [r for r in table.records() if r["confirmed"]] if table else []
    if not proven:
        return [
            Finding(
                key="no_slice",
                level="good",
                title="No slice is proven to cost more",
                detail="Slices were searched on one half and tested on the other. Small slices "
                "with small effects stay invisible at this n.",
            )
        ]
    worst = proven[0]
    return [
        Finding(
            key="worst_slice",
            level="watch",
            title=f"It costs more where {worst['words']}",
            detail=f"{_number(worst['excess'])} more per 1,000 decisions "
            f"(95 % interval {_number(worst['low'])} to {_number(worst['high'])}, "
            f"n = {worst['n']:,}, p = {float(worst['p'] or 0):.2g} after correction)."
            + (f" {len(proven) - 1} more slices hold up." if len(proven) > 1 else ""),
            because="worst_slice_excess",
            do="Read rows of this slice: is it harder there, or does the model miss something?",
        )
    ]


def _number(cell: Cell) -> str:
    return readable(float(cell)) if isinstance(cell, int | float) else readable(None)


def _leaning(evidence: Evidence) -> list[Finding]:
    chart = evidence.chart("calibration")
    if chart is None or not chart.series:
        return []
    series = chart.series[0]
    off = 0
    known = 0
    for predicted, low, high in zip(series.x, series.low, series.high, strict=False):
        if isinstance(predicted, float) and low is not None and high is not None:
            known += 1
            off += not low <= predicted <= high
    if known < 3:
        return []
    if off * 2 <= known:
        return [
            Finding(
                key="calibrated",
                level="good",
                title="Predictions mean about what they say",
                detail=f"In {known - off} of {known} bins the prediction lies within the interval "
                "of what happened.",
                because="calibration_error",
            )
        ]
    return [
        Finding(
            key="not_calibrated",
            level="watch",
            title="Predictions do not mean what they say",
            detail=f"In {off} of {known} bins the prediction lies outside the interval of what "
            "happened. Costs and thresholds rest on these numbers.",
            because="calibration_error",
            do="Calibrate, or choose the threshold by cost on validation rows as is done here.",
        )
    ]


def _notes(choices: Choices, evidence: Evidence) -> list[Finding]:
    causes = [note.cause for note in choices.notes if note.cause]
    if len(causes) < ENOUGH_NOTES:
        return [
            Finding(
                key="few_notes",
                level="watch",
                title=f"{len(causes)} of the worst rows have a cause so far",
                detail="Ten rows read by a person usually change the plan.",
                because="notes_coded",
                do="Read the worst rows below and say what went wrong.",
                question="notes",
            )
        ]
    top = max(sorted(set(causes)), key=causes.count)
    found = [
        Finding(
            key="taxonomy",
            level="good",
            title=f"Most often: {CAUSES[top].lower()}",
            detail=f"{causes.count(top)} of {len(causes)} coded rows.",
            because="notes_coded",
        )
    ]
    if not choices.next_step.strip():
        found.append(
            Finding(
                key="no_next_step",
                level="watch",
                title="No next step is decided",
                do="Say what you will do about it first.",
                question="next_step",
            )
        )
    return found
