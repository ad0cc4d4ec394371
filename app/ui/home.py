"""The home page: one sentence, three ways in, and every project."""

from __future__ import annotations

import streamlit as st

from app.record.task import SHORT
from app.stages.road import STAGES, state_of
from app.store import samples
from app.store.samples import Case
from app.ui import desk, intake, memory, projects, shell, wait
from app.ui.desk import Desk

SENTENCE = (
    "Bring a problem and a table, walk the road of an ML engineer, and leave with a design "
    "document in which every number was measured."
)


def show() -> None:
    """Draw the home page."""
    st.title("Groundwork", anchor=False)
    st.subheader(SENTENCE, anchor=False)
    st.caption("Everything runs on this machine: no account, no key, nothing leaves it.")
    notice = memory.forget(desk.NOTICE)
    if notice:
        st.info(notice, icon=":material/sync:")
    now = desk.current()
    if now is not None:
        _continue(now)
    cases, own = st.columns([2.2, 1], gap="large")
    with cases:
        _cases()
    with own:
        intake.show()
    projects.show()


def _continue(now: Desk) -> None:
    following = next(
        (s for s in STAGES if state_of(now.project, s.key) not in ("measured", "attention")), None
    )
    key = following.key if following else "document"
    title = following.title if following else "Design document"
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Continue** · {projects.shown(now.project.name)}")
        st.page_link(
            shell.page_of(key), label=f"Go on with {title}", icon=":material/arrow_forward:"
        )


def _cases() -> None:
    st.subheader("Walk a real case", anchor=False)
    st.caption("Filled in, then measured before your eyes. Change anything and measure again.")
    found = samples.cases()
    for start in range(0, len(found), 2):
        for column, case in zip(st.columns(2), found[start : start + 2], strict=False):
            with column:
                _case(case)
    started = memory.forget("home:started")
    if started:
        shell.go(started, "framing")


def _case(case: Case) -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{case.title}** :gray-badge[{SHORT[case.task]}]")
        st.markdown(case.sentence)
        st.caption(f"{case.rows:,} rows · {case.licence}")
        st.button(
            "Walk this case",
            key=f"case:{case.key}",
            type="primary" if case.place == 1 else "secondary",
            icon=":material/directions_walk:",
            on_click=_walk,
            args=(case.key,),
        )


def _walk(key: str) -> None:
    from app import workshop

    project = workshop.case_project(key)
    project_id = desk.create(project)
    now = Desk(project_id, project, 1)
    wait.start(now)
    memory.remember("home:started", project_id)
