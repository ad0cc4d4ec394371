"""Putting a version into the registry, and going back to the one before."""

from __future__ import annotations

import json
from typing import Any

from app.handoff.obstacles import KEY, HandOffRefused, model_name, obstacles
from app.handoff.version import source, version_of_project
from app.record.project import Project
from app.stages.reproducibility.choices import Registered
from app.stages.road import BY_KEY, evidence_of
from app.store import registry
from app.store.projects import open_store
from app.workshop import now


def hand_over(project: Project) -> Registered:
    """Put the measured version into the registry and let the alias name it.

    Raises
    ------
    HandOffRefused
        If anything stands in the way.
    RegistryError
        If the registry cannot do it.
    """
    if found := obstacles(project):
        raise HandOffRefused(found)
    choices, evidence = BY_KEY[KEY].chosen(project), evidence_of(project, KEY)
    assert evidence is not None
    ladder = project.evidence["baselines"]
    entry = registry.register(
        project.name,
        model_name(project),
        choices.alias.strip(),
        evidence.words["version"],
        version_of_project(project),
        _tags(project, choices),
        _about(project, choices),
        f"{ladder.digest}:{ladder.words['chosen_title']}",
    )
    return _record(entry)


def hand_over_stored(url: str, project_id: str) -> dict[str, Any]:
    """Hand over a stored project from a worker; return what was registered as plain data."""
    entry = open_store(url).load(project_id)
    return hand_over(Project.model_validate(entry.body).renamed(entry.name)).to_json()


def take_back(name: str, alias: str) -> dict[str, Any]:
    """Let the alias name the version before again, from a worker; return it as plain data."""
    return _record(registry.roll_back(name, alias)).to_json()


def _record(entry: registry.Entry) -> Registered:
    return Registered(
        name=entry.name,
        version=entry.version,
        digest=entry.digest,
        alias=entry.alias,
        uri=entry.uri,
        at=now(),
    )


def _tags(project: Project, choices: Any) -> dict[str, str]:
    facts = {key: value for key, value in source(project).items() if key != "packages"}
    people = {
        "owner": choices.owner.strip(),
        "approver": choices.approver.strip(),
        "approved_on": str(choices.approved_on or ""),
    }
    packages = json.dumps(source(project)["packages"], sort_keys=True)
    return {**{k: str(v) for k, v in facts.items()}, **people, "packages": packages}


def _about(project: Project, choices: Any) -> str:
    ladder = project.evidence["baselines"]
    return (
        f"{ladder.words['chosen_title']}. {ladder.words.get('verdict', '')}\n\n"
        f"Owner: {choices.owner.strip()}\n\nWay back: {choices.rollback.strip()}"
    )[:4900]
