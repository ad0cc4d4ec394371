"""Bring your data: upload, look, say what is predicted, start."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.jobs import executor
from app.record.project import DataRef
from app.record.task import TASKS
from app.ui import desk, draw, memory, shell

TAKEN = "intake:taken"
NONE = "None"


def show() -> None:
    """Draw the upload and, once a table is in, the questions about its columns."""
    st.subheader("Bring your data", anchor=False)
    st.caption("CSV or Parquet, up to 200 MB, two million rows, 500 columns. It stays here.")
    found = st.file_uploader("Your table", type=["csv", "tsv", "txt", "parquet"], key="intake:file")
    if found is None:
        memory.forget(TAKEN)
        return
    taken = memory.recall(TAKEN)
    if not taken or taken["file_id"] != found.file_id:
        taken = _take(found)
        memory.remember(TAKEN, taken)
    if "error" in taken:
        st.error(draw.plain(taken["error"]), title="This file cannot be used yet")
        return
    _roles(taken)


def _take(found: Any) -> dict[str, Any]:
    from app.workshop import take_in

    with st.spinner("Reading and checking the file"):
        job = executor().submit(take_in, found.getvalue(), found.name)
        try:
            taken: dict[str, Any] = job.result(timeout=300)
        except Exception as error:
            # Any file can be brought, and readers fail in many ways: the page tells and stays.
            return {"file_id": found.file_id, "error": str(error)}
    return {**taken, "file_id": found.file_id}


def _roles(taken: dict[str, Any]) -> None:
    ref = DataRef.model_validate(taken["ref"])
    names = list(ref.names())
    st.markdown(f"**{ref.rows:,} rows, {len(names)} columns.**")
    for note in ref.notes:
        st.caption(f":material/info: {draw.plain(note)}")
    target = st.selectbox(
        "Which column is predicted?",
        names,
        index=None,
        key="intake:target",
        placeholder="Choose the target",
    )
    if target is None:
        return
    guess = taken["tasks"][target]
    st.caption(draw.plain(guess["reason"]))
    if guess["task"] is None:
        st.error("This column cannot be a target yet; choose another one.")
        return
    task = _task(guess["task"], target)
    left, right = st.columns(2)
    with left:
        time = st.selectbox("Time of the decision", [NONE, *taken["dates"]], key="intake:time")
    with right:
        group = st.selectbox("What comes back (group)", [NONE, *names], key="intake:group")
    query = NONE
    if task == "ranking":
        query = st.selectbox(
            "Which column names the list that items are ranked in?",
            [NONE, *names],
            key="intake:query",
        )
    rest = [n for n in names if n not in (target, time, query)]
    known = st.multiselect(
        "Known when the decision is made",
        rest,
        default=rest,
        key=f"intake:known:{target}:{time}",
        help="Take out whatever is filled in later. The data stage measures what looks leaky.",
    )
    if st.button("Start the project", type="primary", key="intake:start", disabled=not known):
        columns = {"time": time, "group": group, "query": query}
        roles = {role: "" if name == NONE else name for role, name in columns.items()}
        _start(ref, {"target": target, "task": task, "known": known, **roles})


def _task(guess: str, target: str) -> str:
    """Ask which kind of prediction it is, among those that the column allows."""
    allowed = [guess]
    if guess == "regression":
        allowed += ["forecasting", "ranking"]
    if guess == "binary":
        allowed += ["ranking"]
    if len(allowed) == 1:
        return guess
    found = st.selectbox(
        "What kind of prediction is it?",
        allowed,
        format_func=lambda task: TASKS[task],
        key=f"intake:task:{target}",
    )
    return str(found)


def _start(ref: DataRef, roles: dict[str, Any]) -> None:
    from app.workshop import upload_project

    shell.go(desk.create(upload_project(ref, roles)), "framing")
