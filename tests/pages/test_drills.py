"""The drill room on the page: a whole drill walked by its buttons, left and found again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import PAGES, ROOT
from app.record.project import Project
from app.stages.drills import STAGE
from app.stages.drills.drill import Drill
from app.ui import desk

MAIN = str(ROOT / "app" / "main.py")
CODE = "GW-small-easy-1"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[None]:
    """A database of its own for every test."""
    from app.store.projects import open_store

    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'pages.db'}")
    open_store.cache_clear()
    st.cache_resource.clear()
    yield
    desk.store().engine.dispose()
    open_store.cache_clear()
    st.cache_resource.clear()


def _open(project_id: str) -> AppTest:
    app = AppTest.from_file(MAIN, default_timeout=120)
    app.query_params["project"] = project_id
    app.run()
    app.switch_page(str(PAGES / "drills.py"))
    app.run()
    return _calm(app)


def _calm(app: AppTest) -> AppTest:
    """Run again while a worker still stages or looks; nothing may break on the way."""
    for _ in range(40):
        assert not app.exception, app.exception
        if not any(str(b.key).startswith("drill:cancel:") for b in app.button):
            return app
        app.run()
    raise AssertionError("the worker does not come back")


def _press(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    _calm(app)


def _last(project_id: str) -> Drill:
    project = Project.model_validate(desk.store().load(project_id).body)
    drills: tuple[Drill, ...] = STAGE.chosen(project).drills
    return drills[-1]


def _words(app: AppTest) -> str:
    return " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


def test_a_drill_is_walked_left_and_found_again(binary_project: Project) -> None:
    """Begin by a code, look, ask, keep evidence, suspect, act, tell, reopen, undo, close, read the debrief."""
    project_id = desk.create(binary_project)
    app = _open(project_id)
    app.text_input(key=f"drills:code:{project_id}").set_value("GW-nonsense").run()
    _press(app, "drills:walk")
    assert any("GW-flight-hard-1234" in e.value for e in app.error)
    app.text_input(key=f"drills:code:{project_id}").set_value(CODE).run()
    _press(app, "drills:walk")
    drill = _last(project_id)
    assert drill.code == CODE

    def pick(look: str) -> None:
        app.button_group(key=f"drill:{drill.id}:look").set_value(look).run()
        _calm(app)

    pick("dashboards")
    _press(app, "drill:take")
    assert "Drift of the inputs" in _words(app)
    pick("log_query")
    app.text_area(key=f"drill:{drill.id}:ask:log_query").set_value("SELECT * FROM other").run()
    _press(app, "drill:take")
    assert any("can be read" in w.value for w in app.warning)
    _press(app, "drill:snapshot")
    app.selectbox(key=f"drill:{drill.id}:cause:0").set_value("unit_change").run()
    app.slider(key=f"drill:{drill.id}:share:0").set_value(60).run()
    _press(app, "drill:believe")
    assert _last(project_id).events[-1].shares == {"unit_change": 0.6}
    _press(app, "drill:act:fall_back")
    app.text_area(key=f"drill:{drill.id}:message:0").set_value("12 cases; we fell back.").run()
    _press(app, "drill:send")

    events = _last(project_id).events
    assert [e.kind for e in events] == [
        "look",
        "look",
        "snapshot",
        "hypotheses",
        "act",
        "message",
    ]
    # Another tab, another day: the drill goes on where it was, and waits meanwhile.
    app = _open(project_id)
    assert "12 cases; we fell back." in _words(app)
    assert _last(project_id).events == events
    _press(app, "shell:undo")
    assert _last(project_id).events == events[:-1]
    _press(app, "drill:wait:1 hour")
    _press(app, "drill:wait:1 hour")
    assert _last(project_id).events[-1].minutes == 120
    _press(app, "drill:hint")
    _press(app, "drill:close")
    done = _last(project_id)
    assert done.status == "completed"
    assert done.outcome is not None
    assert done.outcome.score.hints == 1
    assert "Debrief" in _words(app)
    assert done.outcome.title in _words(app).replace("\\", "")
    _press(app, "debrief:lobby")
    _press(app, f"drills:again:{done.id}")
    assert _last(project_id).code == CODE
    _press(app, "drill:reveal")
    assert _last(project_id).status == "studied"


def test_the_other_sections_open(binary_project: Project) -> None:
    """Reflexes with their matrix, and the questions."""
    project_id = desk.create(binary_project)
    app = _open(project_id)
    for section, words in (("reflexes", "What each reflex costs"), ("questions", "The habit")):
        app.segmented_control(key=f"drills:section:{project_id}").set_value(section).run()
        assert not app.exception
        assert words in _words(app) + " ".join(s.value for s in app.subheader)
