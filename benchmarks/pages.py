"""Warm start and server time of a plain interaction, on every page, idle and during a job.

Usage: python benchmarks/pages.py. Starts the app twice (the second start is the warm one), asks for the first page in a
real browser, then measures reruns on the server with the test harness of Streamlit in one process.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = 8641


def start_to_first_page() -> tuple[float, float]:
    """Return seconds from the command to a healthy server and to the first painted page."""
    from playwright.sync_api import sync_playwright

    from app.launcher import chromium

    environment = {**os.environ, "GROUNDWORK_HOME": tempfile.mkdtemp(), "GROUNDWORK_NO_VENV": "1"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        page = browser.new_page()
        started = time.perf_counter()
        server = subprocess.Popen(
            [sys.executable, "-m", "app", "run", "--port", str(PORT), "--no-browser"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        url = f"http://localhost:{PORT}"
        while True:
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.02)
        healthy = time.perf_counter() - started
        page.goto(url)
        page.get_by_role("button", name="Walk this case").first.wait_for()
        painted = time.perf_counter() - started
        browser.close()
    server.kill()
    server.wait()
    return healthy, painted


def reruns() -> dict[str, tuple[float, float]]:
    """Return the median server time of a rerun by page, in ms: idle, and during a job."""
    os.environ["GROUNDWORK_HOME"] = tempfile.mkdtemp()
    from streamlit.testing.v1 import AppTest

    from app import PAGES
    from app.jobs import executor
    from app.stages.road import STAGES
    from app.ui import desk
    from app.workshop import case_project, measure_all

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
    start_to_first_page()
    healthy, painted = start_to_first_page()
    print(
        f"second start: server after {healthy:.2f} s, first page after {painted:.2f} s (goal 3 s)"
    )
    print(f"{'page':14} {'idle ms':>8} {'during a job ms':>16}   (goal 100)")
    for key, (idle, busy) in reruns().items():
        print(f"{key:14} {idle:8.0f} {busy:16.0f}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
