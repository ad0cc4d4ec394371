"""Every page, empty and full, opened and pressed."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import PAGES, ROOT
from app.record.project import Project
from app.stages.road import STAGES
from app.ui import desk

MAIN = str(ROOT / "app" / "main.py")
PAGE_KEYS = ["home", *(stage.key for stage in STAGES), "document"]


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


def _open(page: str, project_id: str | None = None) -> AppTest:
    app = AppTest.from_file(MAIN, default_timeout=60)
    if project_id is not None:
        app.query_params["project"] = project_id
    app.run()
    if page != "home":
        app.switch_page(str(PAGES / f"{page}.py"))
        app.run()
    assert not app.exception, app.exception
    return app


@pytest.mark.parametrize("page", PAGE_KEYS)
def test_every_page_opens_without_a_project(page: str) -> None:
    """A newcomer's first click anywhere says what to do next."""
    app = _open(page)
    words = " ".join(m.value for m in app.markdown)
    assert "No project is open" in words or page == "home"


@pytest.mark.parametrize("page", PAGE_KEYS)
def test_every_page_opens_on_an_empty_project(page: str, binary_project: Project) -> None:
    """Nothing answered, nothing measured: still a page."""
    bare = binary_project.model_copy(
        update={"answers": {"data": {"task": "binary"}}, "evidence": {}, "looks": ()}
    )
    app = _open(page, desk.create(bare))
    assert app.title[0].value


@pytest.mark.parametrize("fixture", ["binary_project", "regression_project"])
@pytest.mark.parametrize("page", PAGE_KEYS)
def test_every_page_opens_on_a_full_project(
    page: str, fixture: str, request: pytest.FixtureRequest
) -> None:
    """Results and questions of both tasks."""
    project_id = desk.create(request.getfixturevalue(fixture))
    app = _open(page, project_id)
    if page in (stage.key for stage in STAGES):
        _questions(app)
        assert not app.exception


def _questions(app: AppTest) -> None:
    next(r for r in app.radio if str(r.key).startswith("view:")).set_value("Questions").run()


def _answer(app: AppTest, project_id: str, stage: str, key: str) -> Any:
    del app
    return desk.store().load(project_id).body["answers"].get(stage, {}).get(key)


def test_every_change_is_saved_at_once_and_undone(binary_project: Project) -> None:
    """A number, a text, a choice: in the store after each; undo takes the last one back."""
    project_id = desk.create(binary_project)
    app = _open("framing", project_id)
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
    app = _open("baselines", project_id)
    assert any("Measure again" in w.value for w in app.warning)
    assert app.button(key="measure:baselines").label == "Measure again"


def test_two_tabs_merge_by_field_and_show_both_texts(binary_project: Project) -> None:
    """Different fields both survive; on the same one both texts are shown and one is chosen."""
    project_id = desk.create(binary_project)
    one, two = _open("framing", project_id), _open("framing", project_id)
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
    app = _open("baselines", project_id)
    _questions(app)
    assert any("of the rows" in m.value for m in app.metric)
    app.text_area(key=f"{project_id}:baselines:rule").set_value("sgnal > 1").run()
    assert any("Did you mean signal?" in e.value for e in app.error)


def test_measuring_from_the_page(binary_project: Project) -> None:
    """Press Measure: a worker does it, the evidence is there, the page shows it."""
    bare = binary_project.model_copy(update={"evidence": {}, "looks": ()})
    project_id = desk.create(bare)
    app = _open("framing", project_id)
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
    app = _open("data", project_id)
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
    app = _open("baselines", desk.create(binary_project.answered("baselines", {"folds": 99})))
    _questions(app)
    assert any("99" in e.value for e in app.error)


def test_projects_are_renamed_copied_deleted_and_brought_back(binary_project: Project) -> None:
    """The list on the home page does what it says."""
    project_id = desk.create(binary_project)
    app = _open("home")
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


WALKED = (
    "button",
    "checkbox",
    "toggle",
    "number_input",
    "text_input",
    "text_area",
    "selectbox",
    "multiselect",
    "radio",
    "button_group",
    "date_input",
)
TEXTS = ("", "x", "<b>ü</b> {{7*7}}", "signal > 0", "a" * 300, "2025-03-01", "nonsense (")
TRAIL: list[tuple[str, str]] = []
LEFT_OUT = ("case:", "wait:", "measure:", "paper:measure", "rule:suggest", "delete:")


def _poke(app: AppTest, rng: random.Random) -> bool:
    """Use one widget, chosen by chance, in a way a person could."""
    kinds = [
        kind
        for kind in WALKED
        if len(app.get(kind) if kind == "button_group" else getattr(app, kind))
    ]
    if not kinds:
        return False
    kind = rng.choice(kinds)
    widget = rng.choice(list(getattr(app, kind)))
    if getattr(widget, "disabled", False) or str(widget.key).startswith(LEFT_OUT):
        return False
    if kind == "button":
        widget.click()
    elif kind in ("checkbox", "toggle"):
        widget.set_value(rng.random() < 0.5)
    elif kind == "number_input":
        low = widget.min if widget.min is not None else 0
        high = min(widget.max if widget.max is not None else 1000, low + 1000)
        value = rng.uniform(low, high)
        widget.set_value(round(value) if isinstance(widget.value, int) else value)
    elif kind in ("text_input", "text_area"):
        widget.set_value(rng.choice(TEXTS))
    elif str(widget.key) == "shell:project":
        # The test tool would hand the label to the function that makes labels of ids.
        widget.set_value(rng.choice(list(desk.store().names())))
    elif kind in ("selectbox", "radio"):
        widget.select_index(
            rng.randrange(len(widget.options))
        ) if kind == "selectbox" else widget.set_value(rng.choice(widget.options))
    elif kind == "multiselect":
        widget.set_value(rng.sample(widget.options, rng.randint(0, len(widget.options))))
    elif kind == "button_group":
        widget.set_value(rng.choice(["Questions", "Results"]))
    else:
        return False
    TRAIL.append((kind, str(widget.key)))
    app.run()
    return True


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(2))
def test_a_random_walk_presses_a_thousand_widgets(
    seed: int, binary_project: Project, regression_project: Project
) -> None:
    """Whatever is pressed in whatever order, no page ever breaks."""
    rng = random.Random(seed)
    ids = [desk.create(p) for p in (binary_project, regression_project)]
    app = _open("home", ids[seed % 2])
    pressed = 0
    while pressed < 1000:
        if rng.random() < 0.06:
            app.switch_page(str(PAGES / f"{rng.choice(PAGE_KEYS)}.py"))
            app.run()
        elif not _poke(app, rng):
            continue
        pressed += 1
        assert not app.exception, (seed, TRAIL[-5:], app.exception)
        if not desk.store().names():
            ids = [desk.create(binary_project)]


def test_projects_of_one_name_can_be_told_apart(binary_project: Project) -> None:
    """No two labels of the list are alike, and the one in the address is the one that is open."""
    desk.create(binary_project)
    second = desk.create(binary_project)
    app = _open("framing", second)
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
    app = _open("framing", project_id)
    _questions(app)
    assert not app.exception
