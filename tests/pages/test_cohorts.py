"""Slices on the page: watched by one click, named by typing, decided otherwise, never lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import PAGES, ROOT
from app.record.evidence import Evidence
from app.record.project import Project
from app.record.table import Table
from app.stages.errors.choices import MOST_COHORTS
from app.ui import desk

MAIN = str(ROOT / "app" / "main.py")
PLANTED = 'place == "north" and signal > 0.5'


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


def _proven(project: Project) -> Project:
    """The project as if the search had proven one slice, whatever it found in so few rows."""
    evidence: Evidence = project.evidence["errors"]
    table = evidence.table("slices")
    keys = [column.key for column in table.columns]
    given = {"words": "place is north and signal > 0.5", "confirmed": True, "n": 60, "share": 0.2}
    row = tuple(given.get(key, 0.01 if key == "p" else 100.0) for key in keys)
    tables = tuple(
        Table(**{**t.model_dump(), "rows": (row,)}) if t.key == "slices" else t
        for t in evidence.tables
    )
    one = {"words": given["words"], "brief": given["words"], "where": PLANTED, "conditions": []}
    words = {**evidence.words, "slice_conditions": json.dumps([one])}
    changed = evidence.model_copy(update={"tables": tables, "words": words})
    return project.model_copy(update={"evidence": {**project.evidence, "errors": changed}})


def _open(project_id: str) -> AppTest:
    app = AppTest.from_file(MAIN, default_timeout=60)
    app.query_params["project"] = project_id
    app.run()
    app.switch_page(str(PAGES / "errors.py"))
    app.session_state[f"errors:section:{project_id}"] = "slices"
    app.run()
    assert not app.exception, app.exception
    return app


def _cohorts(project_id: str) -> list[dict[str, str]]:
    return list(desk.store().load(project_id).body["answers"]["errors"].get("cohorts", []))


def _type(app: AppTest, project_id: str, where: str, name: str = "") -> None:
    app.text_input(key=f"cohort:where:{project_id}").set_value(where).run()
    if name:
        app.text_input(key=f"cohort:name:{project_id}").set_value(name).run()


def _all_words(app: AppTest) -> str:
    return " ".join(str(e.value) for e in (*app.markdown, *app.caption, *app.error))


def test_one_click_watches_a_proven_slice(binary_project: Project) -> None:
    """The slice becomes a cohort that can be typed, once; undo takes it back."""
    project_id = desk.create(_proven(binary_project))
    app = _open(project_id)
    app.button(key="slice:watch:0").click().run()
    assert _cohorts(project_id) == [
        {"name": "place is north and signal > 0.5", "where": PLANTED, "fallback": ""}
    ]
    assert app.button(key="slice:watch:0").disabled
    app.button(key="shell:undo").click().run()
    assert _cohorts(project_id) == []
    assert not app.exception


def test_a_slice_is_typed_checked_and_counted(binary_project: Project) -> None:
    """Good words show how many rows; a typing error says which column was meant; both stay."""
    project_id = desk.create(binary_project)
    app = _open(project_id)
    _type(app, project_id, "plase == north", "North")
    assert any("Did you mean" in e.value for e in app.error)
    assert app.button(key="cohort:add").disabled
    assert app.text_input(key=f"cohort:where:{project_id}").value == "plase == north"
    assert app.text_input(key=f"cohort:name:{project_id}").value == "North"
    _type(app, project_id, "place == north")
    assert not app.error
    assert "training rows" in _all_words(app)
    app.button(key="cohort:add").click().run()
    assert _cohorts(project_id) == [{"name": "North", "where": "place == north", "fallback": ""}]
    assert app.text_input(key=f"cohort:where:{project_id}").value == ""
    assert "Not measured yet" in _all_words(app)
    assert not app.exception


def test_a_column_known_too_late_is_said(binary_project: Project) -> None:
    """It can be looked at; that it cannot be watched is said before it is saved."""
    project_id = desk.create(binary_project)
    app = _open(project_id)
    _type(app, project_id, "leak > 0.5")
    assert "not known at the decision" in _all_words(app)
    assert not app.button(key="cohort:add").disabled


def test_a_taken_name_is_refused_and_nothing_is_lost(binary_project: Project) -> None:
    """The message names the field and what to do; what was typed stays."""
    first = {"name": "North", "where": "place == north", "fallback": ""}
    project_id = desk.create(binary_project.answered("errors", {"cohorts": [first]}))
    app = _open(project_id)
    _type(app, project_id, "signal > 1", "north")
    app.button(key="cohort:add").click().run()
    assert any("Name: “north” is taken" in e.value for e in app.error)
    assert app.text_input(key=f"cohort:where:{project_id}").value == "signal > 1"
    assert _cohorts(project_id) == [first]


def test_twenty_slices_are_the_most(binary_project: Project) -> None:
    """The twenty-first says to remove one first."""
    many = [{"name": f"s{i}", "where": "signal > 1", "fallback": ""} for i in range(MOST_COHORTS)]
    project_id = desk.create(binary_project.answered("errors", {"cohorts": many}))
    app = _open(project_id)
    _type(app, project_id, "signal > 2", "one more")
    app.button(key="cohort:add").click().run()
    assert any("remove one first" in e.value for e in app.error)
    assert len(_cohorts(project_id)) == MOST_COHORTS


def test_a_slice_is_edited_decided_otherwise_and_removed(binary_project: Project) -> None:
    """Who decides survives an edit of the conditions; removing leaves the others."""
    pair = [
        {"name": "North", "where": "place == north", "fallback": ""},
        {"name": "High", "where": "signal > 1", "fallback": ""},
    ]
    project_id = desk.create(binary_project.answered("errors", {"cohorts": pair}))
    app = _open(project_id)
    app.selectbox(key=f"cohort:fallback:{project_id}:0").set_value("rule").run()
    assert _cohorts(project_id)[0]["fallback"] == "rule"
    app.button(key="cohort:edit:0").click().run()
    _type(app, project_id, "place in (north, east)")
    app.button(key="cohort:add").click().run()
    assert _cohorts(project_id)[0] == {
        "name": "North",
        "where": "place in (north, east)",
        "fallback": "rule",
    }
    app.button(key="cohort:remove:0").click().run()
    assert [c["name"] for c in _cohorts(project_id)] == ["High"]
    assert not app.exception


def test_what_it_should_not_do_is_said_once(binary_project: Project) -> None:
    """The sentence is added to Framing behind what stands there, one time only."""
    answers = {"anti_goals": "It never cancels a flight."}
    one = {"name": "North", "where": "place == north", "fallback": ""}
    project = binary_project.answered("framing", answers).answered("errors", {"cohorts": [one]})
    project_id = desk.create(project)
    app = _open(project_id)
    app.button(key="cohort:refuse:0").click().run()
    said = desk.store().load(project_id).body["answers"]["framing"]["anti_goals"]
    assert said.splitlines() == [
        "It never cancels a flight.",
        "It does not decide by itself in the slice “North” (place == north).",
    ]
    assert app.button(key="cohort:refuse:0").disabled
    app.button(key="shell:undo").click().run()
    said = desk.store().load(project_id).body["answers"]["framing"]["anti_goals"]
    assert said == "It never cancels a flight."


def test_a_column_is_completed_into_the_conditions(binary_project: Project) -> None:
    """Picking a column writes it, quoted where it must be, behind what stands there."""
    project_id = desk.create(binary_project)
    app = _open(project_id)
    _type(app, project_id, "signal > 1")
    app.selectbox(key=f"cohort:column:{project_id}").set_value("place").run()
    assert app.text_input(key=f"cohort:where:{project_id}").value == "signal > 1 and place"
