"""``python -m app export``: the command line of exporting."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.record.project import Project


class CannotExport(Exception):
    """Wrong use or a project that cannot be exported: one line for the person, exit code 2."""


def add_parser(commands: Any, command: Callable[[argparse.Namespace], int]) -> None:
    """Add the command to the parser of all."""
    export = commands.add_parser("export", help="write a repository that trains and serves")
    export.add_argument("project", type=Path)
    export.add_argument("-o", "--output", metavar="DIR", type=Path, required=True)
    export.add_argument("--without-data", action="store_true", help="leave the training table out")
    export.set_defaults(command=command)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Write the repository, say so, and return the exit code."""
    from app.exporting.export import ExportError, files_of, refuse_full, write
    from app.lab.portable import UnportableModel
    from app.workshop import MissingTable

    try:
        refuse_full(arguments.output)
        files = files_of(project, not arguments.without_data)
        write(files, arguments.output)
    except (ExportError, MissingTable, UnportableModel) as error:
        raise CannotExport(str(error)) from None
    except ImportError as error:
        words = f"the model needs the package {error.name}, which is not installed here"
        raise CannotExport(words) from None
    size = sum(map(len, files.values())) / 1e6
    where = arguments.output
    sys.stdout.write(f"Wrote {len(files)} files ({size:.1f} MB) to {where}\n")
    sys.stdout.write(f"Try: cd {where} && make test\n")
    return 0
