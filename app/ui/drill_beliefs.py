"""What one thinks is wrong, and how sure one is of it."""

from __future__ import annotations

import streamlit as st

from app.incidents import INCIDENTS
from app.stages.drills.event import MOST_CAUSES, Event, trouble_of
from app.ui import draw, drill_room, memory
from app.ui.drill_room import Room


def show(room: Room) -> None:
    """Ask for up to three causes with their probabilities; it takes no time."""
    st.caption(
        "Up to three causes, and how likely each is. What is left to 100 % is spread over all the "
        "others. The last before your first order and the last of all are scored."
    )
    state = room.state
    held = dict(state.beliefs[-1].shares) if state.beliefs else {}
    ranked = sorted(held, key=lambda cause: -held[cause])
    names = []
    for place in range(MOST_CAUSES):
        cause = ranked[place] if place < len(ranked) else None
        names.append(_one(room, place, cause, held.get(cause, 0.0) if cause else 0.0))
    trouble = memory.recall(room.name("beliefs:error"))
    if trouble:
        st.error(draw.plain(str(trouble)))
    st.button(
        "Write down",
        key="drill:believe",
        icon=":material/edit_note:",
        type="primary",
        on_click=_save,
        args=(room, tuple(names)),
    )
    if held:
        words = " · ".join(f"{INCIDENTS[c].title} {held[c]:.0%}" for c in ranked if c in INCIDENTS)
        st.caption(
            f"Written down at {room.ground.clock(state.beliefs[-1].minute)}: {draw.plain(words)}"
        )


def _one(room: Room, place: int, cause: str | None, share: float) -> tuple[str, str]:
    what, how = room.name(f"cause:{place}"), room.name(f"share:{place}")
    if memory.recall(how) is None:
        memory.remember(how, round(100 * share))
    if what not in memory.names():
        memory.remember(what, cause)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        st.selectbox(
            f"Cause {place + 1}",
            list(room.ground.causes),
            index=None,
            key=what,
            format_func=lambda key: INCIDENTS[key].title if key in INCIDENTS else key,
            placeholder="Nothing yet",
        )
    with right:
        st.slider(f"How likely is cause {place + 1}?", 0, 100, key=how, step=5, format="%d %%")
    return what, how


def _save(room: Room, names: tuple[tuple[str, str], ...]) -> None:
    shares: dict[str, float] = {}
    for what, how in names:
        cause, share = memory.recall(what), float(memory.recall(how) or 0) / 100
        if cause and share > 0:
            shares[str(cause)] = shares.get(str(cause), 0.0) + share
    trouble = trouble_of(shares)
    memory.remember(room.name("beliefs:error"), trouble)
    if not trouble:
        at = room.state.minute
        event = Event(minute=at, kind="hypotheses", shares=shares)
        drill_room.add(room.now.id, room.drill.id, event)
