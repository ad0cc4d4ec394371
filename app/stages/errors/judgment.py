"""Which errors are real, and what comes first?"""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.finding import Finding
from app.stages.errors import (
    explained_findings,
    fairness_judgment,
    priorities,
    slice_judgment,
    view_judgment,
)
from app.stages.errors.choices import Choices


def judge(choices: Choices, evidence: Evidence) -> tuple[Finding, ...]:
    """Judge slices, calibration, groups, explanations and the reading of rows."""
    return (
        *slice_judgment.findings(choices, evidence),
        *_leaning(evidence),
        *view_judgment.findings(choices, evidence),
        *fairness_judgment.findings(choices, evidence),
        *explained_findings.findings(choices, evidence),
        *priorities.findings(choices, evidence),
        *_undecided(choices, evidence),
    )


def _undecided(choices: Choices, evidence: Evidence) -> list[Finding]:
    if choices.next_step.strip() or not evidence.value("notes_coded"):
        return []
    return [
        Finding(
            key="no_next_step",
            level="watch",
            title="No next step is decided",
            do="Say what you will do about it first.",
            question="next_step",
        )
    ]


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
