"""The frame around every page: which project is open, the road map, undo, and notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import streamlit as st

from app import PAGES
from app.record.stage import Stage
from app.stages.road import BY_KEY, STAGES, STATE_WORDS, State, findings_of, state_of
from app.ui import desk, draw, memory, wait
from app.ui.desk import Desk

PROJECT = "shell:project"
OPEN = "shell:open"
OPENED = "shell:opened"

STATE_ICONS: Mapping[State, str] = {
    "empty": ":material/radio_button_unchecked:",
    "in_work": ":material/edit:",
    "measured": ":material/check_circle:",
    "stale": ":material/update:",
    "attention": ":material/error:",
}
STATE_COLORS: Mapping[State, str] = {
    "empty": "gray",
    "in_work": "blue",
    "measured": "green",
    "stale": "orange",
    "attention": "red",
}


def page_of(key: str) -> str:
    """Return the file of a page."""
    return str(PAGES / f"{key}.py")


def begin() -> Desk | None:
    """Draw the sidebar and load the open project."""
    with st.sidebar:
        st.page_link(page_of("home"), label="**Groundwork**", icon=":material/foundation:")
        now = _open()
        if now is not None:
            _road(now)
            _steps(now)
    return now


def _open() -> Desk | None:
    projects = desk.store().names()
    wanted = _wanted(projects)
    memory.point_to(wanted)
    if not projects:
        desk.close()
        return None
    memory.follow(PROJECT, wanted)
    labels = _labels(projects)
    st.selectbox(
        "Open project",
        list(projects),
        index=None,
        key=PROJECT,
        format_func=lambda key: labels.get(key, "A project that is gone"),
        placeholder="Choose a project",
        on_change=lambda: memory.remember(OPEN, memory.recall(PROJECT)),
    )
    now = desk.open_project(wanted) if wanted else None
    if now is None:
        desk.close()
    return now


def _labels(projects: Mapping[str, str]) -> dict[str, str]:
    """Return what each project is called in the list: of the same name, no two alike.

    A select box knows its options by their labels only; with two alike it picks the wrong one.
    """
    seen: Counter[str] = Counter()
    labels = {}
    for key, name in projects.items():
        seen[name] += 1
        labels[key] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return labels


def _wanted(projects: Mapping[str, str]) -> str | None:
    """Return the project to open: just chosen, else named by the address, else the one before."""
    named = memory.pointed_to()
    before = memory.recall(OPENED)
    candidates = [memory.forget(OPEN)] if OPEN in memory.names() else []
    if not candidates:
        candidates = [named if named != before else None, before]
    found = next((key for key in candidates if key in projects), None)
    memory.remember(OPENED, found)
    return found


def _road(now: Desk) -> None:
    for number, stage in enumerate(STAGES, start=1):
        state = state_of(now.project, stage.key)
        st.page_link(
            page_of(stage.key),
            label=f"{number} · {stage.title}",
            icon=STATE_ICONS[state],
            help=f"{stage.title}: {STATE_WORDS[state]}",
        )
        if state in ("stale", "attention", "in_work"):
            st.caption(f":{STATE_COLORS[state]}[{STATE_WORDS[state]}]")
    st.page_link(page_of("document"), label="Design document", icon=":material/description:")
    st.page_link(page_of("review"), label="Review & readiness", icon=":material/fact_check:")


def _steps(now: Desk) -> None:
    with st.container(horizontal=True, gap="small"):
        can_undo, can_redo = desk.store().steps(now.id)
        if st.button(
            "Undo", icon=":material/undo:", disabled=not can_undo, key="shell:undo", help="Undo"
        ):
            desk.step(now, back=True)
            st.rerun()
        if st.button(
            "Redo", icon=":material/redo:", disabled=not can_redo, key="shell:redo", help="Redo"
        ):
            desk.step(now, back=False)
            st.rerun()


def go(project_id: str, page: str) -> None:
    """Open a project on a page."""
    memory.remember(OPEN, project_id)
    st.switch_page(page_of(page))


def head(key: str) -> Desk:
    """Draw the head of a stage's page; without an open project, say what to do and stop."""
    stage = BY_KEY[key]
    now = desk.current()
    if now is None:
        _nothing_open(stage.title, stage.question)
        st.stop()
    number = list(BY_KEY).index(key) + 1
    state = state_of(now.project, key)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        st.title(f"{number} · {stage.title}", anchor=False)
        st.markdown(
            f"{stage.question} :{STATE_COLORS[state]}-badge[{STATE_ICONS[state]} "
            f"{STATE_WORDS[state]}] {draw.summary(findings_of(now.project, key))}"
        )
    with right:
        _measure_button(now, stage, state)
    wait.status(now)
    notices(now)
    return now


def _measure_button(now: Desk, stage: Stage, state: State) -> None:
    done = state in ("measured", "attention")
    running = wait.live(now.id) is not None
    st.button(
        "Measured" if done else "Measure again" if state == "stale" else "Measure",
        icon=":material/check:" if done else ":material/straighten:",
        type="secondary" if done else "primary",
        disabled=done or running,
        key=f"measure:{stage.key}",
        width="stretch",
        help="Measures this stage and whatever it needs that is stale."
        if not done
        else "Up to date: change an answer to measure again.",
        on_click=wait.start,
        args=(now, stage.key),
    )


def _nothing_open(title: str, question: str) -> None:
    st.title(title, anchor=False)
    st.markdown(question)
    with st.container(border=True):
        st.markdown("**No project is open.** Walk a real case or bring your own data first.")
        st.page_link(page_of("home"), label="Start a project", icon=":material/arrow_forward:")


def notices(now: Desk) -> None:
    """Draw what another tab did, and the fields both changed."""
    notice = memory.forget(desk.NOTICE)
    if notice:
        st.info(draw.plain(notice), icon=":material/sync:")
    for place, clash in enumerate(desk.clashes()):
        _clash(place, clash)
    _watch(now.id, now.revision)


def _clash(place: int, clash: dict[str, object]) -> None:
    path = clash["path"]
    named = " · ".join(str(part) for part in path[1:]) if isinstance(path, list) else str(path)
    with st.container(border=True):
        st.markdown(f":orange-badge[Two tabs changed the same field] **{draw.plain(named)}**")
        mine, theirs = st.columns(2)
        with mine:
            st.caption("You wrote here")
            st.text(str(clash["mine"]))
            st.button(
                "Keep mine", key=f"clash:{place}:mine", on_click=desk.settle, args=(place, True)
            )
        with theirs:
            st.caption("The other tab wrote (kept for now)")
            st.text(str(clash["theirs"]))
            st.button(
                "Keep theirs",
                key=f"clash:{place}:theirs",
                on_click=desk.settle,
                args=(place, False),
            )


@st.fragment(run_every=desk.POLL)
def _watch(project_id: str, revision: int) -> None:
    now = desk.current()
    if now is None or now.id != project_id:
        return
    if now.revision == revision and desk.newer(now) and wait.live(project_id) is None:
        st.info("This project was changed in another tab.", icon=":material/sync:")
        if st.button("Show the changes", key="shell:refresh"):
            st.rerun(scope="app")


def view(now: Desk, key: str) -> str:
    """Let the user turn between the questions and what was measured."""
    measured = now.project.evidence.get(key) is not None
    name = f"view:{now.id}:{key}"
    if memory.recall(name) is None:
        memory.remember(name, "Results" if measured else "Questions")
    found = st.radio(
        "View", ["Questions", "Results"], key=name, label_visibility="collapsed", horizontal=True
    )
    return str(found or "Questions")


def unmeasured(key: str) -> None:
    """Say what to do on a stage that has not been measured."""
    stage = BY_KEY[key]
    with st.container(border=True):
        st.markdown(
            f"**Nothing measured yet.** Answer the questions, then press **Measure**: "
            f"{stage.question[0].lower()}{stage.question[1:]}"
        )
