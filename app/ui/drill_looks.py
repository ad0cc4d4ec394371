"""Looking: choose where, pay the minutes, see what was known by then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app.incidents.looks import LOOKS
from app.record.chart import Chart
from app.record.table import Table
from app.stages.drills.event import Event
from app.stages.drills.looks.words import TABLES, WHO, examples
from app.ui import chart, draw, drill_room, memory, results
from app.ui.drill_room import Room

SLICES_SHOWN = 40


def show(room: Room) -> None:
    """Let the user choose a look, and draw the one that was taken last or is turned back to."""
    name = room.name("look")
    picked = st.pills(
        "Where do you look?",
        list(LOOKS),
        key=name,
        format_func=lambda key: f"{LOOKS[key].title} · {LOOKS[key].minutes} min",
    )
    if picked:
        key = str(picked)
        st.caption(draw.plain(LOOKS[key].words))
        text = _asked(room, key)
        st.button(
            f"Look ({LOOKS[key].minutes} minutes)",
            key="drill:take",
            icon=":material/visibility:",
            type="primary",
            shortcut="l",
            on_click=_look,
            args=(room, key, text),
        )
    _taken(room)


def _asked(room: Room, key: str) -> str:
    """Return the name of the field that holds what the look asks for; empty without one."""
    name = room.name(f"ask:{key}")
    if key == "ask_colleague":
        st.selectbox("Whom?", list(WHO), key=name, format_func=WHO.__getitem__)
        return name
    if key == "slice_view":
        st.selectbox("By which column?", list(room.columns[:SLICES_SHOWN]), key=name)
        return name
    if key == "log_query":
        if name not in memory.names():
            memory.remember(name, examples(room.columns)[0])
        with st.container(horizontal=True, gap="small"):
            for place, query in enumerate(examples(room.columns), start=1):
                st.button(
                    f"Example {place}",
                    key=f"drill:example:{place}",
                    on_click=memory.remember,
                    args=(name, query),
                )
        st.text_area("SQL", key=name, height=130, max_chars=4000)
        with st.expander("Tables and columns"):
            for table, words in TABLES.items():
                st.markdown(f"`{table}`: {draw.plain(words)}")
            st.code(
                ", ".join(("request", "day", "minute", *ANSWERED, *room.columns)), language=None
            )
        return name
    return ""


ANSWERED = (
    "prediction",
    "acted",
    "answered_by",
    "version",
    "replica",
    "latency_ms",
    "charge",
    "waits_hours",
    "label",
    "cost",
)


def _look(room: Room, key: str, asked: str) -> None:
    text = str(memory.recall(asked) or "") if asked else ""
    event = Event(
        minute=room.state.minute, kind="look", key=key, text=text, minutes=LOOKS[key].minutes
    )
    memory.remember(room.name("shown"), len(room.drill.events))
    drill_room.add(room.now.id, room.drill.id, event)


def _taken(room: Room) -> None:
    """Draw one of the looks that were taken, as it was at its minute."""
    events = enumerate(room.drill.events)
    places = [i for i, event in events if event.kind == "look" and event.key in LOOKS]
    if not places:
        return
    at = memory.recall(room.name("shown"))
    at = at if at in places else places[-1]
    event = room.drill.events[at]
    st.divider()
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        st.markdown(f"**{LOOKS[event.key].title}** :gray[seen at {room.ground.clock(event.ends)}]")
    with right:
        _earlier(room, places, at)
    drawn(room, drill_room.looked(room, at + 1, event.key, event.text), f"look:{at}")


def _earlier(room: Room, places: list[int], at: int) -> None:
    name = room.name("shown:pick")
    memory.follow(name, at)

    def label(place: int) -> str:
        event = room.drill.events[place]
        return f"{room.ground.clock(event.minute)} · {LOOKS[event.key].title}"

    st.selectbox(
        "Looks taken",
        places,
        key=name,
        format_func=label,
        label_visibility="collapsed",
        on_change=lambda: memory.remember(room.name("shown"), memory.recall(name)),
    )


def drawn(room: Room, found: Mapping[str, Any], key: str) -> None:
    """Draw what a look shows: pictures, then words, then tables."""
    if "job" in found:
        drill_room.wait(room.now.id, str(found["job"]))
        return
    if "error" in found:
        st.warning(draw.plain(str(found["error"])))
        return
    for name, words in found["words"].items():
        (st.warning if name == "trouble" else st.markdown)(draw.plain(str(words)))
    charts = [Chart.model_validate(item) for item in found["charts"]]
    for start in range(0, len(charts), 2):
        columns = st.columns(2, gap="medium") if len(charts) > 1 else [st.container()]
        for column, item in zip(columns, charts[start : start + 2], strict=False):
            with column:
                chart.show(item, key=f"drill:{room.drill.id}:{key}:{item.key}")
    for item in found["tables"]:
        table = Table.model_validate(item)
        currency = results.currency_of(room.now)
        draw.table(table, currency, key=f"drill:{room.drill.id}:{key}:{table.key}")
