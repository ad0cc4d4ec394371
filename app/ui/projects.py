"""All projects: open, rename, duplicate, download, delete, and bring back."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.record.project import Project
from app.record.project_file import ProjectFileError, dump, read
from app.stages.road import STAGES, STATE_WORDS, state_of
from app.store.projects import BadName, Entry
from app.ui import desk, draw, memory, shell


def shown(name: str) -> str:
    """Return a project's name as plain text for Markdown."""
    return draw.plain(name)


def show() -> None:
    """Draw the list of projects."""
    entries = desk.store().list()
    st.subheader("Your projects", anchor=False)
    deleted = memory.recall("projects:deleted")
    if deleted:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"Deleted **{shown(deleted['name'])}**.")
            st.button("Bring it back", key="projects:restore", on_click=_restore)
    if not entries:
        st.caption("None yet: walk a case or bring your data.")
    for entry in entries:
        _row(entry)
    _open_file()


def _row(entry: Entry) -> None:
    project = Project.model_validate(entry.body)
    with st.container(border=True):
        left, middle, right = st.columns([3, 3, 2], vertical_alignment="center")
        with left:
            st.markdown(f"**{shown(entry.name)}**")
            st.caption(f"{draw.plain(project.data.title)} · {project.data.rows:,} rows")
        with middle:
            states = [(s, state_of(project, s.key)) for s in STAGES]
            st.markdown(
                " ".join(
                    f":{shell.STATE_COLORS[state]}-badge[{shell.STATE_ICONS[state]} {s.title}]"
                    for s, state in states
                ),
                help="; ".join(f"{s.title}: {STATE_WORDS[state]}" for s, state in states),
            )
        with right, st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Open", key=f"open:{entry.id}", icon=":material/folder_open:"):
                shell.go(entry.id, _first_open(project))
            _more(entry, project)


def _first_open(project: Project) -> str:
    done = ("measured", "attention")
    return next((s.key for s in STAGES if state_of(project, s.key) not in done), "document")


def _more(entry: Entry, project: Project) -> None:
    with st.popover("More", icon=":material/more_horiz:", key=f"more:{entry.id}"):
        name = f"rename:{entry.id}"
        st.text_input("Name", value=entry.name, key=name, max_chars=200)
        st.button("Rename", key=f"renamed:{entry.id}", on_click=_rename, args=(entry.id, name))
        error = memory.recall(f"{name}:error")
        if error:
            st.error(error)
        st.button("Duplicate", key=f"copy:{entry.id}", on_click=_duplicate, args=(entry.id,))
        st.download_button(
            "Download project file",
            data=dump(project.renamed(entry.name)),
            file_name=f"groundwork-{entry.id}.json",
            mime="application/json",
            key=f"file:{entry.id}",
            on_click="ignore",
        )
        st.button(
            "Delete",
            key=f"delete:{entry.id}",
            icon=":material/delete:",
            on_click=_delete,
            args=(entry.id, entry.name),
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
            shell.go(desk.create(project), _first_open(project))
