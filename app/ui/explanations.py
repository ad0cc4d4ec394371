"""What the model looks at, on the screen: one question at a time, one column at a time."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.record.chart import Chart
from app.record.evidence import Evidence
from app.ui import chart, draw, memory, results
from app.ui.desk import Desk

VIEWS: Mapping[str, str] = {
    "columns": "Which columns",
    "values": "Which values",
    "cohorts": "In which slices",
    "errors": "Which make errors",
}
# Charts and tables of each view by the start of their key, in the order in which they are drawn.
PARTS: Mapping[str, tuple[str, ...]] = {
    "columns": ("importance", "stability", "columns_by_class", "column_groups"),
    "values": ("beeswarm", "dependence"),
    "cohorts": ("explanation_cohort",),
    "errors": ("loss", "explanation_lists"),
}
CHOSEN: Mapping[str, tuple[str, str]] = {
    "values": ("dependence", "Column"),
    "cohorts": ("explanation_cohort", "Slice"),
}
SAYS: Mapping[str, str] = {"errors": "loss_explained"}


def show(now: Desk, found: Evidence) -> None:
    """Draw the explanations, one view at a time."""
    view = _view(now, found)
    st.caption(
        draw.plain(_of_what(found, view)),
        help=draw.plain(found.words.get("explanation_note", "")) or None,
    )
    mine = [c for c in found.charts if c.key.startswith(PARTS[view])]
    tables = [t for t in found.tables if t.key.startswith(PARTS[view])]
    if not mine:
        st.info("There is nothing to draw here for this rung and these rows.")
    first, label = CHOSEN.get(view, ("", ""))
    chosen = [c for c in mine if first and c.key.startswith(first)]
    _charts(now, [c for c in mine if c not in chosen], chosen, label)
    results.tables(
        now, found, but=[t.key for t in found.tables if t.key not in [m.key for m in tables]]
    )


def _of_what(found: Evidence, view: str) -> str:
    if view in SAYS:
        return found.words.get(SAYS[view], "")
    told = (found.words.get(key, "") for key in ("rows", "explained"))
    return "; ".join(words for words in told if words)


def _view(now: Desk, found: Evidence) -> str:
    name = f"errors:explanations:{now.id}"
    there = [
        view
        for view, starts in PARTS.items()
        if any(c.key.startswith(starts) for c in found.charts)
    ] or ["columns"]
    if memory.recall(name) not in there:
        memory.remember(name, there[0])
    picked = st.segmented_control(
        "What do you want to see?",
        there,
        key=name,
        format_func=VIEWS.__getitem__,
        label_visibility="collapsed",
        required=True,
    )
    return str(picked or there[0])


def _charts(now: Desk, fixed: list[Chart], chosen: list[Chart], label: str) -> None:
    """Draw charts two in a row; of those that are alike, the one that is asked for."""
    columns = st.columns(2, gap="large")
    for place, item in enumerate(fixed):
        if place % 2 == 0 and place:
            columns = st.columns(2, gap="large")
        with columns[place % 2]:
            chart.show(item, key=f"explained:{now.id}:{item.key}")
    if not chosen:
        return
    with columns[1] if len(fixed) % 2 else st.container():
        titles = {item.key: item.title for item in chosen}
        name = f"errors:{label}:{now.id}"
        if memory.recall(name) not in titles:
            memory.remember(name, chosen[0].key)
        key = st.selectbox(label, list(titles), key=name, format_func=titles.__getitem__)
        picked = next(item for item in chosen if item.key == key)
        chart.show(picked, key=f"explained:{now.id}:{picked.key}")
