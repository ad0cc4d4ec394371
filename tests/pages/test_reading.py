"""Reading rows on the page: every button a person has, pressed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import TimeoutError as TooSlow
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import PAGES, ROOT
from app.jobs import WorkerDied
from app.record.project import Project
from app.stages.errors.choices import CAUSES
from app.ui import desk, what_if

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


def _open(project_id: str) -> AppTest:
    app = AppTest.from_file(MAIN, default_timeout=60)
    app.query_params["project"] = project_id
    app.run()
    app.switch_page(str(PAGES / "errors.py"))
    app.run()
    app.segmented_control(key=f"errors:section:{project_id}").set_value("reading").run()
    assert not app.exception, app.exception
    return app


def _rows(project: Project) -> list[int]:
    return [int(str(row)) for row in project.evidence["errors"].table("queue").column("row")]


def _in_hand(app: AppTest) -> str:
    return next(m.value for m in app.markdown if m.value.startswith("#### Row"))


def _notes(project_id: str) -> list[dict[str, Any]]:
    answers = desk.store().load(project_id).body["answers"]["errors"]
    return list(answers.get("notes", []))


def _words(app: AppTest) -> str:
    return " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


def test_a_person_goes_through_the_queue(binary_project: Project) -> None:
    """Next, previous, next unread, and one reason only: the row in hand follows."""
    rows = _rows(binary_project)
    app = _open(desk.create(binary_project))
    assert f"Row {rows[0]:,} " in _in_hand(app)
    assert app.button(key="reading:previous").disabled
    app.button(key="reading:next").click().run()
    assert f"Row {rows[1]:,} " in _in_hand(app)
    app.button(key="reading:previous").click().run()
    assert f"Row {rows[0]:,} " in _in_hand(app)
    which = next(box for box in app.selectbox if box.label == "Go through")
    which.set_value("boundary").run()
    assert "a close call" in _in_hand(app)
    assert not app.exception


def test_a_cause_is_saved_at_once_and_taken_back(binary_project: Project) -> None:
    """One press codes the row, the counts follow; the same press again takes it back."""
    rows = _rows(binary_project)
    project_id = desk.create(binary_project)
    app = _open(project_id)
    app.button(key="cause:rare_case").click().run()
    assert _notes(project_id) == [{"row": rows[0], "cause": "rare_case", "comment": ""}]
    assert f"What do you do about “{CAUSES['rare_case']}”?" in [s.label for s in app.selectbox]
    app.button(key="reading:unread").click().run()
    assert f"Row {rows[1]:,} " in _in_hand(app)
    app.button(key="cause:label_wrong").click().run()
    app.button(key="cause:model_weak").click().run()
    assert [n["cause"] for n in _notes(project_id)].count("model_weak") == 1
    app.button(key="cause:model_weak").click().run()
    assert [n["row"] for n in _notes(project_id)] == [rows[0]]
    assert not app.exception


def test_each_cause_has_a_key_of_its_own(binary_project: Project) -> None:
    """1 to 6 for the causes, J and K to move, N for the next one that is unread."""
    app = _open(desk.create(binary_project))
    keys = {b.key: b.proto.shortcut for b in app.button if b.proto.shortcut}
    causes = [keys[f"cause:{key}"] for key in CAUSES if key]
    assert causes == ["1", "2", "3", "4", "5", "6"]
    moves = [keys[f"reading:{name}"].lower() for name in ("previous", "next", "unread")]
    assert moves == ["k", "j", "n"]


def test_a_comment_is_kept_with_its_row(binary_project: Project) -> None:
    """Words typed on one row are there when the person comes back to it."""
    project_id = desk.create(binary_project)
    app = _open(project_id)
    words = next(box for box in app.text_input if box.label == "In your words")
    words.set_value("The tower was closed").run()
    app.button(key="reading:next").click().run()
    words = next(box for box in app.text_input if box.label == "In your words")
    assert words.value == ""
    app.button(key="reading:previous").click().run()
    words = next(box for box in app.text_input if box.label == "In your words")
    assert words.value == "The tower was closed"
    assert _notes(project_id)[0]["comment"] == "The tower was closed"


def test_two_tabs_read_different_rows(binary_project: Project) -> None:
    """What each noted is kept, without a clash."""
    rows = _rows(binary_project)
    project_id = desk.create(binary_project)
    one, two = _open(project_id), _open(project_id)
    one.button(key="cause:rare_case").click().run()
    two.button(key="reading:next").click().run()
    two.button(key="cause:label_wrong").click().run()
    assert {n["row"]: n["cause"] for n in _notes(project_id)} == {
        rows[0]: "rare_case",
        rows[1]: "label_wrong",
    }
    assert not two.exception


def test_an_action_is_saved_for_its_cause(binary_project: Project) -> None:
    """Chosen, it is in the answers; the suggestion alone is not."""
    project_id = desk.create(binary_project)
    app = _open(project_id)
    app.button(key="cause:label_wrong").click().run()
    box = next(s for s in app.selectbox if s.label.startswith("What do you do about"))
    assert "fix the labels" in box.placeholder
    answers = desk.store().load(project_id).body["answers"]["errors"]
    assert "actions" not in answers
    box.set_value("fix_label").run()
    answers = desk.store().load(project_id).body["answers"]["errors"]
    assert answers["actions"] == {"label_wrong": "fix_label"}
    assert not app.exception


def _number(app: AppTest, column: str) -> Any:
    return next(box for box in app.number_input if f":{column}" in str(box.key))


def test_an_edit_shows_before_and_after(binary_project: Project) -> None:
    """A changed value marks its field, moves the prediction, warns when unseen; reset undoes it."""
    app = _open(desk.create(binary_project))
    assert app.button(key="what_if:reset").disabled
    _number(app, "signal").set_value(50.0).run()
    assert "as you changed it" in _words(app)
    assert "outside what the model has seen" in _words(app)
    assert ":orange-badge[was " in _words(app)
    place = next(s for s in app.selectbox if str(s.key).endswith(":place"))
    place.set_value(None).run()
    assert "place: the model has never seen it missing" in _words(app)
    app.button(key="what_if:reset").click().run()
    assert "as you changed it" not in _words(app)
    assert "How row" in _words(app)
    assert not app.exception


@pytest.mark.parametrize("fixture", ["multiclass_project", "forecasting_project"])
def test_other_kinds_of_problems_are_read_alike(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    """Move, code, edit: the same on classes and on days to come."""
    project_id = desk.create(request.getfixturevalue(fixture))
    app = _open(project_id)
    app.button(key="reading:next").click().run()
    app.button(key="cause:ambiguous").click().run()
    _number(app, "filler").set_value(3).run()
    assert "as you changed it" in _words(app)
    assert _notes(project_id)[0]["cause"] == "ambiguous"
    assert not app.exception


class _Broken:
    """A pool whose jobs end badly."""

    workers = 1
    id = "broken"

    def __init__(self, trouble: Exception) -> None:
        self.trouble = trouble

    def find(self, job_id: str) -> Any:
        """Return itself for a job."""
        return self

    def done(self) -> bool:
        """Say that it still runs."""
        return False

    def submit_with(self, *words: Any, **more: Any) -> Any:
        """Return itself for a job."""
        return self

    def result(self, timeout: float) -> Any:
        """End as it must."""
        raise self.trouble


@pytest.mark.parametrize(
    ("trouble", "words"),
    [(TooSlow(), "workers are busy"), (WorkerDied("The process ended unexpectedly."), "ended")],
)
def test_without_a_worker_the_row_can_still_be_read(
    binary_project: Project, monkeypatch: pytest.MonkeyPatch, trouble: Exception, words: str
) -> None:
    """Busy or dead: a sentence, the stored picture, and the causes all the same."""
    monkeypatch.setattr(what_if, "executor", lambda: _Broken(trouble))
    project_id = desk.create(binary_project)
    app = _open(project_id)
    assert words in _words(app)
    assert "How row" in _words(app)
    app.button(key="cause:rare_case").click().run()
    assert _notes(project_id)[0]["cause"] == "rare_case"
    assert not app.exception


def test_notes_survive_measuring_again(binary_project: Project) -> None:
    """Other evidence, the same answers: the note stands on its row."""
    from app.workshop import measure_stage

    project_id = desk.create(binary_project)
    app = _open(project_id)
    app.button(key="cause:rare_case").click().run()
    entry = desk.store().load(project_id)
    project = Project.model_validate(entry.body).answered("errors", {"explained_rows": 80})
    project = measure_stage(project, "errors", lambda fraction, words: None)
    again = _open(desk.create(project.renamed("Measured again")))
    assert again.button(key="cause:rare_case").proto.type == "primary"
    assert project.answers["errors"]["notes"][0]["cause"] == "rare_case"
