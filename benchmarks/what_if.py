"""From an edited value to the new waterfall: through the worker pool, and in a real browser.

Usage: python benchmarks/what_if.py [CASE ...]. Measures a case (flight_disruption when none is
named), then edits rows of its reading queue by every rung of its ladder. Goal: 150 ms from edit to
new waterfall in the server.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# As in the workers of the app: threads that spin while they wait would time one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
EDITS = 100
GOAL_MS = 150


def edits(place: Any, rows: list[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield rows with changes of one to three of the columns that push them most."""
    import numpy as np

    from app.jobs import executor
    from app.what_if import open_row

    rng = np.random.default_rng(0)
    opened: dict[int, list[dict[str, Any]]] = {}
    for number in range(EDITS):
        row = rows[number % len(rows)]
        if row not in opened:
            told = executor().submit(open_row, place, row).result()
            opened[row] = list(told["fields"])
        fields = opened[row][: int(rng.integers(1, 4))]
        yield row, {field["column"]: _other(field, rng) for field in fields}


def _other(field: dict[str, Any], rng: Any) -> Any:
    if field["kind"] in ("number", "whole") and field["low"] is not None:
        value = float(rng.uniform(field["low"], field["high"]))
        return round(value) if field["kind"] == "whole" else value
    if field["kind"] == "text" and field["levels"]:
        return str(rng.choice(field["levels"]))
    return None


def round_trips(project: Any, rung: str) -> list[float]:
    """Return the ms of each edit through a warm worker, the waterfall built for the screen included."""
    from app.jobs import executor
    from app.record.chart import Chart
    from app.ui.chart import figure
    from app.what_if import Place, edit_row, warm
    from app.workshop import measure_stage

    project = measure_stage(
        project.answered("errors", {"rung": rung, "refits": 0}), "errors", lambda f, w: None
    )
    kept = project.evidence
    place = Place(
        kept["errors"].digest,
        kept["baselines"].digest,
        kept["data"].digest,
        kept["errors"].words["rung"] == kept["baselines"].words["chosen"],
    )
    for job in [executor().submit(warm, place) for _ in range(executor().workers)]:
        job.result()
    rows = [int(str(row)) for row in kept["errors"].table("queue").column("row")][:10]
    taken = []
    for row, changes in edits(place, rows):
        started = time.perf_counter()
        told = executor().submit_with(edit_row, (place, row, changes), owner="bench").result()
        figure(Chart.model_validate(told["chart"]))
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def in_browser(case: str, port: int = 8642) -> list[float]:
    """Return the ms from Enter in a field to the new picture, in a real browser on the real page."""
    import subprocess
    import urllib.request

    from playwright.sync_api import sync_playwright

    from app.launcher import chromium
    from app.ui import desk
    from app.workshop import case_project, measure_all

    # Refitting for the stability of the ranking takes minutes and changes nothing here.
    project = case_project(case).answered("errors", {"refits": 0})
    project = measure_all(project, lambda f, w: None, lambda p, s: None, "errors")
    project_id = desk.create(project)
    command = [sys.executable, "-m", "app", "run", "--port", str(port), "--no-browser"]
    env = {**os.environ, "GROUNDWORK_NO_VENV": "1"}
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=quiet, stderr=quiet)
    url = f"http://localhost:{port}"
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium.find(),
                args=["--no-sandbox", "--disable-background-networking"],
            )
            page = browser.new_page(viewport={"width": 1440, "height": 1200})
            page.goto(f"{url}/errors?project={project_id}")
            page.get_by_text("Read rows", exact=True).click(timeout=60_000)
            page.get_by_role("button", name="Reset").wait_for(timeout=60_000)
            page.wait_for_timeout(5000)
            taken = list(_typed(page))
            browser.close()
            return taken
    finally:
        server.kill()
        server.wait()


def _typed(page: Any) -> Iterator[float]:
    field = page.get_by_test_id("stNumberInput").locator("input").first
    column = field.get_attribute("aria-label")
    for number in range(25):
        # Far out, so that the column has a bar of its own in every picture.
        value = str(5000 + 100 * number)
        field.fill(value)
        started = time.perf_counter()
        field.press("Enter")
        page.locator("svg").get_by_text(f"{column} = {value}", exact=True).first.wait_for()
        yield 1000 * (time.perf_counter() - started)


def shown(name: str, taken: list[float]) -> None:
    """Print one line: median, 95th percentile and the first."""
    ordered = sorted(taken)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    print(
        f"{name:44} {statistics.median(taken):9.0f} {p95:9.0f} {taken[0]:9.0f} {len(taken):6}",
        flush=True,
    )


def main(cases: list[str]) -> None:
    """Print both tables."""
    os.environ["GROUNDWORK_HOME"] = tempfile.mkdtemp()
    os.environ["GROUNDWORK_TRACKING"] = "off"
    from app.workshop import case_project, measure_all, shelf

    print(f"{'edit to new waterfall, ms':44} {'median':>9} {'p95':>9} {'first':>9} {'n':>6}")
    for case in cases:
        project = measure_all(case_project(case), lambda f, w: None, lambda p, s: None, "baselines")
        rungs = shelf().get_pickle(f"{project.evidence['baselines'].digest}-rungs")
        for rung in rungs:
            shown(f"{case} · {rung}, through the worker", round_trips(project, rung))
        print(f"goal: {GOAL_MS} ms in the server", flush=True)
        shown(f"{case}, Enter to picture in the browser", in_browser(case))


if __name__ == "__main__":
    main(sys.argv[1:] or ["flight_disruption"])
