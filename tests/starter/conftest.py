"""Exported repositories of small projects, each made once in an empty folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.exporting.export import files_of, write
from app.record.project import Project

Export = Callable[[Project], Path]


def clean_environment() -> dict[str, str]:
    """An environment that knows nothing of this app."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    settings = ("PIP_", "UV_", "SSL_")
    found |= {name: value for name, value in os.environ.items() if name.startswith(settings)}
    if "PIP_INDEX_URL" in found:
        found.setdefault("UV_DEFAULT_INDEX", found["PIP_INDEX_URL"])
    # Quick to set up: nothing is compiled that is used once.
    return {**found, "PIP_NO_COMPILE": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def run(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a repository, as somebody who has nothing else would."""
    return subprocess.run(
        words,
        cwd=folder,
        env={**clean_environment(), **more},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def uv() -> str:
    """Where uv is, beside this Python or anywhere; empty when it is not installed."""
    return shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv") or ""


def python(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a repository, with the packages of this environment."""
    return run(folder, sys.executable, *words, **more)


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    """Makes the repository of a project in an empty folder."""

    def made(project: Project) -> Path:
        folder = tmp_path_factory.mktemp("export") / "repository"
        write(files_of(project), folder)
        return folder

    return made


@pytest.fixture(scope="session")
def binary_repository(binary_project: Project, export: Export) -> Path:
    """The repository of the small yes-or-no project."""
    return export(binary_project)


@pytest.fixture(scope="session")
def forecasting_repository(forecasting_project: Project, export: Export) -> Path:
    """The repository of the small forecasting project."""
    return export(forecasting_project)
