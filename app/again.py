"""Measured again in a clean environment: a fresh process, a fresh home, a verdict on every fact."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.jobs.afresh import AfreshError, command
from app.jobs.progress import report as progress
from app.record.agreement import STATES, Compared, agree, compared
from app.record.number import readable
from app.record.project import Project
from app.record.project_file import dump, read
from app.stages.road import BY_KEY, fresh, with_needs
from app.store.projects import open_store

SHOWN = 8


class AgainError(ValueError):
    """It cannot be measured again, and what to do."""


def add_parser(commands: Any, run: Callable[[argparse.Namespace], int]) -> None:
    """Add the command to the command line."""
    again = commands.add_parser(
        "again", help="measure again in a clean environment and say what differs"
    )
    again.add_argument("project", type=Path)
    again.add_argument("--stage", metavar="KEY", help="this stage and what it needs")
    again.add_argument("--json", action="store_true", help="every fact, as one object")
    again.set_defaults(command=run)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Measure a project again, say what came out, and return 1 when it is not the same."""
    if arguments.stage not in (None, *BY_KEY):
        raise AgainError(
            f"there is no stage {arguments.stage!r}; the stages are {', '.join(BY_KEY)}"
        )
    found, same = report(project, arguments.stage, arguments.json, _tell)
    sys.stdout.write(found + "\n")
    return 0 if same else 1


def report(
    project: Project, key: str | None, as_json: bool, told: Callable[[str], None]
) -> tuple[str, bool]:
    """Measure a project again from scratch; return what came out, and whether it is the same.

    Raises
    ------
    AgainError
        If nothing fresh is recorded, the rows are not on this machine, or the measurement stopped.
    """
    other, facts = _both(project, key, told)
    same = all(agree(found) for found in facts.values())
    if as_json:
        return json.dumps(_data(project, other, facts), indent=2, ensure_ascii=False), same
    return _text(project, other, facts, same), same


def measured_again(url: str, project_id: str) -> dict[str, Any]:
    """Measure a stored project again from a worker; return what came out as plain data."""
    entry = open_store(url).load(project_id)
    project = Project.model_validate(entry.body).renamed(entry.name)

    def told(line: str) -> None:
        percent, _, words = line.partition("%")
        done = int(percent) / 100 if percent.strip().isdigit() else 0.0
        progress(done, f"In a clean process: {words.strip() or line}")

    return _data(project, *_both(project, None, told))


def _both(
    project: Project, key: str | None, told: Callable[[str], None]
) -> tuple[Project, dict[str, tuple[Compared, ...]]]:
    """Return the project measured afresh, and every fact of both compared."""
    keys = recorded(project, key)
    with TemporaryDirectory(prefix="groundwork-again-") as folder:
        other = measured_afresh(project, keys, Path(folder), told)
    return other, {k: compared(project.evidence[k], other.evidence[k]) for k in keys}


def recorded(project: Project, key: str | None = None) -> tuple[str, ...]:
    """Return the stages that can be compared: measured, and not stale."""
    wanted = set(BY_KEY) if key is None else with_needs(key)
    found = tuple(k for k in recorded_keys(project) if k in wanted)
    if not found:
        raise AgainError("no stage has fresh measurements to compare with; measure first")
    return found


def recorded_keys(project: Project) -> tuple[str, ...]:
    """Return the stages whose measurements are fresh, in order."""
    return tuple(key for key in BY_KEY if fresh(project, key))


def measured_afresh(
    project: Project, keys: tuple[str, ...], folder: Path, told: Callable[[str], None]
) -> Project:
    """Return the project with these stages measured by a fresh process in an empty home."""
    from app.store.artifacts import Artifacts
    from app.workshop import MissingTable, table_of

    try:
        rows = table_of(project)
    except MissingTable as error:
        raise AgainError(str(error)) from None
    if project.data.source == "upload":
        Artifacts(folder / "artifacts").put_table(rows)
    path = folder / "project.json"
    bare = project.model_copy(update={"evidence": {}, "looks": ()})
    path.write_text(dump(bare), encoding="utf-8")
    for words in _words(keys):
        try:
            command(["measure", str(path), *words], folder, told)
        except AfreshError as error:
            raise AgainError(f"the clean process stopped: {error}") from None
    return read(path.read_text(encoding="utf-8"))


def _words(keys: tuple[str, ...]) -> list[list[str]]:
    """Return how the command is called so that all the stages are measured, as few times as can be."""
    if set(keys) == set(BY_KEY):
        return [[]]
    last = [k for k in keys if not any(k in with_needs(other) - {other} for other in keys)]
    return [["--stage", k] for k in last]


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _counts(found: tuple[Compared, ...]) -> Counter[str]:
    return Counter(fact.state for fact in found if fact.kind == "measure")


def _data(
    project: Project, other: Project, facts: dict[str, tuple[Compared, ...]]
) -> dict[str, Any]:
    return {
        "name": project.name,
        "same": all(agree(found) for found in facts.values()),
        "not_compared": [k for k in project.evidence if k not in facts],
        "stages": {
            key: {
                "same": agree(found),
                "counts": dict(_counts(found)),
                "packages": _packages(project, other, key),
                "facts": [fact.to_json() for fact in found],
            }
            for key, found in facts.items()
        },
    }


def _packages(project: Project, other: Project, key: str) -> dict[str, list[str]]:
    """Return the packages whose versions are not those of the recorded measurement."""
    old, new = (p.evidence[key].stamp.versions for p in (project, other))
    return {
        name: [old.get(name, ""), new.get(name, "")]
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    }


def _text(
    project: Project, other: Project, facts: dict[str, tuple[Compared, ...]], same: bool
) -> str:
    lines = []
    for key, found in facts.items():
        counts = _counts(found)
        told = ", ".join(f"{counts[s]} {w}" for s, w in STATES.items() if counts[s])
        verdict = _verdict(found)
        lines.append(f"{BY_KEY[key].title}: {verdict} ({told or 'no numbers'})")
        lines += _odd(found)
        for name, (old, new) in _packages(project, other, key).items():
            lines.append(f"    {name}: measured with {old or 'none'}, again with {new or 'none'}")
    left = [BY_KEY[k].title for k in project.evidence if k in BY_KEY and k not in facts]
    if left:
        lines.append(f"Not compared: {', '.join(left)}.")
    lines.append(
        "All of it came out the same, or within its interval where that is said."
        if same
        else "Not all of it came out the same; see above."
    )
    return "\n".join(lines)


def _verdict(found: tuple[Compared, ...]) -> str:
    if not agree(found):
        return "NOT the same"
    return "the same" if not any(fact.state == "within" for fact in found) else "within intervals"


def _odd(found: tuple[Compared, ...]) -> list[str]:
    odd = [fact for fact in found if fact.apart or fact.state == "within"]
    lines = []
    for fact in odd[:SHOWN]:
        numbers = ""
        if fact.kind == "measure":
            numbers = f": {_number(fact.recorded)} recorded, {_number(fact.again)} again"
        lines.append(f"    {fact.kind} {fact.key}: {STATES[fact.state]}{numbers}")
    more = len(odd) - SHOWN
    return [*lines, f"    and {more} more; see --json"] if more > 0 else lines


def _number(value: float | None) -> str:
    return "nothing" if value is None else readable(value, 6)
