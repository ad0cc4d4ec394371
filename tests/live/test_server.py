"""The app as a person starts it: pages and live model from one server, and what a kill leaves."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import ROOT
from app.live.address import Address
from app.live.client import ask
from app.live.hub import Hub
from app.live.kit import kit_of, make_kit
from app.live.log import EVERY_S
from app.record.project import Project
from app.store.predictions import PredictionTable, log_url
from app.store.projects import ProjectStore


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Address, str]]:
    """The real server on a database of its own."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    url = f"sqlite:///{tmp_path / 'server.db'}"
    log = (tmp_path / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "run", "--port", str(port), "--no-browser"],
        cwd=ROOT,
        env={**os.environ, "GROUNDWORK_NO_VENV": "1", "DATABASE_URL": url},
        stdout=log,
        stderr=log,
    )
    address = Address("localhost", port)
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address.origin}/_stcore/health", timeout=1).close()
            break
        except OSError:
            assert process.poll() is None, (tmp_path / "server.log").read_text()
            time.sleep(0.1)
    yield process, address, url
    process.kill()
    process.wait()
    log.close()


def test_pages_and_model_from_one_server(
    server: tuple[subprocess.Popen[bytes], Address, str], binary_project: Project
) -> None:
    """Pages and routes answer side by side; after kill -9 what was answered before is in the log."""
    process, address, url = server
    store = ProjectStore(url)
    place = store.create("Small", binary_project.to_json()).id
    make_kit(url, place)
    kit = kit_of(binary_project)
    assert kit is not None
    with urllib.request.urlopen(f"{address.origin}/serving?project={place}") as page:
        assert b'<div id="root">' in page.read()
    replies = [ask(address, place, row) for row in kit.rows[:25]]
    assert {reply.status for reply in replies} == {200}, replies[0]
    assert {reply.body["version"] for reply in replies} == {kit.version}
    time.sleep(2 * EVERY_S)
    process.kill()
    process.wait()
    log = PredictionTable(log_url(url))
    found = log.read(place)
    assert set(found["id"]) == {reply.body["id"] for reply in replies}
    assert list(found["prediction"]) == [reply.body["prediction"] for reply in replies]
    log.engine.dispose()
    store.engine.dispose()


def test_a_log_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody waits for the log; what it could not take is counted, and it goes on."""
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'file' / 'x.db'}")
    hub = Hub()
    hub.log.start()
    hub.log.put("p1", [object()])  # type: ignore[list-item]
    hub.log.stop()
    assert hub.log.lost["p1"] == 1
