"""A project as rules read it: choices by stage, evidence, findings, and what was written where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.record.evidence import Evidence
from app.record.finding import Finding
from app.record.measure import Measure
from app.record.project import Project
from app.record.table import Cell
from app.review.answers import Review, review_of
from app.review.rule import Place
from app.stages.road import BY_KEY, evidence_of, findings_of, fresh

Row = dict[str, Cell]

# Texts that name a thing and tell no story.
NAMES = {
    "data.positive",
    "framing.currency",
    "baselines.estimator",
    "baselines.estimator_params",
    "rollout.canary",
    "reproducibility.model_name",
    "reproducibility.alias",
    "reproducibility.approved_version",
}
# What is written inside of lists: stage, question, field.
INSIDE = (
    ("serving", "dependencies", "late"),
    ("serving", "fallbacks", "trigger"),
    ("serving", "fallbacks", "way_back"),
    ("errors", "notes", "comment"),
)


@dataclass(frozen=True)
class Text:
    """Something a person wrote, and where."""

    place: Place
    label: str
    words: str
    long: bool = False
    example: str = ""


class View:
    """Typed reading of a project; computed once, asked by many rules."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.task = project.task or "binary"
        self._choices = {key: stage.chosen(project) for key, stage in BY_KEY.items()}
        self._evidence: dict[str, Evidence | None] = {}
        self._findings: dict[str, dict[str, Finding]] = {}
        self._fresh: dict[str, bool] = {}

    def choices(self, stage: str) -> Any:
        """Return the choices of a stage, defaults filled in."""
        return self._choices[stage]

    @property
    def drills(self) -> tuple[str, ...]:
        """The drills that were walked to their end, by their id."""
        walked = self.choices("drills").drills
        return tuple(drill.id for drill in walked if drill.status == "completed")

    def given(self, place: str) -> bool:
        """Say whether a person answered a question with something."""
        stage, _, key = place.partition(".")
        value = self.project.answers.get(stage, {}).get(key)
        return bool(value.strip()) if isinstance(value, str) else value not in (None, [], {}, ())

    def said(self, place: str) -> str:
        """Return a text answer without blanks around it."""
        stage, _, key = place.partition(".")
        return str(getattr(self._choices[stage], key) or "").strip()

    def evidence(self, stage: str) -> Evidence | None:
        """Return what a stage measured, its tally included; None for stages that are not there."""
        if stage not in self._evidence:
            found = evidence_of(self.project, stage) if stage in BY_KEY else None
            self._evidence[stage] = found
        return self._evidence[stage]

    def measured(self, *stages: str) -> bool:
        """Say whether all of some stages have evidence."""
        return all(self.evidence(stage) is not None for stage in stages)

    def fresh(self, *stages: str) -> bool:
        """Say whether all of some stages were measured from today's inputs."""
        for stage in stages:
            if stage not in self._fresh:
                self._fresh[stage] = stage in BY_KEY and fresh(self.project, stage)
        return all(self._fresh[stage] for stage in stages)

    def measure(self, path: str) -> Measure | None:
        """Return a measure by ``stage.key``."""
        stage, _, key = path.partition(".")
        found = self.evidence(stage)
        return found.measure(key) if found else None

    def value(self, path: str) -> float | None:
        """Return the number of a measure by ``stage.key``."""
        found = self.measure(path)
        return found.value if found else None

    def rows(self, path: str) -> list[Row]:
        """Return the rows of a table by ``stage.key``; none when it is not there."""
        stage, _, key = path.partition(".")
        found = self.evidence(stage)
        table = found.table(key) if found else None
        return table.records() if table else []

    def word(self, path: str) -> str:
        """Return a measured text by ``stage.key``."""
        stage, _, key = path.partition(".")
        found = self.evidence(stage)
        return found.words.get(key, "") if found else ""

    def finding(self, path: str) -> Finding | None:
        """Return a judgment by ``stage.key``, or by ``stage.key*`` the first that starts so."""
        stage, _, key = path.partition(".")
        if stage not in self._findings:
            # Stale evidence may be of an older method, which today's judgment cannot read.
            found = findings_of(self.project, stage) if self.fresh(stage) else ()
            self._findings[stage] = {finding.key: finding for finding in found}
        judged = self._findings[stage]
        if key.endswith("*"):
            return next((f for k, f in judged.items() if k.startswith(key[:-1])), None)
        return judged.get(key)

    @cached_property
    def review(self) -> Review:
        """What people attached and commented."""
        return review_of(self.project)

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Everything a person wrote in sentences, in the order of the road."""
        found = []
        for key, stage in BY_KEY.items():
            chosen = self._choices[key]
            for question in stage.choices.questions():
                if question.kind not in ("text", "long_text"):
                    continue
                if f"{key}.{question.key}" in NAMES or not question.applies({}, self.task):
                    continue
                words = str(getattr(chosen, question.key)).strip()
                if words:
                    found.append(
                        Text(
                            Place(key, question.key),
                            question.label,
                            words,
                            question.kind == "long_text",
                            question.example,
                        )
                    )
        return (*found, *self._inside())

    def _inside(self) -> list[Text]:
        found = []
        for stage, question, name in INSIDE:
            for one in getattr(self._choices[stage], question, ()):
                words = str(getattr(one, name, "")).strip()
                about = str(getattr(one, "name", getattr(one, "step", "")))
                if words:
                    found.append(Text(Place(stage, question), f"{about}: {name}", words))
        return found

    @cached_property
    def everything(self) -> str:
        """All that was written, in small letters."""
        return "\n".join(text.words for text in self.texts).casefold()
