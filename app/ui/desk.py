"""The open project of this browser tab: loaded once a run, saved at every change."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import streamlit as st

from app.record.answers import AnswerError
from app.record.project import Project
from app.stages.road import BY_KEY
from app.store.merging import Clash, merge_fields
from app.store.projects import Conflict, Entry, ProjectStore, open_store
from app.ui import memory

SEEN = "desk:seen"
CLASHES = "desk:clashes"
NOTICE = "desk:notice"
READ_LAST = 32


@dataclass(frozen=True)
class Desk:
    """A project as this tab last saw it."""

    id: str
    project: Project
    revision: int


@st.cache_resource(show_spinner=False)
def store() -> ProjectStore:
    """Return the store of projects, one for the whole server."""
    return open_store()


def open_project(project_id: str) -> Desk | None:
    """Load a project and remember which revision this tab has seen."""
    headline = store().headline(project_id)
    if headline is None:
        return None
    seen = memory.recall(SEEN)
    known = bool(seen) and seen["id"] == project_id
    # Every change counts the revision up: the body that was seen at this one is still the one.
    if known and (seen["revision"], seen["name"]) == (headline.revision, headline.name):
        return current()
    entry = store().load(project_id)
    if known and seen["revision"] != entry.revision:
        _tell_changes(seen["body"], entry)
    return _seen(entry)


def _seen(entry: Entry) -> Desk:
    memory.remember(
        SEEN, {"id": entry.id, "revision": entry.revision, "name": entry.name, "body": entry.body}
    )
    return Desk(entry.id, _read(entry.body, entry.name), entry.revision)


@st.cache_resource(show_spinner=False)
def _recent() -> deque[tuple[dict[str, Any], Project]]:
    """Return the projects read last, each beside the very body it was read from."""
    return deque(maxlen=READ_LAST)


def _read(body: dict[str, Any], name: str) -> Project:
    """Read a body once, not at every run: the session holds the same object until it changes."""
    for known, project in tuple(_recent()):
        if known is body and project.name == name:
            return project
    project = Project.model_validate(body).renamed(name)
    _recent().append((body, project))
    return project


def current() -> Desk | None:
    """Return the open project as this tab last saw it, without touching the disk."""
    seen = memory.recall(SEEN)
    if not seen:
        return None
    return Desk(seen["id"], _read(seen["body"], seen["name"]), seen["revision"])


def close() -> None:
    """Leave the open project."""
    memory.forget(SEEN)


def answer(project_id: str, stage: str, key: str, value: Any, name: str) -> None:
    """Save one answer; an answer that cannot be taken stays on the screen with its reason."""
    now = current()
    if now is None or now.id != project_id:
        return
    changed = now.project.answered(stage, {key: value})
    try:
        BY_KEY[stage].choices.check({key: value})
    except AnswerError as error:
        memory.remember(f"{name}:error", f"{error.problems[0].message} (got {value!r})")
        return
    memory.forget(f"{name}:error")
    question = BY_KEY[stage].choices.question(key)
    save(now, changed, question.label, coalesce=name)


def save(now: Desk, project: Project, summary: str, coalesce: str | None = None) -> None:
    """Save a changed project; when another tab was first, merge by field."""
    body, base = project.to_json(), now.project.to_json()
    expected = now.revision
    for _ in range(20):
        try:
            saved = store().save(
                now.id, body, expected=expected, summary=summary, coalesce_key=coalesce
            )
        except Conflict as conflict:
            merged = merge_fields(base, body, conflict.theirs.body)
            _keep_clashes(merged.clashes)
            body, base = merged.body, conflict.theirs.body
            expected = conflict.theirs.revision
            memory.remember(NOTICE, "Another tab changed this project too; both were kept.")
            continue
        memory.remember(
            SEEN, {"id": now.id, "revision": saved.revision, "name": project.name, "body": body}
        )
        return
    raise RuntimeError("The project is being changed too fast from elsewhere; try once more.")


def _keep_clashes(clashes: tuple[Clash, ...]) -> None:
    if clashes:
        kept = memory.recall(CLASHES, [])
        new = [{"path": list(c.path), "mine": c.mine, "theirs": c.theirs} for c in clashes]
        memory.remember(CLASHES, [*kept, *new])


def clashes() -> list[dict[str, Any]]:
    """Return the fields that two tabs changed differently, with both texts."""
    return list(memory.recall(CLASHES, []))


def settle(place: int, mine: bool) -> None:
    """Settle a clash by taking this tab's text or leaving the other's."""
    kept = clashes()
    clash = kept.pop(place)
    memory.remember(CLASHES, kept)
    now = current()
    if mine and now is not None and clash["path"][0] == "answers" and len(clash["path"]) >= 3:
        _, stage, key, *deeper = clash["path"]
        before = now.project.answers.get(stage, {}).get(key)
        settled = placed(before, deeper, clash["mine"])
        save(now, now.project.answered(stage, {key: settled}), "Settled a clash")


def placed(answer: Any, path: list[str], value: Any) -> Any:
    """Return an answer with one value inside of it put in place; the rest stays."""
    if not path:
        return value
    inner = answer if isinstance(answer, dict) else {}
    return {**inner, path[0]: placed(inner.get(path[0]), path[1:], value)}


def _tell_changes(seen: dict[str, Any], entry: Entry) -> None:
    before, after = seen.get("answers", {}), entry.body.get("answers", {})
    fields = [
        f"{BY_KEY[stage].title}: {BY_KEY[stage].choices.question(key).label}"
        for stage in BY_KEY
        for key in BY_KEY[stage].choices.model_fields
        if before.get(stage, {}).get(key) != after.get(stage, {}).get(key)
    ]
    if fields:
        more = f" and {len(fields) - 3} more" if len(fields) > 3 else ""
        memory.remember(NOTICE, "Changed in another tab: " + "; ".join(fields[:3]) + more)


def step(now: Desk, back: bool) -> None:
    """Undo or redo one change."""
    mover: Callable[..., Any] = store().undo if back else store().redo
    try:
        mover(now.id, expected=now.revision)
    except Conflict:
        memory.remember(NOTICE, "Another tab changed the project first; look, then undo again.")
        return
    entry = store().find(now.id)
    if entry is not None:
        _seen(entry)


def create(project: Project) -> str:
    """Put a new project into the store and return its id."""
    return str(store().create(project.name, project.to_json()).id)


def newer(now: Desk) -> bool:
    """Say whether the stored project has moved on from what this tab has seen."""
    return store().revision(now.id) != now.revision


POLL = timedelta(seconds=4)
