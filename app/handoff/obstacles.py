"""What stands between a measured version and the registry."""

from __future__ import annotations

import re

from app.record.project import Project
from app.stages.reproducibility import STAGE
from app.stages.road import BY_KEY, STAGES, findings_of, fresh

KEY = STAGE.key


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
