"""Load on the live model: how many requests, how they went, and how long answers took."""

from __future__ import annotations

from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

import streamlit as st

from app.jobs import Job, executor
from app.live.address import Address
from app.live.load import (
    MOST_CONNECTIONS,
    MOST_RATE,
    MOST_SECONDS,
    Load,
    make_load,
)
from app.ui import chart, draw, memory, results
from app.ui.desk import Desk

if TYPE_CHECKING:
    from app.live.model import LiveModel

SPARE_S = 60


def show(now: Desk, address: Address, model: LiveModel) -> None:
    """Draw the settings of a load, its progress, and what came of the last one."""
    if not model.kit.rows:
        st.caption("No held-out row passes the data contract; there is nothing to ask for.")
        return
    job = executor().find(memory.recall(f"live:load:{now.id}") or "")
    _settings(now, address, model, job is not None and not job.done())
    if job is None:
        return
    if not job.done():
        _progress(job.id)
        return
    _done(now, job)


def _settings(now: Desk, address: Address, model: LiveModel, running: bool) -> None:
    first, second, third = st.columns(3, gap="medium")
    rate = first.number_input(
        "Requests a second",
        0,
        MOST_RATE,
        50,
        key="live:rate",
        help="0: as many as possible. At a rate, time counts from when a request was due, so that a "
        "server that falls behind cannot hide it.",
    )
    connections = second.number_input("Connections", 1, MOST_CONNECTIONS, 4, key="live:connections")
    seconds = third.number_input("Seconds", 1, MOST_SECONDS, 5, key="live:seconds")
    st.button(
        "Make load",
        key="live:load",
        type="primary",
        icon=":material/bolt:",
        disabled=running,
        on_click=_start,
        args=(now.id, address, list(model.kit.rows), float(rate), connections, float(seconds)),
        help=f"A worker asks for {len(model.kit.rows):,} held-out rows in turn, over HTTP.",
    )


def _start(
    project_id: str,
    address: Address,
    rows: list[dict[str, object]],
    rate: float,
    connections: int,
    seconds: float,
) -> None:
    words = (address, project_id, rows, rate, connections, seconds)
    job = executor().submit_with(
        make_load, words, owner=f"load:{project_id}", time_limit_s=seconds + SPARE_S
    )
    memory.remember(f"live:load:{project_id}", job.id)


@st.fragment(run_every=0.5)
def _progress(job_id: str) -> None:
    job = executor().find(job_id)
    if job is None or job.done():
        st.rerun(scope="app")
    at = job.progress
    with st.container(border=True):
        st.progress(min(max(at.fraction, 0.0), 1.0), text=at.words or "Waiting for a free worker")
        if st.button("Cancel", icon=":material/stop_circle:", key="live:cancel"):
            job.cancel()
            st.rerun(scope="app")


def _done(now: Desk, job: Job) -> None:
    from app.live.load_report import histogram, measures, trouble

    try:
        load: Load = job.result(timeout=0)
    except CancelledError:
        st.caption("Cancelled; nothing is shown of a load that was cut short.")
        return
    except Exception as error:
        # Whatever a worker met, in its own words.
        st.error(draw.plain(str(error)), title="The load stopped", icon=":material/error:")
        return
    for words in trouble(load):
        st.warning(draw.plain(words), icon=":material/warning:")
    draw.numbers(measures(load), results.currency_of(now), across=3)
    picture = histogram(load)
    if picture is None:
        st.caption("Too few answers for a picture.")
    else:
        chart.show(picture, key=f"live:histogram:{job.id}")
    st.caption(
        "Pages and models share this server's process: somebody who clicks through pages meanwhile is "
        "seen in the tail. An exported service has a process of its own."
    )
