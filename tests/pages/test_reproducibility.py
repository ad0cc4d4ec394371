"""The page of reproducibility: approved for a version, registered, taken back, measured again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import PAGES, ROOT
from app.record.project import Project
from app.stages.reproducibility.choices import ColumnRule
from app.store import registry, runs
from app.ui import again, contract_table, desk, handoff
from app.ui.contract_table import changed

MAIN = str(ROOT / "app" / "main.py")
KEY = "reproducibility"


class Inline:
    """An executor that does the work at once, in this process."""

    def __init__(self) -> None:
        self.done: dict[str, Any] = {}

    def submit_with(self, fn: Callable[..., Any], args: tuple[Any, ...], **more: Any) -> Any:
        """Run it and return a future that is done."""
        future: Any = Future()
        future.id = f"job{len(self.done)}"
        try:
            future.set_result(fn(*args))
        except Exception as error:
            future.set_exception(error)
        self.done[future.id] = future
        return future

    def find(self, job_id: str) -> Any:
        """Return a job by its id."""
        return self.done.get(job_id)

    def jobs(self, owner: str) -> list[Any]:
        """Nothing ever waits."""
        return []


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[None]:
    """A database, a registry and an executor of their own for every test."""
    from app.store.projects import open_store
    from app.ui import wait

    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'pages.db'}")
    monkeypatch.setenv("GROUNDWORK_TRACKING", "on")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'registry.db'}")
    inline = Inline()
    for module in (handoff, again, wait):
        monkeypatch.setattr(module, "executor", lambda: inline)
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
    app.switch_page(str(PAGES / f"{KEY}.py"))
    app.run()
    assert not app.exception, app.exception
    return app


def _answers(project_id: str) -> dict[str, Any]:
    return dict(desk.store().load(project_id).body["answers"].get(KEY, {}))


def _words(app: AppTest) -> str:
    return " ".join(m.value for m in (*app.markdown, *app.caption, *app.info))


def test_approve_register_and_take_back(binary_project: Project) -> None:
    """A draft cannot be registered; approved for this very version it can, and can be taken back."""
    project = binary_project.answered(
        KEY, {"approver": "Dana", "owner": "Ops", "rollback": "Back.", "approval": "approved"}
    )
    project_id = desk.create(project)
    app = _open(project_id)
    assert app.button(key="handoff:register").disabled
    assert "What was approved is not what would go" in _words(app)
    app.button(key="handoff:this").click().run()
    version = binary_project.evidence[KEY].words["version"]
    assert _answers(project_id)["approved_version"] == version
    assert not app.button(key="handoff:register").disabled
    app.button(key="handoff:register").click().run()
    assert not app.exception, app.exception
    record = _answers(project_id)["registered"]
    assert (record["version"], record["digest"]) == ("1", version)
    assert "Registered: small version 1" in _words(app)
    app.button(key="handoff:back").click().run()
    assert "named nothing" in _words(app)
    with runs.quiet():
        assert registry.current("small", "champion").digest == version


def test_without_a_registry_the_page_says_so(
    binary_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button is dead and one sentence says why."""
    monkeypatch.setenv("GROUNDWORK_TRACKING", "off")
    app = _open(desk.create(binary_project))
    assert app.button(key="handoff:register").disabled
    assert "Tracking is switched off" in _words(app)


def test_measured_again_on_the_page(
    binary_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict of the clean process stands on the page, stage by stage, with what differs."""
    fact = {"kind": "measure", "label": "A score", "state": "differs"}
    stage = {"counts": {"equal": 3, "differs": 1}, "packages": {"numpy": ["1", "2"]}}
    told = {
        "same": False,
        "stages": {
            "framing": {"same": True, "counts": {"equal": 2}, "packages": {}, "facts": []},
            "baselines": {
                **stage,
                "same": False,
                "facts": [{**fact, "recorded": 0.5, "again": 0.7}],
            },
        },
    }
    monkeypatch.setattr(again, "measured_again", lambda url, project_id: told)
    app = _open(desk.create(binary_project))
    assert not app.button(key="again:start").disabled
    app.button(key="again:start").click().run()
    assert not app.exception, app.exception
    words = _words(app)
    assert "Not the same" in words
    assert "A score: differs (0.5 recorded, 0.7 again)" in words
    assert "numpy: 1 recorded, 2 again" in words


def test_cells_of_the_contract_become_rules() -> None:
    """Typed texts are kept as a person typed them, lists are split, empty cells say nothing."""
    rule = ColumnRule(column="place", owner="Ops")
    found = changed(rule, {"levels": " north | south || ", "missing": "refused", "low": None})
    assert found.levels == ("north", "south")
    assert (found.missing, found.low, found.owner) == ("no", "", "Ops")
    back = changed(found, {"levels": "", "missing": "as in training", "owner": " "})
    assert back.empty
    with pytest.raises(ValueError, match="at most 250"):
        changed(rule, {"levels": "|".join(map(str, range(251)))})


def test_the_contract_is_drawn_with_what_was_changed(binary_project: Project) -> None:
    """Every input has a row, and a rule stands in its own."""
    project = binary_project.answered(KEY, {"contract": [{"column": "signal", "low": "-9"}]})
    derived = contract_table._derived(project.evidence[KEY])
    rows = [contract_table._row(r, None) for r in derived]
    assert [row["column"] for row in rows] == ["signal", "place", "holes", "filler"]
    assert "may be missing" in rows[2]["shown"]
    app = _open(desk.create(project))
    app.radio[0].set_value("Questions").run()
    assert not app.exception, app.exception
    assert "Columns of the contract" in " ".join(s.value for s in app.subheader)
