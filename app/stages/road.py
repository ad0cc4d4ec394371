"""The road: every stage in order, and what state each is in for a project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from app.record.evidence import Evidence
from app.record.finding import Finding
from app.record.project import Project
from app.record.stage import Stage, digest_of
from app.stages import (
    baselines,
    data,
    drills,
    errors,
    framing,
    monitoring,
    reproducibility,
    rollout,
    serving,
)

STAGES: tuple[Stage, ...] = (
    framing.STAGE,
    data.STAGE,
    baselines.STAGE,
    errors.STAGE,
    serving.STAGE,
    rollout.STAGE,
    reproducibility.STAGE,
    monitoring.STAGE,
    drills.STAGE,
)
BY_KEY: Mapping[str, Stage] = {stage.key: stage for stage in STAGES}

# Evidence of an earlier version may lack what is judged or counted now; what is fresh must not.
UNREADABLE = (LookupError, TypeError, ValueError)
OUTDATED = Finding(
    key="outdated",
    level="watch",
    title="Measured by an earlier version",
    detail="What is judged today was not measured then.",
    do="Measure this stage again.",
)

State = Literal["empty", "in_work", "measured", "stale", "attention"]
STATE_WORDS: Mapping[State, str] = {
    "empty": "not started",
    "in_work": "answered, not measured",
    "measured": "measured",
    "stale": "stale: measure again",
    "attention": "needs attention",
}


def fresh(project: Project, key: str) -> bool:
    """Say whether a stage's evidence was measured from exactly today's inputs."""
    evidence = project.evidence.get(key)
    return evidence is not None and evidence.digest == digest_of(project, key, BY_KEY)


def evidence_of(project: Project, key: str) -> Evidence | None:
    """Return a stage's evidence with what can be counted from its answers alone."""
    evidence = project.evidence.get(key)
    stage = BY_KEY[key]
    if evidence is None or stage.tally is None:
        return evidence
    try:
        return stage.tally(stage.chosen(project), evidence)
    except UNREADABLE:
        if fresh(project, key):
            raise
        return evidence


def findings_of(project: Project, key: str) -> tuple[Finding, ...]:
    """Judge a stage's evidence by its choices; nothing while it is unmeasured."""
    evidence = evidence_of(project, key)
    if evidence is None:
        return ()
    stage = BY_KEY[key]
    try:
        return stage.judge(stage.chosen(project), evidence)
    except UNREADABLE:
        if fresh(project, key):
            raise
        return (OUTDATED,)


def state_of(project: Project, key: str) -> State:
    """Return where a stage stands."""
    if project.evidence.get(key) is None:
        return "in_work" if project.answers.get(key) else "empty"
    if not fresh(project, key):
        return "stale"
    stops = any(finding.level == "stop" for finding in findings_of(project, key))
    return "attention" if stops else "measured"


def to_measure(project: Project, key: str | None = None) -> tuple[str, ...]:
    """Return the stages that must be measured, in order: one and what it needs, or all."""
    wanted = set(BY_KEY) if key is None else with_needs(key)
    return tuple(s.key for s in STAGES if s.key in wanted and not fresh(project, s.key))


def dependents(key: str) -> tuple[str, ...]:
    """Return the stages whose evidence builds on a stage, directly or not, in order."""
    return tuple(s.key for s in STAGES if s.key != key and key in with_needs(s.key))


def with_needs(key: str) -> set[str]:
    """Return a stage and all the stages it builds on."""
    found = {key}
    for need in BY_KEY[key].needs:
        found |= with_needs(need)
    return found
