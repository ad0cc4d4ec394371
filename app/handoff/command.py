"""``python -m app register``: the hand-over on the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.record.project import Project


class CannotRegister(Exception):
    """What stands between the version and the registry: for the person, exit code 2."""


def add_parser(commands: Any, command: Callable[[argparse.Namespace], int]) -> None:
    """Add the command to the parser of all."""
    register = commands.add_parser(
        "register", help="hand the approved version over to MLflow's registry"
    )
    register.add_argument("project", type=Path)
    register.add_argument("--name", help="of the model in the registry")
    register.add_argument("--alias", help="that names this version from now on")
    register.add_argument(
        "--approve-by", metavar="WHO", help="write down that this person approves it, today"
    )
    register.set_defaults(command=command)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Hand the measured version over, keep in the file where it was put, return the exit code."""
    from app.handoff.handing import hand_over
    from app.handoff.obstacles import KEY, HandOffRefused
    from app.record.project_file import dump
    from app.store.files import write_atomically
    from app.store.registry import RegistryError
    from app.workshop import MissingTable

    asked = project.answered(KEY, _answers(arguments, project))
    try:
        record = hand_over(asked)
    except (HandOffRefused, RegistryError, MissingTable) as error:
        raise CannotRegister(str(error)) from None
    try:
        write_atomically(arguments.project, dump(asked.answered(KEY, {"registered": record})))
    except OSError as error:
        raise CannotRegister(
            f"it is registered as {record.uri}, but {arguments.project} cannot be written: "
            f"{error.strerror}"
        ) from None
    sys.stdout.write(
        f"Registered {record.name} version {record.version} ({record.digest}): {record.uri}\n"
    )
    return 0


def _answers(arguments: argparse.Namespace, project: Project) -> dict[str, Any]:
    """Return the answers that the options give, as if they were written on the page."""
    from app.handoff.obstacles import KEY
    from app.workshop import now

    found = {"model_name": arguments.name, "alias": arguments.alias}
    answers: dict[str, Any] = {key: value for key, value in found.items() if value is not None}
    for option, value in (("--alias", arguments.alias), ("--approve-by", arguments.approve_by)):
        if value is not None and not value.strip():
            raise CannotRegister(f"{option} is empty; give a name")
    if arguments.approve_by is not None:
        made = project.evidence.get(KEY)
        answers |= {
            "approval": "approved",
            "approver": arguments.approve_by.strip(),
            "approved_on": now()[:10],
            "approved_version": made.words.get("version", "") if made else "",
        }
    return answers
