"""A stage of the road: what is asked, what is measured, what follows from it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.record.answers import Answers
from app.record.digest import digest
from app.record.evidence import Evidence
from app.record.finding import Finding
from app.record.project import Project

Measurement = Callable[[Any, Project, Any], Evidence]
Judgment = Callable[[Any, Evidence], tuple[Finding, ...]]


def late(path: str) -> Measurement:
    """Return a measurement whose module is imported when it is first taken.

    The libraries behind a measurement take seconds to load; a page that only shows its
    questions must not wait for them.

    Parameters
    ----------
    path : str
        ``"package.module:function"``.

    Returns
    -------
    callable
    """
    module, _, name = path.partition(":")

    def measure(choices: Any, project: Project, bench: Any) -> Evidence:
        found: Measurement = getattr(importlib.import_module(module), name)
        return found(choices, project, bench)

    measure.__doc__ = f"Late import of {path}."
    measure.__qualname__ = path
    return measure


@dataclass(frozen=True)
class Stage:
    """One stage.

    Parameters
    ----------
    key : str
        snake_case; names module, page, template, test and JSON alike.
    title, question : str
        Heading, and what the stage answers.
    choices : type of Answers
    measure, judge : callable
        Pure: same choices, data and seed give the same evidence and findings.
    needs : tuple of str
        Stages whose evidence it builds on.
    reads : tuple of str
        Single answers of other stages it depends on, as ``"stage.question"``.
    uses_table : bool
        Whether it measures on the rows of the table.
    opens_test : bool
        Whether it looks at the held-out test rows.
    version : int
        Raised when the method changes, so that older evidence goes stale.
    icon : str
        Material icon name.
    """

    key: str
    title: str
    question: str
    choices: type[Answers]
    measure: Measurement
    judge: Judgment
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    uses_table: bool = True
    opens_test: bool = False
    version: int = 1
    icon: str = ""
    tally: Callable[[Any, Evidence], Evidence] | None = None

    def chosen(self, project: Project) -> Any:
        """Return the stage's choices in a project, defaults filled in.

        Parameters
        ----------
        project : Project

        Returns
        -------
        Answers
            Of the stage's own ``choices`` type.
        """
        return self.choices.read(project.answers.get(self.key, {}))[0]


def inputs_of(project: Project, key: str, stages: Mapping[str, Stage]) -> dict[str, Any]:
    """Return everything the evidence of a stage depends on, as plain data.

    Parameters
    ----------
    project : Project
    key : str
        Stage key.
    stages : mapping
        All stages by key.

    Returns
    -------
    dict
        Own measured answers, single answers read elsewhere, digests of needed stages, data
        hash and seed.
    """
    stage = stages[key]
    reads = {}
    for path in stage.reads:
        other, _, question = path.partition(".")
        chosen = stages[other].chosen(project)
        # What a stage does not count as measured of an answer stales nobody else either.
        reads[path] = chosen.measured().get(question, chosen.to_json()[question])
    return {
        "stage": key,
        "version": stage.version,
        "choices": stage.chosen(project).measured(),
        "reads": reads,
        "needs": {need: digest_of(project, need, stages) for need in stage.needs},
        "data": project.data.content_hash if stage.uses_table else "",
        "seed": project.seed,
    }


def digest_of(project: Project, key: str, stages: Mapping[str, Stage]) -> str:
    """Return the fingerprint that fresh evidence of a stage must carry.

    Parameters
    ----------
    project : Project
    key : str
    stages : mapping

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    return digest(inputs_of(project, key, stages))
