"""Shared by all tests: a home folder of its own, and small tables made by hand."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Before anything of the app is imported: nothing a test does may reach the person's own projects.
# All workers of one run share the folder, and what one of them has measured in it.
os.environ["GROUNDWORK_TESTS_RUN"] = os.environ.get("GROUNDWORK_TESTS_RUN") or tempfile.mkdtemp(
    prefix="groundwork-tests-"
)
os.environ["GROUNDWORK_HOME"] = os.environ["GROUNDWORK_TESTS_RUN"]
os.environ.pop("DATABASE_URL", None)
os.environ.pop("MLFLOW_TRACKING_URI", None)
# Tracking has tests of its own; the others are quicker without.
os.environ["GROUNDWORK_TRACKING"] = "off"
os.environ.setdefault("XDG_RUNTIME_DIR", os.environ["GROUNDWORK_TESTS_RUN"])

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from app.record.evidence import Evidence
from app.record.project import DataColumn, DataRef, Look, Project
from app.record.stage import digest_of
from app.stages.road import BY_KEY, fresh

RUN = Path(os.environ["GROUNDWORK_TESTS_RUN"])

# A busy machine makes no law wrong.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


# The longest files go first, so that both workers end at about the same time.
LONGEST = (
    "browser/test_walks.py",
    "starter/test_running.py",
    "browser/test_every_page.py",
    "pages/test_random_walk.py",
    "stages/test_cases.py",
    "pages/test_pages.py",
    "stages/test_findings.py",
    "browser/test_reading_walk.py",
    "browser/test_cohorts_walk.py",
    "stages/test_rollout.py",
    "lab/test_comparison.py",
    "lab/test_slices.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files by how long they take; within a file nothing moves."""
    here = Path(__file__).parent
    rank = {here / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave nothing behind once the last worker has ended."""
    if not hasattr(session.config, "workerinput"):
        shutil.rmtree(RUN, ignore_errors=True)


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


LADDER = ("framing", "data", "baselines")


def measured(project: Project, *stages: str) -> Project:
    """The project with every stage measured, or with those named, in order.

    A stage is measured once in a run of the tests, by whoever asks first: its digest holds all
    that it is measured from.
    """
    for key in stages or BY_KEY:
        if not fresh(project, key):
            project = _with(project, key)
    return project


def _with(project: Project, key: str) -> Project:
    kept = RUN / "measured" / f"{digest_of(project, key, BY_KEY)}.json"
    with _alone(kept):
        if not kept.exists():
            kept.write_text(json.dumps(_measure(project, key)), encoding="utf-8")
    found = json.loads(kept.read_text(encoding="utf-8"))
    project = project.measured(Evidence.model_validate(found["evidence"]))
    for look in found["looks"]:
        project = project.looked(Look.model_validate(look))
    return project


def _measure(project: Project, key: str) -> dict[str, object]:
    from app.workshop import measure_stage

    # Without the looks of before, those that are there were taken by this stage.
    fresh_eyes = project.model_copy(update={"looks": ()})
    found = measure_stage(fresh_eyes, key, lambda fraction, words: None)
    looks = [look.to_json() for look in found.looks]
    return {"evidence": found.evidence[key].to_json(), "looks": looks}


@contextmanager
def _alone(kept: Path) -> Iterator[None]:
    """Let one worker measure a thing; whoever wants the same waits."""
    kept.parent.mkdir(exist_ok=True)
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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
