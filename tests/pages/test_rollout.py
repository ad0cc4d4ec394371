"""The page of the rollout: every section opens, shows what is its own, and is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import PAGES, ROOT
from app.record.project import Project
from app.ui import desk
from app.ui.rollout import HEADLINES, SECTIONS, place_of

MAIN = str(ROOT / "app" / "main.py")


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


def _open(project: Project) -> tuple[AppTest, str]:
    project_id = desk.create(project)
    app = AppTest.from_file(MAIN, default_timeout=60)
    app.query_params["project"] = project_id
    app.run()
    app.switch_page(str(PAGES / "rollout.py"))
    app.run()
    assert not app.exception, app.exception
    return app, project_id


@pytest.mark.parametrize("fixture", ["binary_project", "ranking_project"])
def test_every_section_opens_and_shows_its_own(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    """Each section has its sentence and its numbers; tables stand in one section only."""
    project: Project = request.getfixturevalue(fixture)
    app, project_id = _open(project)
    evidence = project.evidence["rollout"]
    seen: list[str] = []
    for section in SECTIONS:
        app.segmented_control(key=f"rollout:section:{project_id}").set_value(section).run()
        assert not app.exception, (section, app.exception)
        shown = [e.label for e in app.expander]
        mine = [t for t in evidence.tables if place_of(t.key) == section and t.rows]
        assert all(any(t.title in label for label in shown) for t in mine), section
        seen += [t.key for t in mine]
        words = " ".join(m.value for m in app.markdown)
        label = next(m.label for k in HEADLINES[section] if (m := evidence.measure(k)))
        assert label.split(",")[0] in words.replace("\\", ""), section
    assert sorted(seen) == sorted(t.key for t in evidence.tables if t.rows)


def test_a_step_that_does_not_rise_is_refused_on_the_page(binary_project: Project) -> None:
    """The wrong steps stay on the screen with what is allowed, and are not saved."""
    app, project_id = _open(binary_project)
    next(r for r in app.radio if str(r.key).startswith("view:")).set_value("Questions").run()
    app.text_input(key=f"{project_id}:rollout:canary").set_value("25, 5").run()
    assert any("rising percentages" in e.value for e in app.error)
    saved = desk.store().load(project_id).body["answers"].get("rollout", {})
    assert "canary" not in saved
    app.text_input(key=f"{project_id}:rollout:canary").set_value("2, 20").run()
    assert desk.store().load(project_id).body["answers"]["rollout"]["canary"] == "2, 20"
    assert not app.exception
