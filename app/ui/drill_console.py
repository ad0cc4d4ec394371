"""The console of a running drill: clock, harm, what happened, and everything that can be done."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.incidents.moves import MOVES
from app.record.number import readable
from app.stages.drills.code import read_code
from app.stages.drills.debrief import words_of
from app.stages.drills.difficulty import LEVELS
from app.stages.drills.event import (
    DECLARE_MINUTES,
    MESSAGE_MINUTES,
    ORDER_MINUTES,
    SEVERITIES,
    SNAPSHOT_MINUTES,
    Event,
)
from app.stages.drills.hints import MOST_HINTS, hint_of
from app.stages.drills.messages import SIGNS, signs_of
from app.stages.drills.state import FOREVER, State, Taken
from app.ui import draw, drill_beliefs, drill_looks, drill_room, memory, results
from app.ui.drill_room import Room

TICK_S = 5.0
TICK_MINUTES = 5.0
NEWEST = 8


def show(room: Room) -> None:
    """Draw the console."""
    _head(room)
    _opening(room)
    _live(room)
    main, side = st.columns([5, 2], gap="large")
    with main:
        looks, moves, beliefs, messages = st.tabs(
            [
                ":material/search: Look",
                ":material/build: Act",
                ":material/help: Hypotheses",
                ":material/campaign: Messages",
            ]
        )
        with looks:
            drill_looks.show(room)
        with moves:
            _moves(room)
        with beliefs:
            drill_beliefs.show(room)
        with messages:
            _messages(room)
    with side:
        _lead(room)
        _events(room)
        _hints(room)


def write(room: Room, kind: str, minutes: float = 0.0, **more: Any) -> None:
    """Write an event at the minute the clock shows."""
    event = Event.model_validate(
        {"minute": room.state.minute, "kind": kind, "minutes": minutes, **more}
    )
    drill_room.add(room.now.id, room.drill.id, event)


def _head(room: Room) -> None:
    state = room.state
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(f"#### :material/schedule: {room.ground.clock(state.minute)}")
        st.markdown(f":gray[minute {state.minute:,.0f} of {room.ground.horizon:,.0f}]")
        st.markdown(_meter(room, state))
        st.markdown(f"`{room.drill.code}`", help="Pass it on: the same code is the same drill.")
        st.button(
            "Lobby",
            icon=":material/pause:",
            key="drill:lobby",
            help="The drill waits: no time passes while you are away.",
            on_click=drill_room.go,
            args=(room.now.id,),
        )


def _meter(room: Room, state: State) -> str:
    """Return the harm as far as anybody can know it by now."""
    late = LEVELS[read_code(room.drill.code).difficulty].meter_late
    currency = draw.plain(results.currency_of(room.now))
    if late == FOREVER:
        return ":gray-badge[:material/visibility_off: harm: nobody knows yet]"
    known = max(0.0, state.minute - late)
    harm = room.ground.before.plus(state.harm(known))
    words = f"{readable(harm.value)} {currency} lost"
    spread = f" ({readable(harm.low)} to {readable(harm.high)})"
    suffix = f", as of {late:.0f} minutes ago" if late else ""
    return f":red-badge[:material/local_fire_department: {words}]{spread}{suffix}"


def _opening(room: Room) -> None:
    icon = {"alert": ":material/notifications_active:", "complaint": ":material/feedback:"}
    st.info(
        draw.plain(room.ground.opening),
        title=f"{room.ground.source.capitalize()} · {room.ground.clock(0)} ({room.ground.started})",
        icon=icon.get(room.ground.source, ":material/forum:"),
    )


def _live(room: Room) -> None:
    name = room.name("live")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        on = st.toggle(
            "Live",
            key=name,
            help="One second is one minute, while this page is open. Off: time passes only by what "
            "you do.",
        )
        waits = (("10 min", 10.0), ("1 hour", 60.0), ("4 hours", 240.0), ("1 day", 1440.0))
        for label, minutes in waits:
            st.button(
                f"Wait {label}",
                key=f"drill:wait:{label}",
                shortcut="w" if minutes == waits[0][1] else None,
                on_click=write,
                args=(room, "wait", minutes),
            )
    if on:
        _tick(room.now.id, room.drill.id)


@st.fragment(run_every=TICK_S)
def _tick(project_id: str, drill_id: str) -> None:
    """Let time pass while the page is open: once drawn, each further run is a few minutes."""
    name = f"drill:{drill_id}:ticked"
    last = memory.recall(name, 0) + 1
    memory.remember(name, last)
    st.caption(":material/play_arrow: The clock runs.")
    # The first run only draws the fragment.
    if last > 1:
        memory.remember(name, 0)
        drill_room.tick(project_id, drill_id, TICK_MINUTES)
        st.rerun(scope="app")


def _lead(room: Room) -> None:
    """Declare, keep the evidence, close."""
    state = room.state
    st.markdown("**Lead the incident**")
    said = state.declared.key if state.declared and state.declared.key in SEVERITIES else None
    picked = st.selectbox(
        "Is it an incident?",
        list(SEVERITIES),
        index=list(SEVERITIES).index(said) if said else None,
        key=room.name(f"severity:{len(room.drill.events)}"),
        format_func=SEVERITIES.__getitem__,
        placeholder="Choose a severity",
        label_visibility="collapsed",
    )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Declare",
            key="drill:declare",
            disabled=picked is None or picked == said,
            on_click=write,
            args=(room, "declare", DECLARE_MINUTES),
            kwargs={"key": picked or ""},
        )
        st.button(
            "Evidence kept" if state.snapshot else "Keep evidence",
            key="drill:snapshot",
            icon=":material/check:" if state.snapshot else ":material/inventory_2:",
            disabled=state.snapshot is not None,
            shortcut="k",
            help=f"Sets log, settings and a sample aside, in {SNAPSHOT_MINUTES:.0f} minutes: "
            "a change overwrites them.",
            on_click=write,
            args=(room, "snapshot", SNAPSHOT_MINUTES),
        )
        with st.popover("Close …", icon=":material/flag:"):
            st.markdown(
                "Close when the cause is gone and a look has shown it. What still runs then goes on "
                f"to the end of day {room.ground.horizon / 1440:.0f}."
            )
            st.button(
                "Close the incident",
                key="drill:close",
                type="primary",
                on_click=write,
                args=(room, "close"),
            )


def _events(room: Room) -> None:
    st.markdown("**What happened**")
    events = [e for e in room.drill.events if e.kind != "hypotheses"]
    if not events:
        st.caption("Nothing yet. Look first?")
    for event in list(reversed(events))[:NEWEST]:
        title, detail = words_of(event)
        if event.kind == "wait":
            detail = f"{event.minutes:,.0f} minutes"
        more = f" · {draw.plain(detail[:60])}" if detail else ""
        st.caption(f"{room.ground.clock(event.minute)} · **{draw.plain(title)}**{more}")


def _hints(room: Room) -> None:
    state = room.state
    with st.expander(f"Hints ({len(state.hints)} taken)", icon=":material/lightbulb:"):
        for number in range(1, len(state.hints) + 1):
            st.markdown(draw.plain(hint_of(room.ground, number)))
        st.button(
            "A hint (takes a tenth of the score)",
            key="drill:hint",
            disabled=len(state.hints) >= MOST_HINTS,
            on_click=write,
            args=(room, "hint"),
        )
        st.button(
            "Give up: show the cause",
            key="drill:reveal",
            help="The drill then counts as studied, not as completed.",
            on_click=_reveal,
            args=(room,),
        )


def _reveal(room: Room) -> None:
    at = room.state.minute
    drill_room.add(
        room.now.id,
        room.drill.id,
        Event(minute=at, kind="reveal"),
        Event(minute=at, kind="close"),
    )


def _moves(room: Room) -> None:
    state = room.state
    st.caption(
        f"An order takes {ORDER_MINUTES:.0f} minutes; then it takes effect while you go on looking."
    )
    held = {t.move: t for t in state.taken if t.lifted == FOREVER}
    keys = list(MOVES)
    for start in range(0, len(keys), 2):
        columns = st.columns(2, gap="small")
        for column, key in zip(columns, keys[start : start + 2], strict=False):
            with column, st.container(border=True, gap="xsmall"):
                _move(room, key, held.get(key))


def _move(room: Room, key: str, taken: Taken | None) -> None:
    move = MOVES[key]
    undo = ":green-badge[can be undone]" if move.reversible else ":red-badge[cannot be undone]"
    st.markdown(f"**{move.title}** {undo}", help=move.words)
    st.caption(f"Works after {_duration(move.minutes)} · touches {move.radius}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if taken is None:
            st.button(
                "Order",
                key=f"drill:act:{key}",
                on_click=write,
                args=(room, "act", ORDER_MINUTES),
                kwargs={"key": key},
            )
            return
        at_work = taken.works <= room.state.minute
        color, words = ("green", "at work since") if at_work else ("orange", "works from")
        st.markdown(f":{color}-badge[{words} {room.ground.clock(taken.works)}]")
        if move.reversible and key != "leave_alone":
            st.button(
                "Take back",
                key=f"drill:lift:{key}",
                on_click=write,
                args=(room, "lift", ORDER_MINUTES),
                kwargs={"key": key},
            )


def _duration(minutes: float) -> str:
    if minutes >= 2880:
        return f"{minutes / 1440:.0f} days"
    if minutes >= 120:
        return f"{minutes / 60:.0f} hours"
    return f"{minutes:.0f} minutes" if minutes else "no time at all"


def _messages(room: Room) -> None:
    st.caption(
        "Stakeholders want three things: " + "; ".join(SIGNS.values()) + ". The first news is due "
        "within 15 minutes, then every 30 until it is contained, then every 4 hours."
    )
    for event in room.state.messages:
        shown = len(signs_of(event.text))
        st.markdown(
            f":gray[{room.ground.clock(event.minute)}] {draw.plain(event.text)} "
            f":gray-badge[{shown} of {len(SIGNS)} signs]"
        )
    name = room.name(f"message:{len(room.state.messages)}")
    st.text_area("Message to the stakeholders", key=name, max_chars=600, height=100)
    st.button(
        f"Send ({MESSAGE_MINUTES:.0f} minutes)",
        key="drill:send",
        icon=":material/send:",
        on_click=_send,
        args=(room, name),
    )


def _send(room: Room, name: str) -> None:
    words = str(memory.recall(name) or "").strip()
    if words:
        write(room, "message", MESSAGE_MINUTES, text=words)
