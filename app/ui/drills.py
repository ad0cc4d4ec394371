"""Incident drills on the screen: the lobby, the drill in hand, and what each reflex costs."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.record.stage import Stage
from app.stages.drills.code import PATTERN, CodeError, code_of, read_code
from app.stages.drills.difficulty import LEVELS, axes_of
from app.stages.drills.drill import Drill
from app.ui import (
    chart,
    desk,
    draw,
    drill_console,
    drill_debrief,
    drill_room,
    form,
    memory,
    results,
)
from app.ui.desk import Desk
from app.ui.drill_room import Room

SECTIONS: Mapping[str, str] = {
    "room": "Drill room",
    "reflexes": "What each reflex costs",
    "questions": "Questions",
}
STATUS: Mapping[str, str] = {
    "running": ":blue-badge[:material/play_circle: running]",
    "completed": ":green-badge[:material/check_circle: completed]",
    "studied": ":gray-badge[:material/menu_book: studied]",
}


def show(now: Desk, stage: Stage) -> None:
    """Draw the section the user is in."""
    section = _section(now)
    if section == "questions":
        form.choose(now, stage)
    elif section == "reflexes":
        _reflexes(now, stage)
    else:
        _room(now)


def _section(now: Desk) -> str:
    name = f"drills:section:{now.id}"
    if memory.recall(name) is None:
        memory.remember(name, "room")
    picked = st.segmented_control(
        "Section",
        list(SECTIONS),
        key=name,
        format_func=SECTIONS.__getitem__,
        label_visibility="collapsed",
        required=True,
    )
    return str(picked or "room")


def _reflexes(now: Desk, stage: Stage) -> None:
    found = results.evidence(now, stage)
    if found is None:
        return
    for key in ("stream", "skipped"):
        if sentence := found.words.get(key):
            st.caption(draw.plain(sentence))
    results.headline(
        now, found, ("dearest_incident", "dearest_reflex", "oracle_saves", "score_look_then_act")
    )
    results.judge(now, stage)
    matrix = found.chart("reflexes")
    if matrix is not None:
        chart.show(matrix, key=f"chart:{now.id}:drills:reflexes")
    results.charts(now, found, but=("reflexes",))
    results.tables(now, found)
    results.taken(found)


def _room(now: Desk) -> None:
    drill = drill_room.chosen(now)
    if drill is None:
        _lobby(now)
        return
    room = drill_room.opened(now, drill)
    if isinstance(room, Room):
        if drill.outcome is None:
            drill_console.show(room)
        else:
            drill_debrief.show(room)
    elif "job" in room:
        drill_room.wait(now.id, str(room["job"]))
    elif drill.outcome is not None:
        drill_debrief.kept(now, drill)
    else:
        _gone(now, drill, str(room.get("error", "")))


def _gone(now: Desk, drill: Drill, words: str) -> None:
    st.warning(draw.plain(words), title="This drill cannot go on", icon=":material/block:")
    left, right = st.columns(2)
    with left:
        st.button("Back to the lobby", key="drill:back", on_click=drill_room.go, args=(now.id,))
    with right:
        st.button(
            "Drop this drill",
            key="drill:drop",
            on_click=_drop,
            args=(now.id, drill.id),
            help="Its events are taken off the list; Undo brings them back.",
        )


def _drop(project_id: str, drill_id: str) -> None:
    drill_room.go(project_id)
    drill_room.drop(project_id, drill_id)


def _lobby(now: Desk) -> None:
    from app import drilling

    if not drilling.ready(now.project):
        with st.container(border=True):
            st.markdown(
                "**A drill needs a measured model with its monitors.** Press **Measure** above; the "
                "drill then strikes your own held-out rows."
            )
    else:
        begin, shared = st.columns([3, 2], gap="large")
        with begin:
            _begin(now)
        with shared:
            _shared(now)
    _list(now)


def _begin(now: Desk) -> None:
    st.subheader("Begin a drill", anchor=False)
    st.caption(
        "Something may be wrong in production. Find out what, stop the harm, tell people, mend it. "
        "Time passes only while you look, act or wait."
    )
    name = f"drills:difficulty:{now.id}"
    if memory.recall(name) is None:
        memory.remember(name, "easy")
    picked = str(
        st.segmented_control(
            "Difficulty",
            list(LEVELS),
            key=name,
            format_func=lambda key: LEVELS[key].title,
            required=True,
        )
        or "easy"
    )
    axes = " · ".join(
        f"{what}: **{draw.plain(how)}**" for what, how in axes_of(LEVELS[picked]).items()
    )
    st.markdown(f":small[{axes}]")
    st.button(
        "Begin",
        key="drills:begin",
        type="primary",
        icon=":material/local_fire_department:",
        on_click=_start,
        args=(now.id, picked),
    )


def _start(project_id: str, difficulty: str) -> None:
    now = desk.current()
    if now is not None and now.id == project_id:
        drill_room.start(now, difficulty)


def _shared(now: Desk) -> None:
    st.subheader("Walk a shared one", anchor=False)
    st.caption(
        "The same code on the same project is the same drill: pass it to a class, or walk it again."
    )
    name = f"drills:code:{now.id}"
    example = code_of(now.project.data.title, "medium", 1234).text
    st.text_input("Code", key=name, placeholder=example, max_chars=40)
    st.button("Walk it", key="drills:walk", on_click=_walk, args=(now.id, name))
    if trouble := memory.recall(f"{name}:error"):
        st.error(draw.plain(str(trouble)))


def _walk(project_id: str, name: str) -> None:
    now = desk.current()
    if now is None or now.id != project_id:
        return
    memory.forget(f"{name}:error")
    try:
        code = read_code(str(memory.recall(name) or ""))
    except CodeError as error:
        memory.remember(f"{name}:error", str(error))
        return
    mine = code_of(now.project.data.title, code.difficulty, code.seed)
    if mine.data != code.data:
        memory.remember(
            f"{name}:error",
            f"That code belongs to a project on {code.data!r}; here it would be {mine.text}.",
        )
        return
    drill_room.start(now, code.difficulty, mine)


def _list(now: Desk) -> None:
    drills = drill_room.drills_of(now)
    if not drills:
        return
    st.subheader("Drills", anchor=False)
    for drill in reversed(drills):
        _line(now, drill)


def _line(now: Desk, drill: Drill) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(f"**{draw.plain(drill.code)}** {STATUS[drill.status]}")
        if drill.outcome is not None:
            total = drill.outcome.score.total
            st.markdown(f"Score **{total:.0%}** · {draw.plain(drill.outcome.title)}")
        st.caption(f"{len(drill.events)} events · {drill.started_at[:16].replace('T', ' ')}")
        st.button(
            "Resume" if drill.outcome is None else "Debrief",
            key=f"drills:open:{drill.id}",
            on_click=drill_room.go,
            args=(now.id, drill.id),
        )
        if drill.outcome is not None:
            st.button(
                "Again",
                key=f"drills:again:{drill.id}",
                help="The same seed from the start.",
                disabled=PATTERN.fullmatch(drill.code) is None,
                on_click=_again,
                args=(now.id, drill.code),
            )


def _again(project_id: str, code: str) -> None:
    now = desk.current()
    if now is not None and now.id == project_id:
        read = read_code(code)
        drill_room.start(now, read.difficulty, read)
