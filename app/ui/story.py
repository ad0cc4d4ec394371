"""The story of a shipped case: what can trap you, what really happened, and its datasheet."""

from __future__ import annotations

import streamlit as st

from app.store import samples
from app.ui import draw
from app.ui.desk import Desk


def show(now: Desk) -> None:
    """Draw the story, folded away; a table of one's own has none."""
    if now.project.data.source != "case":
        return
    try:
        case = samples.case(now.project.data.key)
    except samples.UnknownCase:
        return
    with st.expander(f"The story of this case: {case.title}", icon=":material/menu_book:"):
        traps, incidents, sheet = st.tabs(["Traps", "What really happened", "Datasheet"])
        with traps:
            for trap in case.traps:
                st.markdown(f"**{draw.plain(trap.title)}.** {draw.plain(trap.text)}")
        with incidents:
            for incident in case.incidents:
                day = f":gray-badge[{incident.date}] " if incident.date else ""
                st.markdown(f"{day}**{draw.plain(incident.title)}.** {draw.plain(incident.text)}")
        with sheet:
            st.markdown(case.datasheet().split("\n", 1)[1])
