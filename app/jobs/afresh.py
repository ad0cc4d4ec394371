"""The command line in a process of its own, with a home of its own and nothing else of ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app import ROOT
from app.jobs.process import environment

OURS = ("GROUNDWORK_", "DATABASE_URL", "MLFLOW_")


class AfreshError(RuntimeError):
    """The process ended with an error: its last line."""


def command(words: Sequence[str], home: Path, told: Callable[[str], None]) -> None:
    """Run ``python -m app`` with some words; every line it tells on its errors is handed on.

    Raises
    ------
    AfreshError
        If it ends with another code than 0.
    """
    inherited = {k: v for k, v in environment(1).items() if not k.startswith(OURS)}
    settings = {
        "GROUNDWORK_HOME": str(home),
        "GROUNDWORK_TRACKING": "off",
        # The interpreter that runs now is the environment that is asked about.
        "GROUNDWORK_NO_VENV": "1",
    }
    code, last = _run([sys.executable, "-m", "app", *words], {**inherited, **settings}, told)
    if code:
        raise AfreshError(last.removeprefix("groundwork: ") or f"it ended with code {code}")


def _run(
    words: list[str], variables: dict[str, str], told: Callable[[str], None]
) -> tuple[int, str]:
    """Run a process to its end and return its code and the last line it told."""
    last = ""
    with subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=variables,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if line.strip():
                    last = line.strip()
                    told(last)
        except BaseException:
            process.kill()
            raise
    return process.returncode, last
