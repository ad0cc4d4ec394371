"""Every page, empty and full, opened and pressed."""

from __future__ import annotations

import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.record.project import Project
from app.ui import desk
from tests.pages.conftest import PAGE_KEYS, open_page

# All other pages turn between questions and results.
WITHOUT_VIEWS = ("home", "drills", "review", "document")


@pytest.mark.parametrize("page", PAGE_KEYS)
def test_every_page_opens_without_a_project(page: str) -> None:
    """A newcomer's first click anywhere says what to do next."""
    app = open_page(page)
    words = " ".join(m.value for m in app.markdown)
    assert "No project is open" in words or page == "home"


@pytest.mark.parametrize("page", PAGE_KEYS)
def test_every_page_opens_on_an_empty_project(page: str, binary_project: Project) -> None:
    """Nothing answered, nothing measured: still a page."""
    bare = binary_project.model_copy(
        update={"answers": {"data": {"task": "binary"}}, "evidence": {}, "looks": ()}
    )
    app = open_page(page, desk.create(bare))
    assert app.title[0].value


@pytest.mark.parametrize("fixture", ["binary_project", "regression_project"])
@pytest.mark.parametrize("page", PAGE_KEYS)
def test_every_page_opens_on_a_full_project(
    page: str, fixture: str, request: pytest.FixtureRequest
) -> None:
    """Results and questions of both tasks."""
    project_id = desk.create(request.getfixturevalue(fixture))
    app = open_page(page, project_id)
    if any(str(radio.key).startswith("view:") for radio in app.radio):
        _questions(app)
        assert not app.exception
    else:
        assert page in WITHOUT_VIEWS


def _questions(app: AppTest) -> None:
    next(r for r in app.radio if str(r.key).startswith("view:")).set_value("Questions").run()


def _answer(app: AppTest, project_id: str, stage: str, key: str) -> Any:
    del app
    return desk.store().load(project_id).body["answers"].get(stage, {}).get(key)


def test_every_change_is_saved_at_once_and_undone(binary_project: Project) -> None:
    """A number, a text, a choice: in the store after each; undo takes the last one back."""
    project_id = desk.create(binary_project)
    app = open_page("framing", project_id)
    _questions(app)
    app.number_input(key=f"{project_id}:framing:cost_miss").set_value(77.0).run()
    assert _answer(app, project_id, "framing", "cost_miss") == 77.0
    app.text_input(key=f"{project_id}:framing:who").set_value("Me").run()
    assert _answer(app, project_id, "framing", "who") == "Me"
    app.button(key="shell:undo").click().run()
    assert _answer(app, project_id, "framing", "who") != "Me"
    assert _answer(app, project_id, "framing", "cost_miss") == 77.0
    app.button(key="shell:redo").click().run()
    assert _answer(app, project_id, "framing", "who") == "Me"
    assert not app.exception


def test_a_changed_cost_shows_as_stale(binary_project: Project) -> None:
    """The page says so and offers to measure again."""
    project_id = desk.create(binary_project.answered("framing", {"cost_miss": 3.25}))
    app = open_page("baselines", project_id)
    assert any("Measure again" in w.value for w in app.warning)
    assert app.button(key="measure:baselines").label == "Measure again"


def test_two_tabs_merge_by_field_and_show_both_texts(binary_project: Project) -> None:
    """Different fields both survive; on the same one both texts are shown and one is chosen."""
    project_id = desk.create(binary_project)
    one, two = open_page("framing", project_id), open_page("framing", project_id)
    for tab in (one, two):
        _questions(tab)
    one.text_input(key=f"{project_id}:framing:who").set_value("One").run()
    two.text_input(key=f"{project_id}:framing:moment").set_value("Two").run()
    assert _answer(two, project_id, "framing", "who") == "One"
    assert _answer(two, project_id, "framing", "moment") == "Two"
    one.text_input(key=f"{project_id}:framing:kill").set_value("mine of one").run()
    two.text_input(key=f"{project_id}:framing:kill").set_value("mine of two").run()
    assert _answer(two, project_id, "framing", "kill") == "mine of one"
    shown = [t.value for t in two.text]
    assert "mine of two" in shown
    assert "mine of one" in shown
    two.button(key="clash:0:mine").click().run()
    assert _answer(two, project_id, "framing", "kill") == "mine of two"
    assert not two.exception


def test_a_rule_is_tried_live(binary_project: Project) -> None:
    """A good rule shows what it acts on, a broken one says what is wrong."""
    project_id = desk.create(binary_project)
    app = open_page("baselines", project_id)
    _questions(app)
    assert any("of the rows" in m.value for m in app.metric)
    app.text_area(key=f"{project_id}:baselines:rule").set_value("sgnal > 1").run()
    assert any("Did you mean signal?" in e.value for e in app.error)


def test_measuring_from_the_page(binary_project: Project) -> None:
    """Press Measure: a worker does it, the evidence is there, the page shows it."""
    bare = binary_project.model_copy(update={"evidence": {}, "looks": ()})
    project_id = desk.create(bare)
    app = open_page("framing", project_id)
    app.button(key="measure:framing").click().run()
    end = time.monotonic() + 60
    while "framing" not in desk.store().load(project_id).body["evidence"]:
        assert time.monotonic() < end, "the measurement did not arrive"
        time.sleep(0.2)
    app.run()
    assert app.button(key="measure:framing").label == "Measured"
    assert not app.exception


def test_a_failing_measurement_is_a_message(binary_project: Project) -> None:
    """A target that cannot be is explained on the page; the project is untouched."""
    broken = binary_project.answered("data", {"target": "place"}).model_copy(
        update={"evidence": {}}
    )
    project_id = desk.create(broken)
    app = open_page("data", project_id)
    app.button(key="measure:data").click().run()
    end = time.monotonic() + 60
    while not any("counts as" in e.value for e in app.error):
        assert time.monotonic() < end, [e.value for e in app.error]
        time.sleep(0.3)
        app.run()
    app.button(key="wait:understood").click().run()
    assert not app.error
    assert _answer(app, project_id, "data", "target") == "place"


def test_a_stored_answer_that_no_longer_fits_is_told(binary_project: Project) -> None:
    """An answer from another version is set aside with its value, not with a crash."""
    app = open_page("baselines", desk.create(binary_project.answered("baselines", {"folds": 99})))
    _questions(app)
    assert any("99" in e.value for e in app.error)


def test_projects_are_renamed_copied_deleted_and_brought_back(binary_project: Project) -> None:
    """The list on the home page does what it says."""
    project_id = desk.create(binary_project)
    app = open_page("home")
    app.text_input(key=f"rename:{project_id}").set_value("../../x<script>").run()
    app.button(key=f"renamed:{project_id}").click().run()
    assert desk.store().load(project_id).name == "../../x<script>"
    app.text_input(key=f"rename:{project_id}").set_value("   ").run()
    app.button(key=f"renamed:{project_id}").click().run()
    assert any("empty" in e.value for e in app.error)
    app.button(key=f"copy:{project_id}").click().run()
    assert len(desk.store().names()) == 2
    app.button(key=f"delete:{project_id}").click().run()
    assert project_id not in desk.store().names()
    app.button(key="projects:restore").click().run()
    assert project_id in desk.store().names()
    assert not app.exception


def test_projects_of_one_name_can_be_told_apart(binary_project: Project) -> None:
    """No two labels of the list are alike, and the one in the address is the one that is open."""
    desk.create(binary_project)
    second = desk.create(binary_project)
    app = open_page("framing", second)
    box = next(b for b in app.selectbox if b.label == "Open project")
    assert len(set(box.options)) == len(box.options) == 2
    assert box.value == second


def test_any_id_of_a_project_opens(
    binary_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids are drawn at random; one with two underscores in a row opens like any other."""
    monkeypatch.setattr("app.store.projects.secrets.token_urlsafe", lambda size: "a__b--c_")
    project_id = desk.create(binary_project)
    assert project_id == "a__b--c_"
    app = open_page("framing", project_id)
    _questions(app)
    assert not app.exception
