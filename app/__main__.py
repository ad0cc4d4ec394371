"""``python3 -m app`` sets up what is missing and starts; ``python3 -m app test`` tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HELP = """Groundwork, the ML system design workbench.

  python3 -m app                 set up .venv the first time, start, open the browser
  python3 -m app run [--port N] [--host H] [--no-browser] [-- streamlit options]
  python3 -m app test [pytest options]     all tests, browser tests included
  python3 -m app check [--fast]            of this code: format, lint, types, import contracts, tests

Headless, the same road:
  python3 -m app cases [--json]
  python3 -m app new NAME (--case KEY | --data FILE --target COL) [options] -o project.json
  python3 -m app measure project.json [--stage KEY] [--fail-on-stop]
  python3 -m app show project.json [--stage KEY] [--json] [--fail-on-stop]
  python3 -m app write project.json [--document NAME] [--to md|html] -o FILE
  python3 -m app export project.json [--without-data] -o DIR
  python3 -m app register project.json [--name NAME] [--alias ALIAS] [--approve-by WHO]
  python3 -m app check project.json [--json] [--profile NAME] [--fixes]   review it; exit 1 on a veto
  python3 -m app runs project.json [--json]
  python3 -m app again project.json [--stage KEY] [--json]
  python3 -m app slices --data FILE --target COL --prediction COL [--seed N] [--json]
  python3 -m app watch --reference LOG --current LOG [--time COL] [--prediction COL --label COL] [--json]

Each command has its own --help.
"""
HEADLESS = (
    "cases",
    "new",
    "measure",
    "show",
    "write",
    "export",
    "register",
    "runs",
    "again",
    "slices",
    "watch",
    "--version",
)
OWN = ("run", "test", "check")
ROOT = Path(__file__).resolve().parent.parent


def main(argv: list[str]) -> int:
    """Set up, then hand over to the command."""
    if argv[:1] in (["--help"], ["-h"], ["help"]):
        print(HELP, end="")
        return 0
    command = argv[0] if argv and not argv[0].startswith("--") else "run"
    if argv[:1] == ["--version"]:
        command = "--version"
    if command not in (*HEADLESS, *OWN):
        known = ", ".join((*OWN, *HEADLESS[:-1]))
        print(
            "groundwork: there is no command %r; the commands are %s" % (command, known),
            file=sys.stderr,
        )
        return 2
    if sys.version_info < (3, 11):
        print(
            "groundwork: needs Python 3.11 or newer; this is %d.%d" % sys.version_info[:2],
            file=sys.stderr,
        )
        return 2
    rest = argv[1:] if argv and argv[0] == command else argv
    return _start(command, rest, argv)


def _reviews(command: str, rest: list[str]) -> bool:
    """Whether ``check`` is asked of a project, not of this code."""
    asks = ("--json", "--profile", "--fixes", "--help", "-h")
    named = bool(rest) and not rest[0].startswith("-")
    return command == "check" and (
        named or any(word.partition("=")[0] in asks or word.endswith(".json") for word in rest)
    )


def _start(command: str, rest: list[str], argv: list[str]) -> int:
    from app.launcher.environment import SetUpError, ensure, python_of

    tests = command in ("test", "check") and not _reviews(command, rest)
    lock = ROOT / ("requirements-test.lock" if tests else "requirements.lock")
    if not os.environ.get("GROUNDWORK_NO_VENV"):
        try:
            python = ensure(ROOT, lock)
        except SetUpError as error:
            print(f"groundwork: {error}", file=sys.stderr)
            return 2
        if Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
            return _again(python, argv)
        assert python == python_of(ROOT / ".venv")
    return _run(command, rest, argv)


def _again(python: Path, argv: list[str]) -> int:
    """Run the same command with the interpreter of the environment, from wherever we are."""
    words = [str(python), "-m", "app", *argv]
    environment = {**os.environ, "PYTHONPATH": _with_root()}
    if os.name == "nt":
        import subprocess

        return subprocess.call(words, env=environment)
    sys.stdout.flush()
    os.execve(words[0], words, environment)
    return 0


def _with_root() -> str:
    """The package is found wherever the command is called; relative files stay relative."""
    before = os.environ.get("PYTHONPATH", "")
    return str(ROOT) + (os.pathsep + before if before else "")


def _run(command: str, rest: list[str], argv: list[str]) -> int:
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    if command == "run":
        from app.launcher.server import serve

        return serve(ROOT, rest)
    if command == "test":
        from app.launcher.checks import test

        return test(ROOT, rest)
    if command == "check" and not _reviews(command, rest):
        from app.launcher.checks import check

        return check(ROOT, rest)
    from app.cli import main as headless

    return headless(argv)


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
