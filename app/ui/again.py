"""Everything measured again in a clean process, from the page: the button and what came out."""

from __future__ import annotations

from concurrent.futures import CancelledError
from typing import Any

import streamlit as st

from app.again import measured_again, recorded_keys
from app.jobs import executor
from app.record.agreement import APART, STATES
from app.stages.road import BY_KEY
from app.ui import desk, draw, memory, wait
from app.ui.desk import Desk

SHOWN = 12


def show(now: Desk) -> None:
    """Draw the button that measures everything again, and the verdict of the last time."""
    with st.container(border=True):
        st.subheader("Measured again in a clean environment", anchor=False)
        st.caption(
            "A fresh process with an empty home measures every stage that is fresh once more and "
            "compares each number, table, picture and sentence. Your project is not changed. The "
            "same without a browser: python3 -m app again project.json"
        )
        fresh = recorded_keys(now.project)
        st.button(
            "Measure again, clean",
            icon=":material/replay:",
            key="again:start",
            disabled=not fresh or wait.live(now.id) is not None,
            help="Takes as long as measuring everything did."
            if fresh
            else "Nothing fresh to compare with: measure first.",
            on_click=_start,
            args=(now.id,),
        )
        found = _found(now.id)
        if found is not None:
            _verdict(found)


def _start(project_id: str) -> None:
    if wait.live(project_id) is not None:
        return
    job = executor().submit_with(measured_again, (desk.store().url, project_id), owner=project_id)
    memory.remember(f"job:{project_id}", job.id)
    memory.remember(f"again:{project_id}", job.id)


def _found(project_id: str) -> dict[str, Any] | None:
    """Return what came out, None while it runs, was cancelled or failed (which is told above)."""
    job = executor().find(memory.recall(f"again:{project_id}", ""))
    if job is None or not job.done():
        return None
    try:
        return dict(job.result(timeout=0))
    except (CancelledError, Exception):
        # Told at the head of the page, where every job ends.
        return None


def _verdict(found: dict[str, Any]) -> None:
    if found["same"]:
        st.markdown(":green-badge[:material/check_circle: The same] Everything came out the same.")
    else:
        st.markdown(":red-badge[:material/block: Not the same] See below what differs.")
    for key, stage in found["stages"].items():
        counts = [f"{n} {STATES[s]}" for s, n in stage["counts"].items()]
        color = "green" if stage["same"] else "red"
        title = BY_KEY[key].title
        st.markdown(f":{color}[**{draw.plain(title)}**] {draw.plain(', '.join(counts))}")
        odd = [fact for fact in stage["facts"] if fact["state"] in (*APART, "within")]
        for fact in odd[:SHOWN]:
            words = f"{fact['kind']} {fact['label']}: {STATES[fact['state']]}"
            if fact["kind"] == "measure":
                words += f" ({fact['recorded']} recorded, {fact['again']} again)"
            st.caption(draw.plain(words))
        for name, (old, new) in stage["packages"].items():
            st.caption(draw.plain(f"{name}: {old} recorded, {new} again"))
