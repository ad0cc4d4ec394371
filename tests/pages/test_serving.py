"""The page of serving, pressed: dependencies, agreements, and the cost taken into Framing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import PAGES, ROOT
from app.record.project import Project
from app.stages.road import state_of
from app.ui import desk
from app.workshop import measure_stage

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


def _open(project_id: str, view: str) -> AppTest:
    app = AppTest.from_file(MAIN, default_timeout=60)
    app.query_params["project"] = project_id
    app.run()
    app.switch_page(str(PAGES / "serving.py"))
    app.run()
    next(r for r in app.radio if str(r.key).startswith("view:")).set_value(view).run()
    assert not app.exception, app.exception
    return app


def _answers(project_id: str, key: str, stage: str = "serving") -> Any:
    return desk.store().load(project_id).body["answers"].get(stage, {}).get(key)


def test_a_dependency_is_named_filled_and_removed(binary_project: Project) -> None:
    """Each field is saved at once; the same name stands once; undo brings it back."""
    project_id = desk.create(binary_project)
    app = _open(project_id, "Questions")
    assert app.button(key="dependency:add").disabled
    app.text_input(key=f"{project_id}:dependency:new").set_value("Weather feed").run()
    app.button(key="dependency:add").click().run()
    assert [one["name"] for one in _answers(project_id, "dependencies")] == ["Weather feed"]
    place = f"{project_id}:dependencies:0"
    app.multiselect(key=f"{place}:columns").set_value(["signal"]).run()
    app.number_input(key=f"{place}:fresh_minutes").set_value(90.0).run()
    app.text_area(key=f"{place}:late").set_value("Use the rule").run()
    app.toggle(key=f"{place}:spared").set_value(False).run()
    one = _answers(project_id, "dependencies")[0]
    assert one["columns"] == ["signal"]
    assert (one["fresh_minutes"], one["late"], one["spared"]) == (90.0, "Use the rule", False)
    app.text_input(key=f"{project_id}:dependency:new").set_value("weather FEED").run()
    assert app.button(key="dependency:add").disabled
    app.button(key="dependency:remove:0").click().run()
    assert _answers(project_id, "dependencies") == []
    app.button(key="shell:undo").click().run()
    assert len(_answers(project_id, "dependencies")) == 1
    assert not app.exception


def test_what_is_agreed_about_a_step_is_saved(binary_project: Project) -> None:
    """Owner and rehearsal of one step; the proposed words of the others stay."""
    project_id = desk.create(binary_project)
    app = _open(project_id, "Questions")
    app.text_input(key=f"{project_id}:fallbacks:rule:owner").set_value("Ana").run()
    app.text_input(key=f"{project_id}:fallbacks:rule:rehearsed").set_value("2026-03-14").run()
    notes = {one["step"]: one for one in _answers(project_id, "fallbacks")}
    assert (notes["rule"]["owner"], notes["rule"]["rehearsed"]) == ("Ana", "2026-03-14")
    assert notes["person"]["trigger"]
    project = Project.model_validate(desk.store().load(project_id).body)
    assert state_of(project, "serving") in ("measured", "attention")
    assert not app.exception


def test_the_cost_is_taken_into_framing(binary_project: Project) -> None:
    """One press sets Framing's cost of running it; what rests on it is stale, and undo undoes."""
    project = binary_project.answered("framing", {"decisions_per_year": 1e5})
    for stage in ("framing", "baselines", "serving"):
        project = measure_stage(project, stage, lambda fraction, words: None)
    year = project.evidence["serving"].value("service_per_year")
    project_id = desk.create(project)
    app = _open(project_id, "Results")
    app.button(key="serving:take").click().run()
    taken = _answers(project_id, "service_per_year", "framing")
    assert taken == pytest.approx(year, rel=0.005)
    after = Project.model_validate(desk.store().load(project_id).body)
    assert state_of(after, "baselines") == "stale"
    app.button(key="shell:undo").click().run()
    assert not _answers(project_id, "service_per_year", "framing")
    assert not app.exception
