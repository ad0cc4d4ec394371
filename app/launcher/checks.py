"""All tests, and the checks of a developer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from app.launcher import chromium

LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def test(root: Path, argv: Sequence[str]) -> int:
    """Run all tests, browser tests included; without a Chromium say how to get one and fail."""
    found = chromium.find()
    if found is None:
        print(f"groundwork: {chromium.HOW}", file=sys.stderr)
        return 2
    environment = {
        **os.environ,
        chromium.VARIABLE: found,
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    # Tests start dozens of processes: what one has compiled the others need not compile again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    # Two at a time, a file never split, the longest first: see tests/conftest.py.
    spread = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    if "-n" in argv:
        spread = []
    command = [sys.executable, "-m", "pytest", *spread, *argv]
    return subprocess.call(command, cwd=root, env=environment)


def check(root: Path, argv: Sequence[str]) -> int:
    """Check format, lint, types, import contracts and locks, then run the tests."""
    tools = [
        ("format", ["ruff", "format", "--check", "."]),
        ("lint", ["ruff", "check", "."]),
        ("types", ["mypy"]),
        ("import contracts", ["importlinter.cli", "lint-imports"]),
    ]
    failed = []
    for name, (module, *words) in tools:
        print(f"── {name}", flush=True)
        if module == "importlinter.cli":
            code = "from importlinter.cli import lint_imports_command as c; c()"
            command = [sys.executable, "-c", code]
        else:
            command = [sys.executable, "-m", module, *words]
        if subprocess.call(command, cwd=root):
            failed.append(name)
    problems = lock_problems(root)
    for problem in problems:
        print(f"lock: {problem}", file=sys.stderr)
    if problems:
        failed.append("locks")
    if failed:
        print(f"groundwork: failed: {', '.join(failed)}", file=sys.stderr)
        return 1
    return 0 if "--fast" in argv else test(root, [a for a in argv if a != "--fast"])


def lock_problems(root: Path) -> list[str]:
    """Say where ranges, locks and the list for people disagree."""
    from packaging.requirements import Requirement

    about = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    ranges = [Requirement(text) for text in about["project"]["dependencies"]]
    tests = [Requirement(text) for text in about["dependency-groups"]["test"]]
    problems = []
    for lock, wanted in (
        ("requirements.lock", ranges),
        ("requirements-test.lock", [*ranges, *tests]),
    ):
        text = (root / lock).read_text(encoding="utf-8")
        locked = {name.lower(): version for name, version in LOCKED.findall(text)}
        for requirement in wanted:
            name = re.sub(r"\[.*", "", requirement.name).lower()
            version = locked.get(name)
            if version is None:
                problems.append(f"{lock} does not hold {requirement.name}")
            elif not requirement.specifier.contains(version, prereleases=True):
                problems.append(f"{lock} holds {name} {version}, pyproject wants {requirement}")
    listed = (root / "requirements.txt").read_text(encoding="utf-8")
    missing = [r for r in ranges if not all(str(part) in listed for part in r.specifier)]
    return problems + [f"requirements.txt does not list {r}" for r in missing]
