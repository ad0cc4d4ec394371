"""A real server and a real Chromium."""

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
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app import ROOT
from app.launcher import chromium
from app.record.project import Project
from app.store.projects import ProjectStore
from tests.conftest import RUN

expect.set_options(timeout=40_000)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Server:
    """The app as a person starts it; its projects lie in a folder of its own."""

    def __init__(self, folder: Path, home: Path | None = None) -> None:
        self.log_file = folder / "server.log"
        self.database = f"sqlite:///{folder / 'groundwork.db'}"
        self.home = home or folder
        with socket.socket() as free:
            free.bind(("localhost", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = {
            **os.environ,
            "DATABASE_URL": self.database,
            "GROUNDWORK_HOME": str(self.home),
            "GROUNDWORK_NO_VENV": "1",
            "GROUNDWORK_NO_BROWSER": "1",
            "PYTHONPATH": str(ROOT),
        }
        self.log = self.log_file.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "run", "--port", str(self.port), "--no-browser"],
            cwd=ROOT,
            env=environment,
            stdout=self.log,
            stderr=self.log,
        )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(self.log_file.read_text()[-2000:])

    def kill(self) -> None:
        """Kill it without a word."""
        self.process.kill()
        self.process.wait()
        self.log.close()

    def bring(self, project: Project) -> str:
        """Put a project in, as if it had been made here, and return its id."""
        store = ProjectStore(self.database)
        project_id = str(store.create(project.name, project.to_json()).id)
        store.engine.dispose()
        return project_id


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """One browser for all the tests; without one the tests fail and say how to get it."""
    found = os.environ.get(chromium.VARIABLE) or chromium.find()
    if found is None:
        pytest.fail(chromium.HOW)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests of a worker, with the tables and models of what was measured."""
    found = Server(tmp_path_factory.mktemp("server"), RUN)
    yield found
    found.kill()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A fresh server for one test, with an empty home."""
    found = Server(tmp_path)
    yield found
    found.kill()


@pytest.fixture
def page(chrome: Browser) -> Iterator[Page]:
    """A page that notes every request to a foreign host."""
    context = chrome.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    found = context.new_page()
    foreign: list[str] = []
    here = ("http://localhost:", "ws://localhost:", "data:", "blob:", "about:", "file:")
    found.on(
        "request",
        lambda request: None if request.url.startswith(here) else foreign.append(request.url),
    )
    found.set_default_timeout(30_000)
    yield found
    assert foreign == []
    context.close()


DRAWN = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    const charts = [...document.querySelectorAll('.js-plotly-plot')];
    return app !== null
        && app.dataset.testConnectionState === 'CONNECTED'
        && app.dataset.testScriptState === 'notRunning'
        && document.querySelector('[data-testid=stMain] h1') !== null
        && document.querySelector('[data-stale=true]') === null
        && document.querySelector('[data-testid=stSkeleton]') === null
        && charts.every(chart => chart.querySelector('.main-svg') !== null);
}"""


def drawn(page: Page) -> None:
    """Wait until the page is drawn to its last chart, and nothing of the page before is left."""
    page.wait_for_function(DRAWN, polling=100)


def opened(page: Page, address: str) -> None:
    """Open an address and wait until it is drawn."""
    page.goto(address)
    drawn(page)


def no_error(page: Page) -> None:
    """Nothing on the page tells of an error of ours."""
    expect(page.get_by_test_id("stException")).to_have_count(0)


def pressed(page: Page) -> None:
    """Wait for what a press brings: the browser asks the server in the same turn, or not at all."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
    drawn(page)


def fits(page: Page) -> bool:
    """Say whether nothing makes the page scroll sideways."""
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return bool(wide <= 1)
