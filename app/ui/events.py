"""What really happened in the held-out time: told, added and taken away."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from app.stages.monitoring import STAGE
from app.ui import desk, draw, memory
from app.ui.desk import Desk

EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)


def tell(now: Desk) -> None:
    """Ask for events of the held-out time, which are marked on the timelines."""
    question = STAGE.choices.question("events")
    with st.container(border=True):
        st.subheader(question.label, anchor=False)
        st.caption(question.because)
        for place, event in enumerate(STAGE.chosen(now.project).events):
            _event(now, place, event)
        _add(now)


def _event(now: Desk, place: int, event: Any) -> None:
    words, button = st.columns([6, 1], vertical_alignment="center")
    story = f" · :gray[{draw.plain(event.text)}]" if event.text else ""
    words.markdown(f"**{draw.plain(event.date)}** {draw.plain(event.title)}{story}")
    button.button(
        "Remove",
        key=f"event:{now.id}:{place}:{event.date}:{event.title}",
        help=f"Remove “{event.title}”",
        on_click=_drop,
        args=(now.id, place),
    )


def _add(now: Desk) -> None:
    day, title = f"event:day:{now.id}", f"event:title:{now.id}"
    left, middle, right = st.columns([2, 4, 1], vertical_alignment="bottom")
    left.date_input("Day", value=None, key=day, min_value=EARLIEST, max_value=LATEST)
    middle.text_input("What happened?", key=title, max_chars=120, placeholder="A storm")
    ready = bool(memory.recall(day)) and bool(str(memory.recall(title) or "").strip())
    right.button(
        "Add",
        key=f"event:add:{now.id}",
        disabled=not ready,
        on_click=_put,
        args=(now.id, day, title),
    )


def _put(project_id: str, day: str, title: str) -> None:
    event = {
        "date": memory.recall(day).isoformat(),
        "title": str(memory.recall(title)).strip(),
        "text": "",
        "move": "",
    }
    memory.remember(title, "")
    _save(project_id, [*_told(project_id), event], f"Event: {event['title']}")


def _drop(project_id: str, place: int) -> None:
    kept = [event for number, event in enumerate(_told(project_id)) if number != place]
    _save(project_id, kept, "Event removed")


def _told(project_id: str) -> list[dict[str, str]]:
    now = desk.current()
    if now is None or now.id != project_id:
        return []
    return [event.model_dump() for event in STAGE.chosen(now.project).events]


def _save(project_id: str, events: list[dict[str, str]], summary: str) -> None:
    now = desk.current()
    if now is not None and now.id == project_id:
        desk.save(now, now.project.answered("monitoring", {"events": events}), summary)
