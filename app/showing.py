"""``show``: choices, evidence and findings of a project, for people or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.document import text
from app.record.measure import Measure
from app.record.project import Project
from app.stages.road import BY_KEY, evidence_of, findings_of, fresh, state_of


def add_parser(commands: Any, run: Callable[[argparse.Namespace], int]) -> None:
    """Add the command to the command line."""
    show = commands.add_parser("show", help="show choices, evidence and findings")
    show.add_argument("project", type=Path)
    show.add_argument("--stage", metavar="KEY")
    show.add_argument("--json", action="store_true")
    show.add_argument("--fail-on-stop", action="store_true", help="exit 1 when a finding says stop")
    show.set_defaults(command=run)


def run(arguments: argparse.Namespace, project: Project) -> None:
    """Print a project, or one stage of it."""
    keys = [arguments.stage] if arguments.stage else list(BY_KEY)
    shown = {key: _shown(project, key) for key in keys}
    if not arguments.json:
        for key in keys:
            _print_stage(key, shown[key])
        return
    whole = {
        "name": project.name,
        "seed": project.seed,
        "data": project.data.to_json(),
        "looks": [look.to_json() for look in project.looks],
        "stages": shown,
    }
    found = shown[arguments.stage] if arguments.stage else whole
    _tell(json.dumps(found, indent=2, ensure_ascii=False))


def _shown(project: Project, key: str) -> dict[str, Any]:
    evidence = evidence_of(project, key)
    return {
        "stage": key,
        "title": BY_KEY[key].title,
        "state": state_of(project, key),
        "fresh": fresh(project, key),
        "answers": BY_KEY[key].chosen(project).to_json(),
        "evidence": evidence.to_json() if evidence else None,
        "findings": [finding.to_json() for finding in findings_of(project, key)],
    }


def _print_stage(key: str, shown: dict[str, Any]) -> None:
    _tell(f"\n{shown['title']}: {shown['state']}")
    for words in (shown["evidence"] or {}).get("words", {}).values():
        if " " in words:
            _tell(f"  {words}")
    for measure in (shown["evidence"] or {}).get("measures", []):
        found = Measure.model_validate(measure)
        _tell(f"  {found.label}: {text.measure(found)}")
    for finding in shown["findings"]:
        _tell(f"  [{finding['level']}] {finding['title']}")


def _tell(words: str) -> None:
    sys.stdout.write(words + "\n")
