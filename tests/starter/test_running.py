"""Exported repositories really run: set up, tested, trained, served, broken, rolled back."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.record.project import Project
from tests.registries import empty_registry
from tests.starter.conftest import Export, clean_environment, python, run, uv


def test_a_fresh_environment(binary_repository: Path) -> None:
    """From nothing: make setup, lint, test and train, with the packages of requirements.txt alone."""
    made = run(binary_repository, "make", "setup", f"PYTHON={sys.executable}", f"UV={uv()}")
    assert made.returncode == 0, made.stderr[-2000:]
    packages = [path.name for path in binary_repository.glob(".venv/lib/*/site-packages/*")]
    assert "pandas" in packages
    assert "streamlit" not in packages
    for target in ("lint", "test", "train"):
        # What is compiled once serves the processes after it.
        found = run(binary_repository, "make", target, PYTHONDONTWRITEBYTECODE="")
        assert found.returncode == 0, (target, found.stdout[-3000:], found.stderr[-1000:])
    assert "kept as version 1" in found.stdout


def test_setup_needs_no_uv(forecasting_repository: Path) -> None:
    """Where uv is not there, Python's own venv and pip set up the same requirements."""
    told = {
        way: run(forecasting_repository, "make", "-n", "setup", f"UV={way}") for way in ("", "uv")
    }
    assert "python3 -m venv .venv" in told[""].stdout
    assert "-m pip install" in told[""].stdout
    assert "uv pip install" in told["uv"].stdout
    assert all("-r requirements-dev.txt" in found.stdout for found in told.values())


def test_another_kind_tests_itself(forecasting_repository: Path) -> None:
    """The tests of the repository of a forecast pass, the check for skew among them."""
    found = python(forecasting_repository, "-m", "pytest", "-q", "-x")
    assert found.returncode == 0, found.stdout[-3000:]
    assert "skipped" not in found.stdout


@pytest.mark.parametrize("kind", ["multiclass", "regression", "ranking"])
def test_parity_of_the_other_kinds(
    kind: str, export: Export, request: pytest.FixtureRequest
) -> None:
    """Library, batch job and service give the measured bits for every kind of prediction."""
    project: Project = request.getfixturevalue(f"{kind}_project")
    found = python(export(project), "-m", "pytest", "-q", "tests/test_parity.py")
    assert found.returncode == 0, found.stdout[-3000:]


class Service:
    """A running service of a repository."""

    def __init__(self, folder: Path, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "service", "--port", str(self.port)],
            cwd=folder,
            env={**clean_environment(), "PREDICTION_LOG": str(log)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.wait()

    def wait(self) -> None:
        """Wait until it is ready."""
        for _ in range(300):
            try:
                self.get("/readyz")
            except OSError:
                assert self.process.poll() is None, self.process.communicate()[0]
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the service is not ready after 30 s")

    def get(self, path: str) -> Any:
        """Return what a route gives."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as found:
            text = found.read().decode()
        return json.loads(text) if text.startswith("{") else text

    def post(self, body: bytes, path: str = "/predict") -> tuple[int, dict[str, Any]]:
        """Send a body; return status and answer."""
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body)
        try:
            with urllib.request.urlopen(asked, timeout=30) as found:
                return found.status, json.loads(found.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())


@pytest.fixture
def service(binary_repository: Path, tmp_path: Path) -> Iterator[Service]:
    """The service of the yes-or-no repository, in a process of its own."""
    found = Service(binary_repository, tmp_path / "log.db")
    yield found
    if found.process.poll() is None:
        found.process.kill()
    found.process.communicate()


def example(folder: Path) -> bytes:
    """A row that can be answered."""
    return (folder / "docs" / "example_request.json").read_bytes()


def logged(path: Path) -> int:
    """Count the answers in a log."""
    if not path.exists():
        return 0
    with sqlite3.connect(path) as connection:
        return int(connection.execute("SELECT count(*) FROM predictions").fetchone()[0])


def test_called_and_stopped(service: Service, binary_repository: Path, tmp_path: Path) -> None:
    """It answers, refuses clearly, and when told to stop writes its log out first."""
    body = example(binary_repository)
    status, first = service.post(body)
    assert (status, first["answered_by"], first["version"]) == (200, "model", "1")
    for wrong, expected in ((b"{}", 422), (b"[", 400), (b" " * 10_000_000, 413)):
        status, answer = service.post(wrong)
        assert status == expected
        assert answer["error"]
    rows = {"rows": [json.loads(body)] * 10_000}
    status, many = service.post(json.dumps(rows).encode(), "/predict/batch")
    assert (status, len(many["answers"])) == (200, 10_000)
    assert {a["prediction"] for a in many["answers"]} == {first["prediction"]}
    service.process.send_signal(signal.SIGTERM)
    lines = service.process.communicate(timeout=20)[0].splitlines()
    assert logged(tmp_path / "log.db") == 10_001
    events = [json.loads(line) for line in lines if line.startswith("{")]
    assert {event["status"] for event in events if "status" in event} == {200, 400, 413, 422}


def test_killed_and_started_again(
    service: Service, binary_repository: Path, tmp_path: Path
) -> None:
    """kill -9 under load: what was logged stays whole, and the next one answers as before."""
    body = example(binary_repository)
    first = service.post(body)[1]
    for _ in range(50):
        service.post(body)
    time.sleep(1.0)
    before = logged(tmp_path / "log.db")
    assert before > 0
    service.process.send_signal(signal.SIGKILL)
    service.process.wait()
    with sqlite3.connect(tmp_path / "log.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again = Service(binary_repository, tmp_path / "log.db")
    try:
        assert again.post(body)[1]["prediction"] == first["prediction"]
    finally:
        again.process.terminate()
        again.process.communicate(timeout=20)
    assert logged(tmp_path / "log.db") == before + 1


def test_broken_and_rolled_back(binary_project: Project, export: Export, tmp_path: Path) -> None:
    """A promoted version breaks; others answer; the rollback brings the model back, live."""
    folder = export(binary_project)
    config = folder / "config.toml"
    text = config.read_text(encoding="utf-8")
    other = "group_means" if 'rung = "shallow_tree"' in text else "shallow_tree"
    changed = re.sub(r'^rung = ".*"$', f'rung = "{other}"', text, flags=re.MULTILINE)
    config.write_text(changed, encoding="utf-8")
    trained = python(folder, "train.py", "--no-compare", "--promote")
    assert trained.returncode == 0, trained.stderr
    assert "champion is now version 2" in trained.stdout
    running = Service(folder, tmp_path / "log.db")
    try:
        assert running.post(example(folder))[1]["version"] == "2"
        (folder / "models/versions/0002/model/model.json").write_text("{}")
        running.process.terminate()
        running.process.communicate(timeout=20)
        running = Service(folder, tmp_path / "log.db")
        status, answer = running.post(example(folder))
        assert (status, answer["answered_by"]) == (200, "rule")
        assert running.get("/readyz")["status"] == "ready, by fallback"
        back = python(folder, "-m", "small", "rollback")
        assert back.returncode == 0, back.stderr
        deadline = time.monotonic() + 20
        while running.post(example(folder))[1]["answered_by"] != "model":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert running.post(example(folder))[1]["version"] == "1"
        assert 'fallbacks_total{reason="missing"}' in running.get("/metrics")
    finally:
        running.process.terminate()
        running.process.communicate(timeout=20)
    watched = python(folder, "-m", "monitoring", PREDICTION_LOG=str(tmp_path / "log.db"))
    assert watched.returncode == 3, watched.stderr
    assert "not the model's" in watched.stderr


def test_handed_to_mlflow_and_back(binary_project: Project, export: Export, tmp_path: Path) -> None:
    """A version goes to MLflow's registry under its alias, and comes back as the same version."""
    folder = export(binary_project)
    uri = {"MLFLOW_TRACKING_URI": empty_registry(tmp_path)}
    pushed = python(folder, "-m", "small", "push", "1", **uri)
    assert pushed.returncode == 0, pushed.stderr[-2000:]
    assert "is version 1 of small in MLflow, alias champion" in pushed.stdout
    pulled = python(folder, "-m", "small", "pull", **uri)
    assert pulled.returncode == 0, pulled.stderr[-2000:]
    assert "champion is now version 1" in pulled.stdout
    assert os.listdir(folder / "models" / "versions") == ["0001"]
