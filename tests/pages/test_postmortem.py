"""After a drill: lessons are accepted on the page, and the post-mortem is written there."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from app.record.project import Project
from app.ui import desk
from tests.pages.test_drills import _fresh, _open, _press
from tests.stages.test_postmortem import drill

__all__ = ["_fresh"]


def _body(key: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.store().load(key).body["answers"]
    return found


def test_lessons_and_words_reach_the_project(binary_project: Project) -> None:
    """One click takes a lesson in; a text is saved when it is left; both are there after a reload."""
    done = drill()
    project = binary_project.answered("drills", {"drills": [done.to_json()]})
    key = desk.store().create(project.name, project.to_json()).id
    app: AppTest = _open(key)
    _press(app, f"drills:open:{done.id}")
    assert not app.exception
    _press(app, f"lesson:{done.id}:runbook:unit_change")
    assert "unit_change" in _body(key)["monitoring"]["plan"]
    assert app.button(key=f"lesson:{done.id}:runbook:unit_change").disabled
    app.text_area(key=f"post:{key}:{done.id}:summary").set_value("Cents, not euros.").run()
    app.text_area(key=f"post:{key}:{done.id}:check:4").set_value("A row.").run()
    assert not app.exception
    kept = _body(key)["drills"]["post_mortems"][done.id]
    assert kept["summary"] == "Cents, not euros."
    assert kept["whys"][4]["check"] == "A row."
    assert kept["whys"][1]["text"], "what the drill showed is not lost"
    again = _open(key)
    _press(again, f"drills:open:{done.id}")
    assert again.text_area(key=f"post:{key}:{done.id}:summary").value == "Cents, not euros."
