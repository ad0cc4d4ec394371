"""What the user does about each cause that came up."""

from __future__ import annotations

import streamlit as st

from app.document import text
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.stages.errors import STAGE
from app.stages.errors.choices import ACTIONS, CAUSES
from app.stages.errors.tally import SUGGESTED
from app.ui import desk, draw, memory, results
from app.ui.desk import Desk


def decide(now: Desk, found: Evidence) -> None:
    """Show the causes that came up with what each costs at most, and ask for an action."""
    table = found.table("taxonomy")
    if table is None or not table.rows:
        return
    st.subheader("What follows", anchor=False)
    st.caption(
        "A cause is worth at most its share of what all errors cost; the shares rest on the rows "
        "drawn at random."
    )
    results.headline(now, found, ("error_cost", "notes_coded", "draws_coded"))
    keys = {words: key for key, words in CAUSES.items()}
    for record in table.records():
        _action(now, found, keys[str(record["cause"])])


def _action(now: Desk, found: Evidence, cause: str) -> None:
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        gain = found.measure(f"gain_{cause}")
        st.markdown(f"**{draw.plain(CAUSES[cause])}**")
        st.caption(draw.plain(_bound(now, gain)))
    name = f"action:{now.id}:{cause}"
    decided = STAGE.chosen(now.project).actions.get(cause)
    memory.follow(name, decided if decided in ACTIONS else None)
    with right:
        st.selectbox(
            f"What do you do about “{CAUSES[cause]}”?",
            list(ACTIONS),
            index=None,
            key=name,
            format_func=ACTIONS.__getitem__,
            placeholder=f"Suggested: {ACTIONS[SUGGESTED[cause]].lower()}",
            label_visibility="collapsed",
            on_change=_save,
            args=(now.id, cause, name),
        )


def _bound(now: Desk, gain: Measure | None) -> str:
    if gain is None:
        return "Gain: not enough data; give ten random draws a cause."
    return f"Gain at most {text.measure(gain, results.currency_of(now))}, per 1,000 decisions"


def _save(project_id: str, cause: str, name: str) -> None:
    now = desk.open_project(project_id)
    if now is None:
        return
    actions = dict(now.project.answers.get("errors", {}).get("actions", {}))
    picked = memory.recall(name)
    if picked:
        actions[cause] = picked
    else:
        actions.pop(cause, None)
    changed = now.project.answered("errors", {"actions": actions})
    desk.save(now, changed, f"Action: {CAUSES[cause]}")
