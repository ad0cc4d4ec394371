"""What the user would do in each incident."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.incidents import INCIDENTS, MOVES
from app.stages.monitoring import STAGE
from app.stages.monitoring.catalogue import ACTIONS
from app.ui import desk, draw, memory
from app.ui.desk import Desk

BADGES: Mapping[str, str] = {
    "ends": ":green-badge[:material/check: Ends it]",
    "contains": ":green-badge[:material/check: Keeps the harm away]",
    "nothing": ":orange-badge[Think again: changes nothing]",
    "worse": ":red-badge[:material/warning: Makes it worse]",
}


def plan(now: Desk) -> None:
    """Ask for a move in each injected incident."""
    st.subheader("What would you do?", anchor=False)
    st.caption(
        "Say it before you look it up: retraining on broken data is worse than the incident."
    )
    chosen = STAGE.chosen(now.project)
    for start in range(0, len(chosen.incidents), 2):
        columns = st.columns(2, gap="medium")
        for column, key in zip(columns, chosen.incidents[start : start + 2], strict=False):
            if key in INCIDENTS:
                with column, st.container(border=True):
                    _move(now, key, dict(chosen.plan).get(key))


def _move(now: Desk, key: str, action: str | None) -> None:
    incident = INCIDENTS[key]
    st.markdown(f"**{draw.plain(incident.title)}**")
    st.caption(draw.plain(incident.symptom))
    name = f"plan:{now.id}:{key}"
    memory.follow(name, action if action in ACTIONS else None)
    st.selectbox(
        "Your move",
        list(ACTIONS),
        index=None,
        key=name,
        format_func=lambda option: MOVES[option].title,
        placeholder="Choose a move",
        on_change=_save,
        args=(now.id, key, name),
    )
    if action:
        _verdict(key, action)


def _verdict(key: str, action: str) -> None:
    incident = INCIDENTS[key]
    effect = incident.effect(action)
    right = effect in ("ends", "contains")
    words = incident.remedy if right else ACTIONS[action]
    st.markdown(f"{BADGES[effect]} {draw.plain(words)}")


def _save(project_id: str, key: str, name: str) -> None:
    now = desk.current()
    if now is None or now.id != project_id:
        return
    moves = dict(now.project.answers.get("monitoring", {}).get("plan", {}))
    chosen = memory.recall(name)
    if chosen:
        moves[key] = chosen
    else:
        moves.pop(key, None)
    desk.save(now, now.project.answered("monitoring", {"plan": moves}), f"Move in {key}")
