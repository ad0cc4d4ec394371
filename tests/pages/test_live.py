"""The live model on the pages, pressed: a row, load, and what Monitoring then shows."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.jobs import Progress
from app.live.kit import kit_of
from app.live.log import EVERY_S
from app.record.project import Project
from app.store.predictions import open_predictions
from app.ui import live_load
from tests.live.conftest import Live, live

__all__ = ["live"]


def _serving(project_id: str, body: dict[str, object]) -> None:
    from app.record.project import Project
    from app.ui import live
    from app.ui.desk import Desk

    live.show(Desk(project_id, Project.model_validate(body), 1))


def _monitoring(project_id: str, body: dict[str, object]) -> None:
    from app.record.project import Project
    from app.ui import live_watch
    from app.ui.desk import Desk

    live_watch.show(Desk(project_id, Project.model_validate(body), 1))


def _open(page: Any, project_id: str, project: Project) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60, args=(project_id, project.to_json()))
    app.run()
    assert not app.exception, app.exception
    return app


def _words(app: AppTest) -> str:
    found = " ".join(str(m.value) for m in (*app.markdown, *app.caption, *app.code))
    return found.replace("\\", "")


def _ready(live: Live, project_id: str, row: dict[str, Any]) -> dict[str, Any]:
    status, found = live.predict(project_id, row)
    assert status == 200
    return dict(found)


def test_a_row_is_tried(live: Live, binary_project: Project) -> None:
    """The prefilled row gets the route's own answer; a strange number is flagged, a gap refused; another row comes."""
    place = live.add(binary_project)
    row = live.rows(binary_project)[0]
    wanted = _ready(live, place, row)
    kit = kit_of(binary_project)
    assert kit is not None
    name = f"live:{place}:{kit.key[:6]}"
    app = _open(_serving, place, binary_project)
    assert f"curl {live.address.origin}/api/projects/{place}/predict" in _words(app)
    app.button(key="live:ask").click().run()
    assert f"{wanted['prediction']:.6g}" in _words(app)
    assert f"answered by model of version {wanted['version']}" in _words(app)
    app.number_input(key=f"{name}:0:signal").set_value(99.0).run()
    app.button(key="live:ask").click().run()
    assert "signal: 99 lies outside the training rows" in _words(app)
    app.number_input(key=f"{name}:0:signal").set_value(None).run()
    app.button(key="live:ask").click().run()
    assert ":red-badge[422]" in _words(app)
    app.button(key="live:another").click().run()
    assert app.number_input(key=f"{name}:1:signal").value == live.rows(binary_project)[1]["signal"]
    assert not app.exception


class Pool(ThreadPoolExecutor):
    """Workers of the tests: they start at once, and answer to what the page asks of a pool."""

    def __init__(self) -> None:
        super().__init__(1)
        self.known: dict[str, Any] = {}

    def submit_with(self, function: Any, words: Any, **limits: Any) -> Any:
        """Start a job."""
        job: Any = self.submit(function, *words)
        job.id, job.progress = f"job{len(self.known)}", Progress(0.0, "")
        self.known[job.id] = job
        return job

    def find(self, job_id: str) -> Any:
        """Return a job."""
        return self.known.get(job_id)


def test_load_is_made_and_watched(
    live: Live, binary_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Load runs behind the page and draws its histogram; Monitoring then watches what was answered."""
    pool = Pool()
    monkeypatch.setattr(live_load, "executor", lambda: pool)
    place = live.add(binary_project)
    rows = live.rows(binary_project)
    _ready(live, place, rows[0])
    assert "Nothing was asked of it yet" not in _words(_open(_serving, place, binary_project))
    app = _open(_serving, place, binary_project)
    app.number_input(key="live:rate").set_value(0).run()
    app.number_input(key="live:seconds").set_value(1).run()
    app.button(key="live:load").click().run()
    for _ in range(200):
        if app.get("plotly_chart"):
            break
        time.sleep(0.2)
        app.run()
    assert not app.exception, app.exception
    assert app.get("plotly_chart"), _words(app)
    assert "Latency p95" in _words(app)
    pool.shutdown()
    time.sleep(2 * EVERY_S)
    logged = open_predictions().count(place)
    assert logged > 200
    seen = _open(_monitoring, place, binary_project)
    assert f"of {logged:,} logged rows" in _words(seen)
    assert "Drift of inputs and prediction" in _words(seen)
    assert "Latency over time" in _words(seen)


def test_what_is_said_when_there_is_nothing(live: Live, binary_project: Project) -> None:
    """Unmeasured: what to measure. Nothing asked yet: where to ask. Few rows: not enough."""
    bare = binary_project.model_copy(update={"evidence": {}, "looks": ()})
    assert "It answers once Data" in _words(_open(_serving, live.add(bare), bare))
    assert not _words(_open(_monitoring, "nobody", bare))
    place = live.add(binary_project)
    row = live.rows(binary_project)[0]
    for _ in range(3):
        _ready(live, place, row)
    time.sleep(2 * EVERY_S)
    assert "3 rows are not enough" in _words(_open(_monitoring, place, binary_project))
