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
    """The app as a person starts it, with a home folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("localhost", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = {
            **os.environ,
            "GROUNDWORK_HOME": str(self.home),
            "GROUNDWORK_NO_VENV": "1",
            "GROUNDWORK_NO_BROWSER": "1",
            "PYTHONPATH": str(ROOT),
        }
        self.log = (self.home / "server.log").open("ab")
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
        raise TimeoutError((self.home / "server.log").read_text()[-2000:])

    def kill(self) -> None:
        """Kill it without a word."""
        self.process.kill()
        self.process.wait()
        self.log.close()


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


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A fresh server for one test."""
    found = Server(tmp_path)
    yield found
    found.kill()


@pytest.fixture
def page(chrome: Browser, server: Server) -> Iterator[Page]:
    """A page that notes every request to a foreign host and every error of the app."""
    context = chrome.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    found = context.new_page()
    foreign: list[str] = []
    found.on(
        "request",
        lambda request: (
            foreign.append(request.url)
            if not request.url.startswith(
                (server.url, server.url.replace("http", "ws"), "data:", "blob:", "about:", "file:")
            )
            else None
        ),
    )
    found.set_default_timeout(30_000)
    yield found
    assert foreign == []
    context.close()
