"""What a template sees of a project: plain data, already judged, nothing left to compute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.record.chart import Chart
from app.record.finding import LEVELS, Finding
from app.record.flow import Flow
from app.record.measure import Measure
from app.record.project import Project
from app.record.question import Question
from app.record.stage import Stage
from app.record.table import Table
from app.stages.drills import STAGE as DRILLS
from app.stages.drills.account import Account, account_of
from app.stages.drills.postmortem import Decision
from app.stages.lineage import lineage
from app.stages.road import STAGES, STATE_WORDS, evidence_of, findings_of, fresh, state_of


@dataclass(frozen=True)
class AnswerRow:
    """One question with its answer in words."""

    key: str
    label: str
    because: str
    words: str
    unit: str
    given: bool
    empty: bool
    long: bool
    group: str


@dataclass(frozen=True)
class Section:
    """One stage as the document shows it."""

    key: str
    number: int
    title: str
    question: str
    state: str
    state_words: str
    stale: bool
    measured: bool
    link: str
    answers: tuple[AnswerRow, ...]
    raw: dict[str, Any]
    measures: tuple[Measure, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    findings: tuple[Finding, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
    digest: str = ""
    seed: int = 0
    measured_at: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    def measure(self, key: str) -> Measure | None:
        """Return a measure by key."""
        return next((m for m in self.measures if m.key == key), None)

    def table(self, key: str) -> Table | None:
        """Return a table by key."""
        return next((t for t in self.tables if t.key == key), None)

    def chart(self, key: str) -> Chart | None:
        """Return a chart by key."""
        return next((c for c in self.charts if c.key == key), None)

    def answer(self, key: str) -> AnswerRow | None:
        """Return an answer by the key of its question."""
        return next((a for a in self.answers if a.key == key), None)


@dataclass(frozen=True)
class Context:
    """The whole project as a template sees it."""

    name: str
    project: Project
    currency: str
    sections: tuple[Section, ...]
    stops: tuple[tuple[Section, Finding], ...]
    watches: tuple[tuple[Section, Finding], ...]
    lineage: Flow
    account: Account | None = None
    decisions: tuple[Decision, ...] = ()

    def section(self, key: str) -> Section:
        """Return a section by the key of its stage."""
        return next(s for s in self.sections if s.key == key)


def context_of(
    project: Project, link: str = "", stages: Sequence[Stage] = STAGES, drill: str = ""
) -> Context:
    """Return what a template may see; ``link`` holds ``{page}`` where a page's name goes.

    ``drill`` names the drill of the post-mortem; the last one that was completed when left out.
    """
    sections = tuple(_section(project, s, i, link) for i, s in enumerate(stages, start=1))
    pairs = [(s, f) for s in sections for f in s.findings]
    framing = next((s for s in sections if s.key == "framing"), None)
    currency = str(framing.raw.get("currency", "")) if framing else ""
    drills = DRILLS.chosen(project)
    return Context(
        name=project.name,
        project=project,
        currency=currency,
        sections=sections,
        stops=tuple(pair for pair in pairs if pair[1].level == "stop"),
        watches=tuple(pair for pair in pairs if pair[1].level == "watch"),
        lineage=lineage(project),
        account=_account(project, drills, currency, drill),
        decisions=drills.decisions,
    )


def _account(project: Project, drills: Any, currency: str, wanted: str) -> Account | None:
    done = [d for d in drills.drills if d.outcome is not None and wanted in ("", d.id, d.code)]
    completed = [d for d in done if d.status == "completed"]
    if not done:
        return None
    last = (completed or done)[-1]
    written = drills.post_mortems.get(last.id)
    return account_of(last, written, project.evidence.get("monitoring"), currency)


def _section(project: Project, stage: Stage, number: int, link: str) -> Section:
    choices = stage.chosen(project)
    raw = choices.model_dump()
    given = project.answers.get(stage.key, {})
    answers = tuple(
        _answer(q, raw[q.key], q.key in given)
        for q in stage.choices.questions()
        if q.kind != "custom" and q.applies(raw, project.task)
    )
    state = state_of(project, stage.key)
    section: dict[str, Any] = {
        "key": stage.key,
        "number": number,
        "title": stage.title,
        "question": stage.question,
        "state": state,
        "state_words": STATE_WORDS[state],
        "stale": state == "stale",
        "measured": False,
        "link": link.replace("{page}", stage.key),
        "answers": answers,
        "raw": choices.to_json(),
    }
    evidence = evidence_of(project, stage.key)
    if evidence is None:
        return Section(**section)
    found = sorted(findings_of(project, stage.key), key=lambda f: LEVELS.index(f.level))
    return Section(
        **{**section, "measured": True, "stale": not fresh(project, stage.key)},
        measures=evidence.measures,
        tables=evidence.tables,
        charts=evidence.charts,
        findings=tuple(found),
        words=dict(evidence.words),
        digest=evidence.digest,
        seed=evidence.seed,
        measured_at=evidence.stamp.measured_at,
        versions=dict(evidence.stamp.versions),
    )


def _answer(question: Question, value: Any, given: bool) -> AnswerRow:
    return AnswerRow(
        key=question.key,
        label=question.label,
        because=question.because,
        words=_words(question, value),
        unit=question.unit,
        given=given,
        empty=value is None or value in ("", ()),
        long=question.kind == "long_text",
        group=question.group,
    )


def _words(question: Question, value: Any) -> str:
    if value is None or value in ("", ()):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(question.options.get(str(v), str(v)) for v in value)
    if isinstance(value, float):
        return f"{value:,.10g}"
    return question.options.get(str(value), str(value))
