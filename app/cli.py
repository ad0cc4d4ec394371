"""The same road without a browser: ``python -m app …``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from app import __version__, again, listing, reviewing, showing, slicing, watching
from app.exporting import command as exporting
from app.handoff import command as registering
from app.record.answers import AnswerError
from app.record.project import Project
from app.record.project_file import ProjectFileError, dump, read
from app.record.task import TASKS

USAGE = 2
PAGE = 3


class Refusal(Exception):
    """Wrong use or bad input: one line for the person, exit code 2."""


class Parser(argparse.ArgumentParser):
    """A parser that refuses in one line."""

    def error(self, message: str) -> NoReturn:
        """Refuse with one line instead of the whole usage."""
        raise Refusal(f"{message}. Try: {self.prog} --help")


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    try:
        arguments = parser().parse_args(list(argv))
        command: Callable[[argparse.Namespace], int] = arguments.command
        return command(arguments)
    except (
        Refusal,
        again.AgainError,
        exporting.CannotExport,
        registering.CannotRegister,
    ) as refusal:
        return _refuse(str(refusal))
    except KeyboardInterrupt:
        print("groundwork: stopped; what was measured before is kept", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0


def _few_threads() -> None:
    """Measure as a worker of the app does: one thread a library, none of them spinning in wait."""
    from app.jobs.process import environment

    for name, value in environment(1).items():
        if name != "GROUNDWORK_WORKER":
            os.environ.setdefault(name, value)


def _refuse(message: str) -> int:
    print(f"groundwork: {' '.join(message.split())}", file=sys.stderr)
    return USAGE


def parser() -> Parser:
    """Return the parser of all commands."""
    top = Parser(prog="python -m app", description="Groundwork, the ML system design workbench.")
    top.add_argument("--version", action="version", version=f"groundwork {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    _cases_parser(commands)
    _new_parser(commands)
    _measure_parser(commands)
    showing.add_parser(commands, _show)
    _write_parser(commands)
    _runs_parser(commands)
    reviewing.add_parser(commands, lambda a: reviewing.run(a, _read(a.project)))
    again.add_parser(commands, lambda a: again.run(a, _read(a.project)))
    slicing.add_parser(commands, _slices)
    watching.add_parser(commands, _watch)
    exporting.add_parser(commands, lambda a: exporting.run(a, _read(a.project)))
    registering.add_parser(commands, lambda a: registering.run(a, _read(a.project)))
    return top


def _cases_parser(commands: Any) -> None:
    cases = commands.add_parser("cases", help="list the shipped real cases")
    cases.add_argument("--json", action="store_true", help="as a list of objects")
    cases.set_defaults(command=listing.cases)


def _new_parser(commands: Any) -> None:
    new = commands.add_parser("new", help="make a project file from a case or your own table")
    new.add_argument("name", help="name of the project")
    new.add_argument("--case", metavar="KEY", help="a shipped case, see: cases")
    new.add_argument("--data", metavar="FILE", type=Path, help="your CSV or Parquet file")
    new.add_argument("--target", metavar="COL", help="the column that is predicted")
    new.add_argument("--task", choices=tuple(TASKS), help="kind of prediction")
    new.add_argument("--positive", metavar="VALUE", help="value that counts as “it happened”")
    new.add_argument("--time", metavar="COL", help="when the decision was due")
    new.add_argument("--group", metavar="COL", help="what comes back (customer, aircraft)")
    new.add_argument("--query", metavar="COL", help="names the list that items are ranked in")
    new.add_argument("--known", metavar="COL", action="append", help="known at the decision")
    new.add_argument("--leave-out", metavar="COL", action="append", help="not known by then")
    new.add_argument(
        "--answer",
        metavar="STAGE.QUESTION=VALUE",
        action="append",
        default=[],
        help="any other answer; the value is JSON or plain text",
    )
    new.add_argument("--seed", type=int, default=0, help="seed of all chance (default 0)")
    new.add_argument("-o", "--output", metavar="FILE", type=Path, required=True)
    new.set_defaults(command=_new)


def _measure_parser(commands: Any) -> None:
    measure = commands.add_parser("measure", help="measure what is stale, like make")
    measure.add_argument("project", type=Path)
    measure.add_argument("--stage", metavar="KEY", help="this stage and what it needs")
    measure.add_argument("--data", metavar="FILE", type=Path, help="bring the table again")
    measure.add_argument(
        "--fail-on-stop", action="store_true", help="exit 1 when a finding says stop"
    )
    measure.set_defaults(command=_measure)


def _write_parser(commands: Any) -> None:
    write = commands.add_parser("write", help="write the design document")
    write.add_argument("project", type=Path)
    write.add_argument("--document", default="design_document", metavar="NAME")
    write.add_argument("--to", choices=("md", "html"), default="md")
    write.add_argument(
        "--drill", default="", metavar="CODE", help="drill of a post-mortem (default: the last)"
    )
    write.add_argument("-o", "--output", metavar="FILE", type=Path, required=True)
    write.set_defaults(command=_write)


def _runs_parser(commands: Any) -> None:
    runs = commands.add_parser("runs", help="list the tracked runs of a project")
    runs.add_argument("project", type=Path)
    runs.add_argument("--json", action="store_true", help="as a list of objects")
    runs.set_defaults(command=lambda a: listing.runs(a, _read(a.project)))


def _new(arguments: argparse.Namespace) -> int:
    if bool(arguments.case) == bool(arguments.data):
        raise Refusal("give either --case KEY or --data FILE, one of them")
    if not 0 <= arguments.seed < 2**31:
        raise Refusal(f"--seed {arguments.seed} is out of range; give 0 to {2**31 - 1}")
    name = _name(arguments.name)
    project = _from_case(arguments, name) if arguments.case else _from_file(arguments, name)
    for text in arguments.answer:
        project = _answered(project, text)
    _checked(project)
    _save(project, arguments.output)
    _print(f"Made {arguments.output}: {project.data.rows:,} rows, task {project.task}")
    return 0


def _name(text: str) -> str:
    from app.store.projects import BadName, checked_name

    try:
        return checked_name(text)
    except BadName as error:
        raise Refusal(str(error)) from None


def _from_case(arguments: argparse.Namespace, name: str) -> Project:
    from app.store.samples import UnknownCase
    from app.workshop import case_project

    try:
        project = case_project(arguments.case, name, arguments.seed)
    except UnknownCase as error:
        raise Refusal(str(error)) from None
    return _with_roles(project, arguments)


def _from_file(arguments: argparse.Namespace, name: str) -> Project:
    from app.workshop import upload_project

    if not arguments.target:
        raise Refusal("--data needs --target COL: which column is predicted?")
    taken = _taken(arguments.data)
    names = [column["name"] for column in taken["ref"]["columns"]]
    _known_column("--target", arguments.target, names)
    guess = taken["tasks"][arguments.target]
    task = arguments.task or guess["task"]
    if task is None:
        raise Refusal(f"--target {arguments.target}: {guess['reason']}")
    known = [n for n in names if n not in (arguments.target, arguments.time, arguments.query)]
    roles = {"target": arguments.target, "task": task, "known": known}
    from app.record.project import DataRef

    project = upload_project(DataRef.model_validate(taken["ref"]), roles, name, arguments.seed)
    return _with_roles(project, arguments)


def _taken(path: Path) -> dict[str, Any]:
    from app.store.intake import IntakeError
    from app.workshop import take_in

    try:
        return take_in(path, path.name)
    except IntakeError as error:
        raise Refusal(str(error)) from None
    except OSError as error:
        raise Refusal(f"--data {path} cannot be read: {error.strerror}") from None


def _with_roles(project: Project, arguments: argparse.Namespace) -> Project:
    names = list(project.data.names())
    roles: dict[str, Any] = {}
    for role in ("target", "time", "group", "query"):
        column = getattr(arguments, role)
        if column is not None:
            _known_column(f"--{role}", column, names)
            roles[role] = column
    if arguments.task:
        roles["task"] = arguments.task
    if arguments.positive is not None:
        roles["positive"] = arguments.positive
    known = arguments.known or project.answers.get("data", {}).get("known") or []
    for column in [*(arguments.known or []), *(arguments.leave_out or [])]:
        _known_column("--known / --leave-out", column, names)
    roles["known"] = [n for n in known if n not in (arguments.leave_out or [])]
    return project.answered("data", roles)


def _known_column(flag: str, column: str, names: list[str]) -> None:
    if column in names:
        return
    import difflib

    near = difflib.get_close_matches(column, names, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise Refusal(
        f"{flag} {column}: there is no such column{hint} Columns: {', '.join(names[:40])}"
    )


def _answered(project: Project, text: str) -> Project:
    path, equals, value = text.partition("=")
    stage, _, question = path.partition(".")
    if not equals or not question:
        raise Refusal(f"--answer {text}: write it as STAGE.QUESTION=VALUE")
    try:
        parsed = json.loads(value)
    except json.JSONDecodeError:
        parsed = value
    return project.answered(_stage(stage), {question: parsed})


def _checked(project: Project) -> None:
    from app.review.answers import KEY, Review
    from app.stages.road import BY_KEY

    for key, answers in project.answers.items():
        try:
            (Review if key == KEY else BY_KEY[_stage(key)].choices).check(answers)
        except AnswerError as error:
            raise Refusal(f"{key}.{error}") from None


def _stage(key: str) -> str:
    from app.stages.road import BY_KEY

    if key not in BY_KEY:
        raise Refusal(f"there is no stage {key!r}; the stages are {', '.join(BY_KEY)}")
    return key


def _measure(arguments: argparse.Namespace) -> int:
    _few_threads()
    from app.store.files import write_atomically
    from app.workshop import MissingTable, measure_all

    project = _read(arguments.project)
    _checked(project)
    key = _stage(arguments.stage) if arguments.stage else None
    if arguments.data:
        _bring_again(project, arguments.data)

    def kept(measured: Project, stage: str) -> None:
        write_atomically(arguments.project, dump(measured))

    try:
        project = measure_all(project, _progress_line, kept, key)
    except MissingTable as error:
        raise Refusal(str(error)) from None
    except (ValueError, MemoryError) as error:
        raise Refusal(f"the measurement stopped: {error}") from None
    finally:
        print(file=sys.stderr)
    return _stop_code(project, key) if arguments.fail_on_stop else 0


def _bring_again(project: Project, path: Path) -> None:
    taken = _taken(path)
    if taken["ref"]["content_hash"] != project.data.content_hash:
        raise Refusal(
            f"--data {path} holds other rows than this project was made from "
            f"(content hash {taken['ref']['content_hash'][:12]}, "
            f"expected {project.data.content_hash[:12]})"
        )


def _progress_line(fraction: float, words: str) -> None:
    line = f"{fraction:4.0%}  {words}"
    end = "" if sys.stderr.isatty() else "\n"
    start = "\r\033[K" if sys.stderr.isatty() else ""
    print(f"{start}{line}", end=end, file=sys.stderr, flush=True)


def _stop_code(project: Project, key: str | None) -> int:
    from app.stages.road import BY_KEY, findings_of

    keys = [key] if key else list(BY_KEY)
    stops = [f for k in keys for f in findings_of(project, k) if f.level == "stop"]
    for finding in stops:
        print(f"stop: {finding.title}", file=sys.stderr)
    return 1 if stops else 0


def _show(arguments: argparse.Namespace) -> int:
    project = _read(arguments.project)
    key = _stage(arguments.stage) if arguments.stage else None
    showing.run(arguments, project)
    return _stop_code(project, key) if arguments.fail_on_stop else 0


def _drill_of(project: Project, arguments: argparse.Namespace) -> str:
    """Return the drill that is asked for, if there is such a one."""
    from app.stages.drills import STAGE as DRILLS

    wanted = str(arguments.drill)
    known = [d.code for d in DRILLS.chosen(project).drills if d.outcome is not None]
    ids = [d.id for d in DRILLS.chosen(project).drills if d.outcome is not None]
    if wanted and wanted not in (*known, *ids):
        told = ", ".join(known) or "none: finish one on the page Incident drills"
        raise Refusal(
            f"--drill {wanted}: there is no finished drill of that code; there are {told}"
        )
    return wanted


def _write(arguments: argparse.Namespace) -> int:
    from app.document import writer
    from app.store.files import write_atomically

    project = _read(arguments.project)
    if arguments.document not in writer.documents():
        known = ", ".join(writer.documents())
        raise Refusal(f"--document {arguments.document}: there is none; known ones are {known}")
    found = writer.write(
        project, document=arguments.document, to=arguments.to, drill=_drill_of(project, arguments)
    )
    try:
        write_atomically(arguments.output, found)
    except OSError as error:
        raise Refusal(f"cannot write {arguments.output}: {error.strerror}") from None
    _print(f"Wrote {arguments.output}")
    return 0


def _slices(arguments: argparse.Namespace) -> int:
    _few_threads()
    try:
        _print(slicing.report(arguments))
    except slicing.SlicingError as error:
        raise Refusal(str(error)) from None
    return 0


def _watch(arguments: argparse.Namespace) -> int:
    _few_threads()
    try:
        told, pages = watching.report(arguments)
    except watching.WatchError as error:
        raise Refusal(str(error)) from None
    _print(told)
    return PAGE if pages else 0


def _read(path: Path) -> Project:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Refusal(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Refusal(f"{path} is not UTF-8 text, so it is no project file") from None
    try:
        return read(text)
    except ProjectFileError as error:
        raise Refusal(f"{path}: {error}") from None


def _save(project: Project, path: Path) -> None:
    from app.store.files import write_atomically

    try:
        write_atomically(path, dump(project))
    except OSError as error:
        raise Refusal(f"cannot write {path}: {error.strerror}") from None


def _print(text: str) -> None:
    print(text)


def _print_json(data: Any) -> None:
    _print(json.dumps(data, indent=2, ensure_ascii=False))
