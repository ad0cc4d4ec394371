"""The design document on the screen, and its downloads."""

from __future__ import annotations

import streamlit as st

from app.document import writer
from app.record.project import Project
from app.record.stage import Stage
from app.stages.road import STAGES, STATE_WORDS, state_of, to_measure
from app.ui import desk, export, shell, wait


def show() -> None:
    """Draw the document page."""
    now = desk.current()
    if now is None:
        st.title("Design document", anchor=False)
        with st.container(border=True):
            st.markdown("**No project is open.** The document writes itself from a project.")
            st.page_link(
                shell.page_of("home"), label="Start a project", icon=":material/arrow_forward:"
            )
        return
    st.title("Design document", anchor=False)
    st.markdown("Written from your choices and measurements, as they stand now.")
    wait.status(now)
    shell.notices(now)
    open_stages = [
        s for s in STAGES if state_of(now.project, s.key) in ("empty", "in_work", "stale")
    ]
    if open_stages and wait.live(now.id) is None:
        _unfinished(now, open_stages)
    body = now.project.model_dump_json()
    html = _written(body, "html", now.id, now.project)
    markdown = _written(body, "md", now.id, now.project)
    with st.container(horizontal=True):
        st.download_button(
            "Download HTML",
            data=html,
            file_name="design_document.html",
            mime="text/html",
            icon=":material/download:",
            type="primary",
            key="paper:html",
            on_click="ignore",
        )
        st.download_button(
            "Download Markdown",
            data=markdown,
            file_name="design_document.md",
            mime="text/markdown",
            icon=":material/download:",
            key="paper:md",
            on_click="ignore",
        )
    export.show(now)
    st.iframe(html, height=900, alt="Preview of the design document")


@st.cache_resource(max_entries=16, show_spinner=False)
def _written(body: str, to: str, project_id: str, _project: Project) -> str:
    """Write a document once, not at every run of the page."""
    return writer.write(_project, to=to, project_id=project_id)


def _unfinished(now: desk.Desk, stages: list[Stage]) -> None:
    names = ", ".join(
        f"{s.title} ({STATE_WORDS[state_of(now.project, s.key)]})" for s in STAGES if s in stages
    )
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"Not complete yet: {names}.")
        st.button(
            "Measure what is missing",
            key="paper:measure",
            type="primary",
            icon=":material/straighten:",
            disabled=not to_measure(now.project),
            on_click=wait.start,
            args=(now,),
        )
