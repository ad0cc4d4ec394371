"""The hand-over: whether a version may go into the registry, and putting it there."""

from __future__ import annotations

import json
import re
from typing import Any

from app import __version__
from app.record.project import Project
from app.stages.reproducibility.choices import Registered
from app.stages.road import BY_KEY, STAGES, evidence_of, findings_of, fresh
from app.store import registry
from app.store.projects import open_store
from app.workshop import now, shelf, table_of

KEY = "reproducibility"


class HandOffRefused(ValueError):
    """What stands between a version and the registry, all of it at once."""

    def __init__(self, obstacles: tuple[str, ...]) -> None:
        super().__init__(" ".join(obstacles))
        self.obstacles = obstacles


def obstacles(project: Project) -> tuple[str, ...]:
    """Return what stands between the measured version and the registry, empty when nothing does."""
    before = [stage for stage in STAGES if stage.key in _before()]
    found = []
    for stage in before:
        if project.evidence.get(stage.key) is None:
            if stage.key in (*BY_KEY[KEY].needs, KEY):
                found.append(f"{stage.title} is not measured; measure it.")
        elif not fresh(project, stage.key):
            found.append(f"{stage.title} is stale; measure it again.")
        else:
            stops = [f for f in findings_of(project, stage.key) if f.level == "stop"]
            found += [f"Stop in {stage.title}: {finding.title}." for finding in stops]
    if BY_KEY[KEY].chosen(project).approval != "approved":
        found.append("It is not approved; write down who approved this version.")
    return tuple(found)


def _before() -> tuple[str, ...]:
    keys = [stage.key for stage in STAGES]
    return tuple(keys[: keys.index(KEY) + 1])


def model_name(project: Project) -> str:
    """Return the name under which the model goes into the registry."""
    asked = str(BY_KEY[KEY].chosen(project).model_name).strip()
    return asked or re.sub(r"[^a-z0-9]+", "-", project.name.lower()).strip("-") or "model"


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
    return Registered(
        name=entry.name,
        version=entry.version,
        digest=entry.digest,
        alias=entry.alias,
        uri=entry.uri,
        at=now(),
    )


def hand_over_stored(url: str, project_id: str) -> dict[str, Any]:
    """Hand over a stored project from a worker; return what was registered as plain data."""
    entry = open_store(url).load(project_id)
    return hand_over(Project.model_validate(entry.body).renamed(entry.name)).to_json()


def take_back(name: str, alias: str) -> dict[str, Any]:
    """Let the alias name the version before again, from a worker; return it as plain data."""
    entry = registry.roll_back(name, alias)
    return Registered(
        name=entry.name,
        version=entry.version,
        digest=entry.digest,
        alias=entry.alias,
        uri=entry.uri,
        at=now(),
    ).to_json()


def version_of_project(project: Project) -> dict[str, bytes]:
    """Return the version that goes on as files without pickle, with its contract and its proof."""
    from app.lab.contract import Contract
    from app.lab.portable import UnportableModel, version_files

    ladder, made = project.evidence["baselines"], project.evidence[KEY]
    kept = shelf().get_pickle
    champion = kept(f"{ladder.digest}-champion")
    problem = kept(f"{project.evidence['data'].digest}-problem")
    contract = kept(f"{made.digest}-contract")
    if champion is None or problem is None or contract is None:
        raise HandOffRefused(
            ("The fitted model is not on this machine any more; measure Baselines again here.",)
        )
    inputs = problem.frame(table_of(project), problem.split.test)
    score = ladder.value("chosen_test_score")
    try:
        return version_files(
            {ladder.words["chosen"]: champion.fitted},
            Contract.from_json(contract),
            inputs,
            champion.fitted.predict(inputs),
            {} if score is None else {ladder.words["metric"]: score},
            {
                "version": made.words["version"],
                "threshold": _threshold(champion),
                **_source(project),
            },
        )
    except UnportableModel as error:
        raise HandOffRefused((f"The model has no format without pickle: {error}",)) from None


def _threshold(champion: Any) -> float | None:
    return float(champion.threshold) if abs(champion.threshold) < 1e38 else None


def _source(project: Project) -> dict[str, Any]:
    made = project.evidence[KEY]
    return {
        "project": project.name,
        "task": project.task,
        "data": project.data.content_hash,
        "split": made.words["split_digest"],
        "inputs": project.evidence["baselines"].digest,
        "seed": project.seed,
        "code": __version__,
        "packages": dict(made.stamp.versions),
    }


def _tags(project: Project, choices: Any) -> dict[str, str]:
    facts = {key: value for key, value in _source(project).items() if key != "packages"}
    people = {
        "owner": choices.owner.strip(),
        "approver": choices.approver.strip(),
        "approved_on": str(choices.approved_on or ""),
    }
    packages = json.dumps(_source(project)["packages"], sort_keys=True)
    return {**{k: str(v) for k, v in facts.items()}, **people, "packages": packages}


def _about(project: Project, choices: Any) -> str:
    ladder = project.evidence["baselines"]
    return (
        f"{ladder.words['chosen_title']}. {ladder.words.get('verdict', '')}\n\n"
        f"Owner: {choices.owner.strip()}\n\nWay back: {choices.rollback.strip()}"
    )[:4900]
