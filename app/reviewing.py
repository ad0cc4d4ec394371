"""``check project.json``: the reviewer without a browser."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.record.project import Project
from app.review import printed
from app.review.reviewer import review
from app.review.sections import PROFILES

ABOUT = (
    "Review a project: 55 rules, the rubric, readiness, and the gate to the next stage. Exits with 1 on "
    "a veto. Without a project, “check” is the check of a developer: format, lint, types, tests."
)


def add_parser(commands: Any, run: Callable[[argparse.Namespace], int]) -> None:
    """Add the command to the command line."""
    check = commands.add_parser(
        "check", help="review a project; exit 1 on a veto", description=ABOUT
    )
    check.add_argument("project", type=Path, help="the project file")
    check.add_argument("--json", action="store_true", help="the whole report as one object")
    check.add_argument(
        "--profile",
        choices=tuple(PROFILES),
        default="design_document",
        help="only the sections of this document (default: all)",
    )
    check.add_argument("--fixes", action="store_true", help="say how to mend each finding, too")
    check.set_defaults(command=run)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the review of a project; return 1 when there is a veto."""
    report = review(project, arguments.profile)
    if arguments.json:
        found = {"project": project.name, "profile": arguments.profile, **printed.to_json(report)}
        text = json.dumps(found, indent=2, ensure_ascii=False)
    else:
        text = "\n".join(printed.lines(report, arguments.fixes))
    sys.stdout.write(text + "\n")
    return 1 if report.vetoes else 0
