"""Shared by all tests: a home folder of its own, and small tables made by hand."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Before anything of the app is imported: nothing a test does may reach the person's own projects.
os.environ["GROUNDWORK_HOME"] = tempfile.mkdtemp(prefix="groundwork-tests-")
os.environ.pop("DATABASE_URL", None)
os.environ.pop("MLFLOW_TRACKING_URI", None)
# Tracking has tests of its own; the others are quicker without.
os.environ["GROUNDWORK_TRACKING"] = "off"
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="groundwork-run-"))

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from app.record.project import DataColumn, DataRef, Project

# A busy machine makes no law wrong.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


def small_table(rows: int = 900, seed: int = 0, task: str = "binary") -> pd.DataFrame:
    """A table with a signal, a category, a leak, holes and a time."""
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=rows)
    place = rng.choice(["north", "south", "east"], size=rows)
    noise = rng.normal(size=rows)
    score = 1.2 * signal + (place == "north") + 0.8 * noise
    happened = (score > 1.2).astype(int)
    amount = 100 + 20 * score
    target = {
        "binary": happened,
        "multiclass": np.select([score < -0.5, score < 1.2], ["low", "middle"], "high"),
        "forecasting": 100 + 0.02 * np.arange(rows) + 15 * (np.arange(rows) % 42 < 12) + 5 * score,
        "ranking": np.clip(np.rint(score), 0, 3),
    }.get(task, amount)
    holes = np.where(rng.random(rows) < 0.1, np.nan, noise * 0.3 + rng.normal(size=rows))
    return pd.DataFrame(
        {
            "when": pd.Timestamp("2025-01-01") + pd.to_timedelta(np.arange(rows) * 4, "h"),
            "signal": signal,
            "place": pd.Categorical(place),
            "holes": holes,
            "filler": rng.integers(0, 50, size=rows),
            "leak": score + rng.normal(scale=0.01, size=rows)
            if task == "multiclass"
            else target + rng.normal(scale=0.01, size=rows),
            "request": np.arange(rows) // 6,
            "target": target,
        }
    )


RULES = {
    "binary": "signal > 1",
    "multiclass": "CASE WHEN signal > 1 THEN 'high' WHEN signal < -0.8 THEN 'low' ELSE 'middle' END",
    "regression": "100 + 20 * signal",
    "forecasting": "target_7_days_before",
    "ranking": "signal",
}


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
    answers = {
        "framing": {"decision": "Act or wait", "non_ml": "A rule", "bar": 1.0},
        "data": {
            "target": "target",
            "task": task,
            "time": "when",
            "known": known,
            **({"query": "request"} if task == "ranking" else {}),
        },
        "baselines": {"rule": RULES[task], "folds": 3},
        "errors": {"explained_rows": 60},
        "monitoring": {"onset_day": 8},
    }
    return Project(name="Small", data=ref, answers=answers)


def measured(project: Project) -> Project:
    """The project with every stage measured."""
    from app.workshop import measure_all

    return measure_all(project, lambda fraction, words: None, lambda project, stage: None)


PROJECTS = tuple(f"{task}_project" for task in RULES)


@pytest.fixture(scope="session")
def binary_project() -> Project:
    """A measured yes-or-no project."""
    return measured(small_project(small_table()))


@pytest.fixture(scope="session")
def regression_project() -> Project:
    """A measured how-much project."""
    return measured(small_project(small_table(task="regression"), task="regression"))


@pytest.fixture(scope="session")
def multiclass_project() -> Project:
    """A measured which-of-several project."""
    return measured(small_project(small_table(task="multiclass"), task="multiclass"))


@pytest.fixture(scope="session")
def forecasting_project() -> Project:
    """A measured how-much-ahead project."""
    return measured(small_project(small_table(task="forecasting"), task="forecasting"))


@pytest.fixture(scope="session")
def ranking_project() -> Project:
    """A measured in-which-order project."""
    return measured(small_project(small_table(task="ranking"), task="ranking"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder for one test alone."""
    monkeypatch.setenv("GROUNDWORK_HOME", str(tmp_path))
    return tmp_path
