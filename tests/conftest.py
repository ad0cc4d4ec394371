"""Shared by all tests: a home folder of its own, and small tables made by hand."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Before anything of the app is imported: nothing a test does may reach the person's own projects.
os.environ["GROUNDWORK_HOME"] = tempfile.mkdtemp(prefix="groundwork-tests-")
os.environ.pop("DATABASE_URL", None)
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="groundwork-run-"))

import numpy as np
import pandas as pd
import pytest

from app.record.project import DataColumn, DataRef, Project


def small_table(rows: int = 900, seed: int = 0, task: str = "binary") -> pd.DataFrame:
    """A table with a signal, a category, a leak, holes and a time."""
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=rows)
    place = rng.choice(["north", "south", "east"], size=rows)
    noise = rng.normal(size=rows)
    score = 1.2 * signal + (place == "north") + 0.8 * noise
    happened = (score > 1.2).astype(int)
    amount = 100 + 20 * score
    target = happened if task == "binary" else amount
    holes = np.where(rng.random(rows) < 0.1, np.nan, noise * 0.3 + rng.normal(size=rows))
    return pd.DataFrame(
        {
            "when": pd.Timestamp("2025-01-01") + pd.to_timedelta(np.arange(rows) * 4, "h"),
            "signal": signal,
            "place": pd.Categorical(place),
            "holes": holes,
            "filler": rng.integers(0, 50, size=rows),
            "leak": target + rng.normal(scale=0.01, size=rows),
            "target": target,
        }
    )


def small_project(table: pd.DataFrame, task: str = "binary", leak: bool = False) -> Project:
    """A project on such a table, put into the store, with its roles answered."""
    from app.workshop import shelf

    content = shelf().put_table(table)
    columns = tuple(DataColumn(name=str(c), kind="number") for c in table.columns)
    ref = DataRef(
        source="upload",
        key=content,
        title="small.csv",
        content_hash=content,
        rows=len(table),
        columns=columns,
    )
    known = ["signal", "place", "holes", "filler", *(["leak"] if leak else [])]
    rule = "signal > 1" if task == "binary" else "100 + 20 * signal"
    answers = {
        "framing": {"decision": "Act or wait", "non_ml": "A rule", "bar": 1.0},
        "data": {"target": "target", "task": task, "time": "when", "known": known},
        "baselines": {"rule": rule, "folds": 3},
        "errors": {"explained_rows": 60},
        "monitoring": {"onset_day": 8},
    }
    return Project(name="Small", data=ref, answers=answers)


def measured(project: Project) -> Project:
    """The project with every stage measured."""
    from app.workshop import measure_all

    return measure_all(project, lambda fraction, words: None, lambda project, stage: None)


@pytest.fixture(scope="session")
def binary_project() -> Project:
    """A measured yes-or-no project."""
    return measured(small_project(small_table()))


@pytest.fixture(scope="session")
def regression_project() -> Project:
    """A measured how-much project."""
    return measured(small_project(small_table(task="regression"), task="regression"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder for one test alone."""
    monkeypatch.setenv("GROUNDWORK_HOME", str(tmp_path))
    return tmp_path
