"""The repository of the project as a download."""

from __future__ import annotations

from concurrent.futures import TimeoutError as TooSlow

import streamlit as st

from app.exporting.export import zip_of_json
from app.jobs import executor
from app.record.digest import digest
from app.record.project import Project
from app.stages.road import BY_KEY, fresh
from app.ui import desk, draw, memory

NEEDED = ("data", "baselines")
PATIENCE_S = 300


def show(now: desk.Desk) -> None:
    """Offer the starter repository: what is in it, and one archive."""
    with st.container(border=True):
        st.markdown("**Starter repository**")
        st.markdown(
            "Everything to run this model without Groundwork: training with one command, service, "
            "batch job, monitoring, tests, container, runbook and this document. `make test` shows "
            "that it answers to the last bit as measured here."
        )
        stale = [BY_KEY[key].title for key in NEEDED if not fresh(now.project, key)]
        if stale:
            st.markdown(f"It can be made once {' and '.join(stale)} are measured.")
            return
        with_data = st.toggle(
            "Include the training table",
            value=True,
            key="export:with_data",
            help="Leave it out when the rows must stay with you. A few dozen rows stay in either "
            "way: they prove that the model answers as measured.",
        )
        st.button(
            "Make the repository",
            key="export:make",
            icon=":material/folder_zip:",
            on_click=_make,
            args=(now, with_data),
        )
        _download(now, with_data)


def _asked(now: desk.Desk, with_data: bool) -> str:
    """Return what an archive is made of: another project, another archive."""
    return digest([now.project.to_json(), with_data])


def _make(now: desk.Desk, with_data: bool) -> None:
    memory.remember(f"export:asked:{now.id}", _asked(now, with_data))


def _download(now: desk.Desk, with_data: bool) -> None:
    asked = _asked(now, with_data)
    if memory.recall(f"export:asked:{now.id}") != asked:
        return
    try:
        with st.spinner("Writing model, code and documents"):
            folder, data = _made(asked, now.project, with_data)
    except Exception as error:
        # Whatever a worker met, in its own words.
        st.error(f"It cannot be made: {draw.plain(str(error))}", icon=":material/error:")
        return
    st.download_button(
        f"Download {folder}.zip ({len(data) / 1e6:.1f} MB)",
        data=data,
        file_name=f"{folder}.zip",
        mime="application/zip",
        icon=":material/download:",
        type="primary",
        key="export:download",
        on_click="ignore",
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _made(asked: str, _project: Project, with_data: bool) -> tuple[str, bytes]:
    """Make an archive once, in a worker."""
    words = (_project.to_json(), with_data)
    job = executor().submit_with(zip_of_json, words, owner="export", time_limit_s=PATIENCE_S)
    try:
        found: tuple[str, bytes] = job.result(timeout=PATIENCE_S)
    except TooSlow:
        job.cancel()
        raise
    return found
