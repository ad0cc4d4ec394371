"""The reviewer's page, opened and pressed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import PAGES, ROOT
from app.record.project import Project
from app.ui import desk

MAIN = str(ROOT / "app" / "main.py")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A database of its own for every test."""
    from app.store.projects import open_store

    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'pages.db'}")
    open_store.cache_clear()
    st.cache_resource.clear()
    yield
    desk.store().engine.dispose()
    open_store.cache_clear()
    st.cache_resource.clear()


def _open(project_id: str | None) -> AppTest:
    app = AppTest.from_file(MAIN, default_timeout=60)
    if project_id is not None:
        app.query_params["project"] = project_id
    app.run()
    app.switch_page(str(PAGES / "review.py"))
    app.run()
    assert not app.exception, app.exception
    return app


def _view(app: AppTest, project_id: str, view: str) -> AppTest:
    app.radio(key=f"review:{project_id}:view").set_value(view).run()
    assert not app.exception, app.exception
    return app


def _stored(project_id: str) -> dict[str, Any]:
    return dict(desk.store().load(project_id).body["answers"].get("review", {}))


def _words(app: AppTest) -> str:
    return " ".join(m.value for m in app.markdown)


def test_without_a_project_it_says_what_to_do() -> None:
    """A newcomer is sent home."""
    assert "No project is open" in _words(_open(None))


def test_it_asks_before_it_tells(binary_project: Project) -> None:
    """The gate, the question, and what to mend folded away; text of the user is shown as text."""
    project = binary_project.answered("framing", {"actions": "", "kill": "<b>Stop</b> $x$ _later_"})
    app = _open(desk.create(project))
    assert "Stop" in _words(app)
    assert "Who does what differently because of a prediction?" in _words(app)
    assert any("how to mend it" in one.label for one in app.expander)


def test_every_view_opens_on_an_empty_project(binary_project: Project) -> None:
    """Nothing answered, nothing measured: still a page."""
    bare = binary_project.model_copy(update={"answers": {}, "evidence": {}, "looks": ()})
    project_id = desk.create(bare)
    app = _open(project_id)
    for view in ("Readiness", "Comments"):
        _view(app, project_id, view)


def test_evidence_is_attached_and_taken_away(binary_project: Project) -> None:
    """A text makes a row count; a tick without one is refused and said so."""
    project_id = desk.create(binary_project)
    app = _view(_open(project_id), project_id, "Readiness")
    app.selectbox(key=f"review:{project_id}:row").set_value("R4.6").run()
    place = f"review:{project_id}:R4.6"
    attach = next(b for b in app.button if b.label == "Attach")
    attach.click().run()
    assert "a tick alone does not count" in " ".join(e.value for e in app.error)
    assert "R4.6" not in _stored(project_id).get("attached", {})
    app.text_area(key=f"{place}:text").set_value("Lint and tests at every push.")
    next(b for b in app.button if b.label == "Attach").click().run()
    assert not app.exception, app.exception
    kept = _stored(project_id)["attached"]["R4.6"]
    assert kept["text"] == "Lint and tests at every push."
    assert kept["on"]
    app.button(key=f"{place}:remove").click().run()
    assert _stored(project_id)["attached"] == {}


def test_a_clash_on_one_row_leaves_the_others_alone() -> None:
    """Keeping mine puts back one text inside of the answer, not the text for the whole answer."""
    rows = {"R4.6": {"how": "automated", "text": "theirs"}, "R1.7": {"how": "documented"}}
    settled = desk.placed(rows, ["R4.6", "text"], "mine")
    assert settled == {**rows, "R4.6": {"how": "automated", "text": "mine"}}
    assert desk.placed("old", [], "new") == "new"


def test_a_measured_row_is_not_offered(binary_project: Project) -> None:
    """What a machine checked is not in the list; what it cannot see may only be set aside."""
    project_id = desk.create(binary_project)
    app = _view(_open(project_id), project_id, "Readiness")
    options = app.selectbox(key=f"review:{project_id}:row").options
    assert not any(option.startswith("R3.2 ") for option in options)
    assert any(option.startswith("R4.6 ") for option in options)


def test_a_comment_is_added_settled_and_opened_again(binary_project: Project) -> None:
    """Comments live in the project."""
    project_id = desk.create(binary_project)
    app = _view(_open(project_id), project_id, "Comments")
    place = f"review:{project_id}:comment"
    app.selectbox(key=f"{place}:section").set_value("S6")
    app.text_area(key=f"{place}:text").set_value("Who pays for a miss?")
    app.text_input(key=f"{place}:by").set_value("Ada")
    next(b for b in app.button if b.label == "Add").click().run()
    (kept,) = _stored(project_id)["comments"]
    assert (kept["section"], kept["by"], kept["resolution"]) == ("S6", "Ada", "")
    settle = f"review:{project_id}:settle:0"
    app.text_input(key=f"{settle}:text").set_value("The depot does.")
    next(b for b in app.button if b.label == "Settle").click().run()
    assert _stored(project_id)["comments"][0]["resolution"] == "The depot does."
    app.button(key=f"{settle}:open").click().run()
    assert _stored(project_id)["comments"][0]["resolution"] == ""
    assert not app.exception, app.exception
