"""The monitoring page: its sections, and the events that a person tells."""

from __future__ import annotations

from datetime import date

from app.record.project import Project
from app.ui import desk
from app.ui.monitoring import HEADLINES, SECTIONS
from tests.pages.conftest import open_page


def test_every_section_opens_and_shows_its_numbers(binary_project: Project) -> None:
    """Each section has its headline; the last one asks for a move in every incident."""
    project_id = desk.create(binary_project)
    app = open_page("monitoring", project_id)
    evidence = binary_project.evidence["monitoring"]
    for section in SECTIONS:
        app.segmented_control(key=f"monitoring:section:{project_id}").set_value(section).run()
        assert not app.exception, (section, app.exception)
        words = " ".join(m.value for m in app.markdown).replace("\\", "")
        for key in HEADLINES.get(section, ())[:1]:
            assert evidence.measure(key).label.split(",")[0] in words
    move = app.selectbox(key=f"plan:{project_id}:unit_change")
    move.set_value("retrain").run()
    assert "Makes it worse" in " ".join(m.value for m in app.markdown)
    assert not app.exception


def test_an_event_is_told_and_taken_away(binary_project: Project) -> None:
    """A day and a title are enough; the event is saved at once, and gone when removed."""
    project_id = desk.create(binary_project)
    app = open_page("monitoring", project_id)
    next(r for r in app.radio if str(r.key).startswith("view:")).set_value("Questions").run()
    add = f"event:add:{project_id}"
    assert app.button(key=add).disabled
    app.date_input(key=f"event:day:{project_id}").set_value(date(2025, 5, 2)).run()
    app.text_input(key=f"event:title:{project_id}").set_value("A storm").run()
    app.button(key=add).click().run()
    assert not app.exception
    told = desk.store().load(project_id).body["answers"]["monitoring"]["events"]
    assert told == [{"date": "2025-05-02", "title": "A storm", "text": "", "move": ""}]
    app.button(key=f"event:{project_id}:0:2025-05-02:A storm").click().run()
    assert desk.store().load(project_id).body["answers"]["monitoring"]["events"] == []
