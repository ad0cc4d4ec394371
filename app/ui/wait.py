"""Waiting for a measurement: progress in words, a button that really stops it."""

from __future__ import annotations

from concurrent.futures import CancelledError
from typing import Any

import streamlit as st

from app.jobs import executor
from app.ui import desk, draw, memory
from app.ui.desk import Desk

ERROR = "wait:error"
DONE = "wait:done"


def start(now: Desk, key: str | None = None) -> None:
    """Hand the measuring of what is stale to a worker, one job a project at a time."""
    from app.work import measure_project

    if live(now.id) is not None:
        return
    memory.forget(f"{ERROR}:{now.id}")
    job = executor().submit_with(measure_project, (desk.store().url, now.id, key), owner=now.id)
    memory.remember(f"job:{now.id}", job.id)


def live(project_id: str) -> Any:
    """Return the running or queued job of a project, whichever tab started it."""
    jobs = executor().jobs(project_id)
    return jobs[0] if jobs else None


def status(now: Desk) -> None:
    """Draw the progress of the project's job; draw the page anew when it ends."""
    job = live(now.id)
    if job is not None:
        memory.remember(f"job:{now.id}", job.id)
        _progress(now.id, job.id)
        return
    _ended(now)
    message = memory.recall(f"{ERROR}:{now.id}")
    if message:
        st.error(draw.plain(message), title="The measurement stopped", icon=":material/error:")
        if st.button("Understood", key="wait:understood"):
            memory.forget(f"{ERROR}:{now.id}")
            st.rerun()


@st.fragment(run_every=0.5)
def _progress(project_id: str, job_id: str) -> None:
    job = executor().find(job_id)
    if job is None or job.done():
        st.rerun(scope="app")
    at = job.progress
    with st.container(border=True):
        st.progress(min(max(at.fraction, 0.0), 1.0), text=at.words or "Waiting for a free worker")
        if st.button("Cancel", icon=":material/stop_circle:", key="wait:cancel"):
            job.cancel()
            memory.remember(f"{ERROR}:{project_id}", "")
            st.rerun(scope="app")


def _ended(now: Desk) -> None:
    job_id = memory.forget(f"job:{now.id}")
    job = executor().find(job_id) if job_id else None
    if job is None or not job.done():
        return
    try:
        job.result(timeout=0)
    except CancelledError:
        memory.remember(desk.NOTICE, "Cancelled. What was measured before it is kept.")
    except Exception as error:
        memory.remember(f"{ERROR}:{now.id}", str(error) or type(error).__name__)
