"""All projects: open, rename, duplicate, download, delete, and bring back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from app.record.project import Project
from app.record.project_file import ProjectFileError, dump, read
from app.stages.road import STAGES, STATE_WORDS, State, state_of
from app.store.projects import BadName, Headline, ProjectStore
from app.ui import desk, draw, memory, shell

# Each row has widgets of its own: a page of hundreds would be slow, and nobody reads it.
SHOWN = 12
ALL = "projects:all"


@dataclass(frozen=True)
class Row:
    """What the list shows of a project beside its name."""

    data: str
    states: tuple[State, ...]
    first: str


def shown(name: str) -> str:
    """Return a project's name as plain text for Markdown."""
    return draw.plain(name)


def show() -> None:
    """Draw the list of projects."""
    found = desk.store().list()
    st.subheader("Your projects", anchor=False)
    deleted = memory.recall("projects:deleted")
    if deleted:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"Deleted **{shown(deleted['name'])}**.")
            st.button("Bring it back", key="projects:restore", on_click=_restore)
    if not found:
        st.caption("None yet: walk a case or bring your data.")
    for headline in found if memory.recall(ALL) else found[:SHOWN]:
        _row(headline)
    if len(found) > SHOWN and not memory.recall(ALL):
        st.button(
            f"Show all {len(found)} projects",
            key="projects:more",
            icon=":material/expand_more:",
            on_click=memory.remember,
            args=(ALL, True),
        )
    _open_file()


@st.cache_resource(max_entries=1000, show_spinner=False)
def _read_row(project_id: str, revision: int) -> Row:
    """Read a project once for each of its revisions, not at every run of the page."""
    del revision
    project = _project(desk.store(), project_id)
    states = tuple(state_of(project, stage.key) for stage in STAGES)
    data = f"{draw.plain(project.data.title)} · {project.data.rows:,} rows"
    return Row(data, states, _first_open(states))


def _project(store: ProjectStore, project_id: str) -> Project:
    entry = store.load(project_id)
    return Project.model_validate(entry.body).renamed(entry.name)


def _row(headline: Headline) -> None:
    row = _read_row(headline.id, headline.revision)
    with st.container(border=True):
        left, middle, right = st.columns([3, 3, 2], vertical_alignment="center")
        with left:
            st.markdown(f"**{shown(headline.name)}**")
            st.caption(row.data)
        with middle:
            states = list(zip(STAGES, row.states, strict=True))
            st.markdown(
                " ".join(
                    f":{shell.STATE_COLORS[state]}-badge[{shell.STATE_ICONS[state]} {s.title}]"
                    for s, state in states
                ),
                help="; ".join(f"{s.title}: {STATE_WORDS[state]}" for s, state in states),
            )
        with right, st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Open", key=f"open:{headline.id}", icon=":material/folder_open:"):
                shell.go(headline.id, row.first)
            _more(headline)


def _first_open(states: tuple[State, ...]) -> str:
    done = ("measured", "attention")
    return next(
        (s.key for s, state in zip(STAGES, states, strict=True) if state not in done), "document"
    )


def _file(store: ProjectStore, project_id: str) -> str:
    return dump(_project(store, project_id))


def _more(headline: Headline) -> None:
    with st.popover("More", icon=":material/more_horiz:", key=f"more:{headline.id}"):
        name = f"rename:{headline.id}"
        st.text_input("Name", value=headline.name, key=name, max_chars=200)
        st.button(
            "Rename", key=f"renamed:{headline.id}", on_click=_rename, args=(headline.id, name)
        )
        error = memory.recall(f"{name}:error")
        if error:
            st.error(error)
        st.button("Duplicate", key=f"copy:{headline.id}", on_click=_duplicate, args=(headline.id,))
        # Written when it is asked for. That takes a click that does not run the page again, for a
        # new run gives the file a new address while the browser still waits at the old one.
        st.download_button(
            "Download project file",
            data=partial(_file, desk.store(), headline.id),
            file_name=f"groundwork-{headline.id}.json",
            mime="application/json",
            key=f"file:{headline.id}",
            on_click="ignore",
        )
        st.button(
            "Delete",
            key=f"delete:{headline.id}",
            icon=":material/delete:",
            on_click=_delete,
            args=(headline.id, headline.name),
        )


def _rename(project_id: str, widget: str) -> None:
    memory.forget(f"{widget}:error")
    try:
        desk.store().rename(project_id, str(memory.recall(widget, "")))
    except BadName as error:
        memory.remember(f"{widget}:error", str(error))


def _duplicate(project_id: str) -> None:
    desk.store().duplicate(project_id)


def _delete(project_id: str, name: str) -> None:
    desk.store().delete(project_id)
    memory.remember("projects:deleted", {"id": project_id, "name": name})


def _restore() -> None:
    deleted: dict[str, Any] = memory.forget("projects:deleted")
    desk.store().restore(deleted["id"])


def _open_file() -> None:
    with st.expander("Open a project file", icon=":material/upload_file:"):
        found = st.file_uploader("Project file (.json)", type=["json"], key="projects:file")
        if found is None:
            return
        try:
            project = read(found.getvalue().decode("utf-8-sig"))
        except UnicodeDecodeError:
            st.error("The project file is not UTF-8 text. Download it again from Groundwork.")
            return
        except ProjectFileError as error:
            st.error(draw.plain(str(error)), title="This file cannot be opened")
            return
        st.markdown(f"**{shown(project.name)}** · {draw.plain(project.data.title)}")
        if st.button("Open as a new project", key="projects:take", type="primary"):
            states = tuple(state_of(project, stage.key) for stage in STAGES)
            shell.go(desk.create(project), _first_open(states))
