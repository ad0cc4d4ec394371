"""Reading the worst rows: one at a time, with what the model saw, and your note on the cause."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.record.evidence import Evidence
from app.stages.errors.choices import CAUSES
from app.ui import chart, desk, draw, memory, results
from app.ui.desk import Desk


def worst_rows(now: Desk, found: Evidence) -> None:
    """Let the user read the worst rows and say what went wrong."""
    table = found.table("worst_rows")
    if table is None or not table.rows:
        return
    st.subheader("Read the worst rows", anchor=False)
    st.caption("What went wrong in each? Your notes are counted into a taxonomy below.")
    rows = [int(str(row)) for row in table.column("row")]
    places = {row: place for place, row in enumerate(rows)}
    name = f"reading:{now.id}"
    if memory.recall(name) not in rows:
        memory.remember(name, rows[0])
    row = st.selectbox(
        "Row of your table",
        rows,
        key=name,
        format_func=lambda r: f"row {r:,} · {_says(table.records()[places[r]])}",
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        picture = found.chart(f"row_{row}")
        if picture is not None:
            chart.show(picture, key=f"chart:{now.id}:errors:row")
    with right:
        _note(now, row)
    with st.expander("All of the worst rows"):
        draw.table(table, results.currency_of(now), key=f"table:{now.id}:errors:worst")


def _says(record: dict[str, Any]) -> str:
    return f"predicted {record['prediction']}, was {record['actual']}"


def _note(now: Desk, row: int) -> None:
    notes = {note["row"]: note for note in _notes(now)}
    note = notes.get(row, {})
    cause, comment = f"note:{now.id}:{row}:cause", f"note:{now.id}:{row}:comment"
    memory.follow(cause, note.get("cause", ""))
    memory.follow(comment, note.get("comment", ""))
    st.radio(
        "What went wrong here?",
        list(CAUSES),
        key=cause,
        format_func=lambda key: CAUSES[key],
        on_change=_save,
        args=(now, row, cause, comment),
    )
    st.text_input(
        "In your words",
        key=comment,
        max_chars=500,
        on_change=_save,
        args=(now, row, cause, comment),
    )


def _notes(now: Desk) -> list[dict[str, Any]]:
    return list(now.project.answers.get("errors", {}).get("notes", []))


def _save(seen: Desk, row: int, cause: str, comment: str) -> None:
    now = desk.current()
    if now is None or now.id != seen.id:
        return
    new = {"row": row, "cause": memory.recall(cause), "comment": memory.recall(comment)}
    notes = [note for note in _notes(now) if note["row"] != row]
    if new["cause"] or new["comment"]:
        notes.append(new)
    notes.sort(key=lambda note: note["row"])
    changed = now.project.answered("errors", {"notes": notes})
    desk.save(now, changed, f"Noted row {row}", coalesce=f"note:{row}")
