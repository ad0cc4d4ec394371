"""Warm start and server time of a plain interaction, on every page, idle and during a job.

Usage: python benchmarks/pages.py. Starts the app twice (the second start is the warm one), asks for the first page in a
real browser, then measures reruns on the server with the test harness of Streamlit in one process.
"""

from __future__ import annotations

import importlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
PORT = 8641


def starts(command: list[str], button: str) -> list[tuple[float, float]]:
    """Return seconds to a healthy server and to a painted page, of a first and a second start.

    Both are visited by one browser, as a person's is: what the first visit cached, the second has.
    """
    from playwright.sync_api import sync_playwright

    from app.launcher import chromium

    env = {**os.environ, "GROUNDWORK_HOME": tempfile.mkdtemp(), "GROUNDWORK_NO_VENV": "1"}
    # As on a person's machine: the first start leaves compiled modules for the second.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        page = browser.new_page()
        taken = [_start(command, env, page, button) for _ in range(2)]
        browser.close()
    return taken


def _start(command: list[str], env: dict[str, str], page: Page, button: str) -> tuple[float, float]:
    started = time.perf_counter()
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=quiet, stderr=quiet)
    url = f"http://localhost:{PORT}"
    while True:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
            break
        except OSError:
            time.sleep(0.02)
    healthy = time.perf_counter() - started
    page.goto(url)
    page.get_by_role("button", name=button).first.wait_for()
    painted = time.perf_counter() - started
    server.kill()
    server.wait()
    return healthy, painted


def ours() -> list[str]:
    """Return the command that starts this app."""
    return [sys.executable, "-m", "app", "run", "--port", str(PORT), "--no-browser"]


def bare() -> list[str]:
    """Return the command that starts a Streamlit page with one button, the floor of any page."""
    script = Path(tempfile.mkdtemp()) / "bare.py"
    script.write_text("import streamlit as st\nst.button('Nothing')\n", encoding="utf-8")
    flags = ["--server.port", str(PORT), "--server.headless", "1"]
    return [sys.executable, "-m", "streamlit", "run", str(script), *flags]


def reruns() -> dict[str, tuple[float, float]]:
    """Return the median server time of a rerun by page, in ms: idle, and during a job."""
    os.environ["GROUNDWORK_HOME"] = tempfile.mkdtemp()
    from streamlit.testing.v1 import AppTest

    from app import PAGES
    from app.jobs import executor
    from app.stages.road import STAGES
    from app.ui import desk, warm
    from app.workshop import case_project, measure_all

    for name in warm.LATE:
        importlib.import_module(name)
    project = measure_all(case_project("flight_disruption"), lambda f, w: None, lambda p, s: None)
    project_id = desk.create(project)
    found = {}
    for key in ("home", *(s.key for s in STAGES), "document"):
        app = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=60)
        app.query_params["project"] = project_id
        app.run()
        app.switch_page(str(PAGES / f"{key}.py"))
        app.run()
        idle = _median(app)
        job = executor().submit(_spin, 20)
        busy = _median(app)
        job.cancel()
        found[key] = (idle, busy)
    return found


def _median(app: object, times: int = 9) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        app.run()  # type: ignore[attr-defined]
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken)


def _spin(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(10_000))


def main() -> None:
    """Print both tables."""
    print(f"{'start':28} {'server s':>9} {'first page s':>13}   (goal 3 s on a second start)")
    seconds = {}
    for name, command, button in (
        ("bare Streamlit page", bare(), "Nothing"),
        ("Groundwork", ours(), "Walk this case"),
    ):
        for number, (healthy, painted) in enumerate(starts(command, button), 1):
            print(f"{f'{name}, start {number}':28} {healthy:9.2f} {painted:13.2f}")
            seconds[name] = painted
    ratio = seconds["Groundwork"] / seconds["bare Streamlit page"]
    print(f"second start against a bare Streamlit page: {ratio:.2f} times")
    print(f"{'page':14} {'idle ms':>8} {'during a job ms':>16}   (goal 100)")
    for key, (idle, busy) in reruns().items():
        print(f"{key:14} {idle:8.0f} {busy:16.0f}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
