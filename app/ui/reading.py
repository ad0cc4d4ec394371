"""Reading the rows most worth reading: one at a time, with why, and your note on the cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.document import text
from app.record.evidence import Evidence
from app.record.table import Cell, Table
from app.stages.errors.choices import CAUSES
from app.stages.errors.reasons import BECAUSE, REASONS, keys_of
from app.ui import causes, desk, draw, memory, results, what_if
from app.ui.desk import Desk

ALL, OPEN = "all", "open"
GIVEN = [key for key in CAUSES if key]
LONGEST_COMMENT = 500


@dataclass(frozen=True)
class Pile:
    """The rows to read as the user goes through them."""

    project_id: str
    table: Table
    records: dict[int, dict[str, Cell]]
    notes: dict[int, dict[str, Any]]

    @property
    def rows(self) -> list[int]:
        """Row numbers in the order of the queue."""
        return list(self.records)

    def coded(self, row: int) -> bool:
        """Say whether a row has a cause."""
        return bool(self.notes.get(row, {}).get("cause"))

    def shown(self, which: str) -> list[int]:
        """Return the rows of one kind: all, those still open, or those read for a reason."""
        if which == ALL:
            return self.rows
        if which == OPEN:
            return [row for row in self.rows if not self.coded(row)]
        return [row for row in self.rows if which in keys_of(str(self.records[row]["why"]))]

    @property
    def at(self) -> str:
        """Name under which the session remembers the row in hand."""
        return f"reading:{self.project_id}:row"

    @property
    def which(self) -> str:
        """Name under which the session remembers which rows are gone through."""
        return f"reading:{self.project_id}:which"


def show(now: Desk, found: Evidence) -> None:
    """Let the user read the rows, say what went wrong in each, and what follows."""
    table = found.table("queue")
    st.subheader("Read the rows", anchor=False)
    if "queue" in found.words:
        st.caption(draw.plain(found.words["queue"]))
    if table is None or not table.rows:
        return
    what_if.warm(now, found)
    _reader(now, found)
    causes.decide(now, found)


def _reader(now: Desk, found: Evidence) -> None:
    pile = _pile(now, found)
    _progress(pile, found)
    row = _move(pile)
    with st.container(border=True):
        _facts(now, pile, row)
        _code(pile, row)
        what_if.show(now, found, row)
        _neighbours(now, found, row)
    with st.expander(f"All {len(pile.rows)} rows of the queue"):
        draw.table(pile.table, results.currency_of(now), key=f"table:{now.id}:errors:queue")
        if "label_noise" in found.words:
            st.caption(draw.plain(found.words["label_noise"]))


def _pile(now: Desk, found: Evidence) -> Pile:
    table = found.table("queue")
    assert table is not None
    records = {int(str(record["row"])): record for record in table.records()}
    return Pile(now.id, table, records, _notes(now))


def _notes(now: Desk) -> dict[int, dict[str, Any]]:
    kept = now.project.answers.get("errors", {}).get("notes", [])
    return {int(note["row"]): dict(note) for note in kept}


def _progress(pile: Pile, found: Evidence) -> None:
    done = sum(pile.coded(row) for row in pile.rows)
    drawn = [row for row in pile.rows if pile.records[row]["draws"]]
    words = f"**{done} of {len(pile.rows)}** read"
    if drawn:
        read = sum(pile.coded(row) for row in drawn)
        words += f", of those drawn at random **{read} of {len(drawn)}**"
    st.progress(done / len(pile.rows), text=words)


def _move(pile: Pile) -> int:
    """Draw the ways through the queue and return the row in hand."""
    if memory.recall(pile.at) not in pile.records:
        memory.remember(pile.at, pile.rows[0])
    row = int(memory.recall(pile.at))
    place = pile.rows.index(row)
    shown = pile.shown(_which(pile))
    before = [r for r in pile.rows[:place] if r in shown]
    after = [r for r in pile.rows[place + 1 :] if r in shown]
    waiting = [r for r in (*pile.rows[place + 1 :], *pile.rows[:place]) if not pile.coded(r)]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _step(pile, "previous", "Previous", "K", before[-1] if before else None)
        _step(pile, "next", "Next", "J", after[0] if after else None)
        _step(pile, "unread", "Next unread", "N", waiting[0] if waiting else None)
        st.markdown(f":gray[{place + 1} of {len(pile.rows)}]", width="content")
    return row


def _step(pile: Pile, name: str, label: str, key: str, to: int | None) -> None:
    st.button(
        label,
        key=f"reading:{name}",
        shortcut=key,
        disabled=to is None,
        on_click=memory.remember,
        args=(pile.at, to),
    )


def _which(pile: Pile) -> str:
    there = {key for row in pile.rows for key in keys_of(str(pile.records[row]["why"]))}
    options = [ALL, OPEN, *(key for key in REASONS if key in there)]
    names = {
        ALL: "All rows",
        OPEN: "Not read yet",
        **{k: v.capitalize() for k, v in REASONS.items()},
    }
    if memory.recall(pile.which) not in options:
        memory.remember(pile.which, ALL)
    picked = st.selectbox(
        "Go through",
        options,
        key=pile.which,
        format_func=lambda key: f"{names[key]} ({len(pile.shown(key))})",
        on_change=_turn,
        args=(pile,),
    )
    return str(picked)


def _turn(pile: Pile) -> None:
    """Go to the first row of the kind just chosen."""
    shown = pile.shown(str(memory.recall(pile.which)))
    if shown:
        memory.remember(pile.at, shown[0])


def _facts(now: Desk, pile: Pile, row: int) -> None:
    record = pile.records[row]
    badges = " ".join(f":blue-badge[{REASONS[key]}]" for key in keys_of(str(record["why"])))
    st.markdown(
        f"#### Row {row:,} {badges}",
        help="\n\n".join(BECAUSE[key] for key in keys_of(str(record["why"]))),
    )
    cost = text.number(_number(record["cost"]), "currency", results.currency_of(now))
    facts = [
        f"Outcome: **{draw.plain(str(record['was']))}**",
        f"Predicted out of fold: **{draw.plain(str(record['predicted']))}**",
        f"The error cost **{draw.plain(cost)}**",
    ]
    if record.get("when"):
        facts.insert(0, draw.plain(str(record["when"])))
    st.markdown(" · ".join(facts))
    if record.get("above"):
        st.caption(f"Ranked above the answer: {draw.plain(str(record['above']))}")


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, int | float) else None


def _code(pile: Pile, row: int) -> None:
    note = pile.notes.get(row, {})
    st.markdown("**What went wrong here?**", help="Press the key again to take a cause back.")
    with st.container(horizontal=True, gap="small"):
        for number, cause in enumerate(GIVEN, start=1):
            st.button(
                CAUSES[cause],
                key=f"cause:{cause}",
                shortcut=str(number),
                type="primary" if note.get("cause") == cause else "secondary",
                on_click=_give,
                args=(pile.project_id, row, cause),
            )
    comment = f"note:{pile.project_id}:{row}:comment"
    memory.follow(comment, note.get("comment", ""))
    st.text_input(
        "In your words",
        key=comment,
        max_chars=LONGEST_COMMENT,
        placeholder="What did you see?",
        on_change=_comment,
        args=(pile.project_id, row, comment),
    )


def _give(project_id: str, row: int, cause: str) -> None:
    _save(project_id, row, lambda note: {**note, "cause": "" if note["cause"] == cause else cause})


def _comment(project_id: str, row: int, name: str) -> None:
    words = str(memory.recall(name) or "")
    _save(project_id, row, lambda note: {**note, "comment": words})


def _save(project_id: str, row: int, change: Any) -> None:
    # Read afresh: what another tab noted about other rows meanwhile is kept.
    now = desk.open_project(project_id)
    if now is None:
        return
    notes = _notes(now)
    note = change({"row": row, "cause": "", "comment": "", **notes.pop(row, {})})
    if note["cause"] or note["comment"]:
        notes[row] = note
    kept = [notes[key] for key in sorted(notes)]
    desk.save(
        now,
        now.project.answered("errors", {"notes": kept}),
        f"Noted row {row}",
        coalesce=f"note:{row}",
    )


def _neighbours(now: Desk, found: Evidence, row: int) -> None:
    table = found.table("neighbours")
    rows = [r for r in table.rows if r[0] == row] if table is not None else []
    if table is None or not rows:
        return
    near = table.model_copy(
        update={"columns": table.columns[1:], "rows": tuple(cells[1:] for cells in rows)}
    )
    draw.table(near, results.currency_of(now), key=f"table:{now.id}:errors:neighbours")
