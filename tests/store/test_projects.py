"""Projects: every change durable, nobody's change lost, the same on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app import ROOT
from app.store.database import open_database
from app.store.predictions import PredictionTable, log_url
from app.store.projects import (
    KEPT_STATES,
    BadName,
    Conflict,
    ProjectStore,
    UnknownProject,
    checked_name,
)
from tests.store.conftest import Clock
from tests.store.test_predictions import entry


def test_a_project_comes_back_as_it_was(store: ProjectStore) -> None:
    """Names and bodies with any letters survive."""
    body = {"a": "ü 🌊 <script>", "n": [1, 2.5, None]}
    entry = store.create("../../x<script>", body)
    found = store.load(entry.id)
    assert (found.name, found.body, found.revision) == ("../../x<script>", body, 1)
    assert store.names() == {entry.id: "../../x<script>"}
    assert store.find("nobody") is None
    with pytest.raises(UnknownProject, match="nobody"):
        store.load("nobody")


def test_the_second_writer_is_told(store: ProjectStore) -> None:
    """Saving on top of an old revision is refused with what stands there now."""
    entry = store.create("p", {"a": 1})
    store.save(entry.id, {"a": 2}, expected=1)
    with pytest.raises(Conflict) as caught:
        store.save(entry.id, {"a": 3}, expected=1)
    assert caught.value.theirs.body == {"a": 2}
    assert caught.value.theirs.revision == 2
    assert store.load(entry.id).body == {"a": 2}


def test_undo_redo_and_a_new_branch(store: ProjectStore, clock: Clock) -> None:
    """Back, forward, and a new change after going back drops what was ahead."""
    entry = store.create("p", {"a": 1})
    head = 1
    for value in (2, 3):
        clock.now += 60
        head = store.save(entry.id, {"a": value}, expected=head, summary=f"to {value}").revision
    assert store.steps(entry.id) == (True, False)
    head = store.undo(entry.id, head).revision
    assert store.load(entry.id).body == {"a": 2}
    assert store.steps(entry.id) == (True, True)
    head = store.redo(entry.id, head).revision
    assert store.load(entry.id).body == {"a": 3}
    head = store.undo(entry.id, head).revision
    head = store.save(entry.id, {"a": 9}, expected=head).revision
    assert store.steps(entry.id) == (True, False)
    head = store.undo(entry.id, head).revision
    assert store.load(entry.id).body == {"a": 2}
    head = store.redo(entry.id, head).revision
    assert store.load(entry.id).body == {"a": 9}
    assert [summary for _, summary, _ in store.history(entry.id)][1:] == ["to 2", "Created"]


def test_undo_also_moves_the_head(store: ProjectStore) -> None:
    """A tab that did not see the undo is told when it saves."""
    entry = store.create("p", {"a": 1})
    store.save(entry.id, {"a": 2}, expected=1)
    store.undo(entry.id, 2)
    with pytest.raises(Conflict):
        store.save(entry.id, {"a": 3}, expected=2)
    assert store.revision(entry.id) == 3


def test_typing_is_one_step_of_undo(store: ProjectStore, clock: Clock) -> None:
    """Letters typed within three seconds are undone together; each is durable at once."""
    entry = store.create("p", {"t": ""})
    head = 1
    for text in ("h", "he", "hel"):
        clock.now += 1
        head = store.save(entry.id, {"t": text}, expected=head, coalesce_key="t").revision
        assert store.load(entry.id).body == {"t": text}
    clock.now += 10
    head = store.save(entry.id, {"t": "hello"}, expected=head, coalesce_key="t").revision
    head = store.undo(entry.id, head).revision
    assert store.load(entry.id).body == {"t": "hel"}
    store.undo(entry.id, head)
    assert store.load(entry.id).body == {"t": ""}


def test_measurements_are_no_step_of_undo(store: ProjectStore, clock: Clock) -> None:
    """Evidence joins the present step, and what was ahead stays ahead."""
    entry = store.create("p", {"a": 1})
    head = store.save(entry.id, {"a": 2}, expected=1).revision
    head = store.save(entry.id, {"a": 2, "e": 1}, expected=head, amend=True).revision
    head = store.undo(entry.id, head).revision
    assert store.load(entry.id).body == {"a": 1}
    head = store.save(entry.id, {"a": 1, "e": 2}, expected=head, amend=True).revision
    assert store.steps(entry.id) == (False, True)
    store.redo(entry.id, head)
    assert store.load(entry.id).body == {"a": 2, "e": 1}


def test_rename_duplicate_delete_and_restore(store: ProjectStore) -> None:
    """The list shows what is there; the deleted one comes back."""
    one = store.create("one", {"a": 1})
    copy = store.duplicate(one.id)
    assert copy.name == "one (copy)"
    store.rename(one.id, "  uno \n dos ")
    assert store.load(one.id).name == "uno dos"
    store.delete(one.id)
    assert [e.id for e in store.list()] == [copy.id]
    assert [e.id for e in store.list(deleted=True)] == [one.id]
    store.restore(one.id)
    assert {e.id for e in store.list()} == {one.id, copy.id}
    with pytest.raises(UnknownProject):
        store.delete("nobody")


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\x00b", "a\x1bb", "\ud800"])
def test_names_that_cannot_be_shown_are_refused(name: str) -> None:
    """Empty, endless and invisible names say what is allowed."""
    with pytest.raises(BadName, match="project name"):
        checked_name(name)


def test_old_steps_are_dropped_without_harm(store: ProjectStore, clock: Clock) -> None:
    """Only the newest steps are kept, and undo ends there instead of breaking."""
    entry = store.create("p", {"a": 0})
    head = 1
    for value in range(KEPT_STATES + 20):
        clock.now += 10
        head = store.save(entry.id, {"a": value}, expected=head).revision
    assert len(store.history(entry.id)) <= KEPT_STATES
    for _ in range(KEPT_STATES + 5):
        head = store.undo(entry.id, head).revision
    assert store.steps(entry.id)[0] is False
    assert store.load(entry.id).body["a"] >= 15


def test_many_writers_lose_nothing(url: str) -> None:
    """Eight threads add one each, twenty times: retried conflicts, no lost update."""
    store = ProjectStore(url)
    entry = store.create("p", {"n": 0})
    conflicts = []

    def add() -> None:
        for _ in range(20):
            while True:
                seen = store.load(entry.id)
                try:
                    store.save(entry.id, {"n": seen.body["n"] + 1}, expected=seen.revision)
                except Conflict:
                    conflicts.append(1)
                    continue
                break

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.load(entry.id).body == {"n": 160}
    assert store.revision(entry.id) == 161
    store.engine.dispose()


WRITER = """
import sys
from app.store.projects import ProjectStore
store = ProjectStore(sys.argv[1])
entry = store.load(sys.argv[2])
head, n = entry.revision, entry.body["n"]
while True:
    n += 1
    head = store.save(sys.argv[2], {"n": n, "fill": "x" * 20000}, expected=head).revision
    print(n, flush=True)
"""


def test_kill_9_loses_nothing_that_was_acknowledged(url: str) -> None:
    """A writer killed in the middle, five times: every acknowledged change is there."""
    store = ProjectStore(url)
    entry = store.create("p", {"n": 0})
    for _ in range(5):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, url, entry.id],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert child.stdout is not None
        last = 0
        for _ in range(15):
            last = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().split()
        child.wait()
        child.stdout.close()
        last = int(rest[-1]) if rest else last
        assert store.load(entry.id).body["n"] >= last
    store.engine.dispose()


def test_two_processes_open_a_fresh_database_at_once(tmp_path: Path) -> None:
    """The schema is made once; nobody trips over the other."""
    url = f"sqlite:///{tmp_path / 'fresh.db'}"
    code = "import sys; from app.store.projects import ProjectStore as S; S(sys.argv[1]).create('x', {})"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, url], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        for _ in range(3)
    ]
    assert [child.wait() for child in children] == [0, 0, 0]
    store = ProjectStore(url)
    assert len(store.list()) == 3
    store.engine.dispose()


def test_a_newer_schema_is_refused(url: str) -> None:
    """A database of a later version is left alone, with a word on what to do."""
    from sqlalchemy import update

    from app.store.database import schema

    engine = open_database(url)
    with engine.begin() as connection:
        connection.execute(update(schema).values(version=99))
    engine.dispose()
    with pytest.raises(RuntimeError, match="Update Groundwork"):
        open_database(url)


def test_postgres_addresses_get_their_driver() -> None:
    """The usual spellings of DATABASE_URL all work."""
    from app.store.database import url_of

    assert url_of("postgres://u@h/d") == "postgresql+psycopg://u@h/d"
    assert url_of("postgresql://u@h/d") == "postgresql+psycopg://u@h/d"


def test_the_log_of_live_models(url: str) -> None:
    """On each kind of database: written twice under one id it is kept once; the oldest go first."""
    log = PredictionTable(log_url(url))
    log.write([("p1", entry(number)) for number in (*range(30), 29)])
    log.write([("p1", entry(29, ms=3.0)), ("p2", entry(29))])
    log.purge("p1", kept=10)
    found = log.read("p1")
    assert list(found["id"]) == [f"r{number}" for number in range(20, 30)]
    assert (found["ms"].iloc[-1], log.count("p2")) == (3.0, 1)
    assert list(found["prediction"]) == [number / 7 for number in range(20, 30)]
    log.engine.dispose()
