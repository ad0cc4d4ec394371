"""Bring your data: upload, look, say what is predicted, start."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.jobs import executor
from app.record.project import DataRef
from app.ui import desk, draw, memory, shell

TAKEN = "intake:taken"
NONE = "None"
TASKS = {"binary": "Yes or no (binary)", "regression": "How much (regression)"}


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
    left, right = st.columns(2)
    with left:
        time = st.selectbox("Time of the decision", [NONE, *taken["dates"]], key="intake:time")
    with right:
        group = st.selectbox("What comes back (group)", [NONE, *names], key="intake:group")
    rest = [n for n in names if n not in (target, time)]
    known = st.multiselect(
        "Known when the decision is made",
        rest,
        default=rest,
        key=f"intake:known:{target}:{time}",
        help="Take out whatever is filled in later. The data stage measures what looks leaky.",
    )
    if st.button("Start the project", type="primary", key="intake:start", disabled=not known):
        _start(ref, target, guess["task"], time, group, known)


def _start(ref: DataRef, target: str, task: str, time: str, group: str, known: list[str]) -> None:
    from app.workshop import upload_project

    roles: dict[str, Any] = {"target": target, "task": task, "known": known}
    roles["time"] = "" if time == NONE else time
    roles["group"] = "" if group == NONE else group
    shell.go(desk.create(upload_project(ref, roles)), "framing")
