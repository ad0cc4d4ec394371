"""One row to try: prefilled from the held-out rows, asked over HTTP, its answer shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.live.address import Address
from app.live.client import ask
from app.ui import draw, memory
from app.ui.desk import Desk

if TYPE_CHECKING:
    from app.lab.contract.column import Column
    from app.live.model import LiveModel

FIRST = 9
ACROSS = 3
LARGEST = 2**53 - 1
FLAGS = {True: "yes", False: "no"}


def text_of(row: dict[str, Any]) -> str:
    """Return a row as JSON."""
    return json.dumps(row, ensure_ascii=False)


@st.fragment
def show(now: Desk, address: Address, model: LiveModel) -> None:
    """Draw the fields of a row, the button that asks, and the answer."""
    rows = model.kit.rows
    if not rows:
        st.caption("No held-out row passes the data contract; ask with a row of your own.")
        return
    number = int(memory.recall(f"live:row:{now.id}", 0)) % len(rows)
    columns = [c for c in model.ladder.contract.columns if c.name in rows[number]]
    # Another model, another row: its widgets begin anew.
    name = f"live:{now.id}:{model.kit.key[:6]}:{number}"
    row = {**rows[number], **_fields(name, columns[:FIRST], rows[number])}
    if rest := columns[FIRST:]:
        with st.expander(f"{len(rest)} more columns"):
            row.update(_fields(name, rest, rows[number]))
    with st.container(horizontal=True):
        st.button(
            "Ask the model",
            key="live:ask",
            type="primary",
            icon=":material/send:",
            on_click=_ask,
            args=(now.id, address, row),
        )
        st.button(
            "Another row",
            key="live:another",
            icon=":material/shuffle:",
            on_click=memory.remember,
            args=(f"live:row:{now.id}", number + 1),
            help=f"One of {len(rows):,} held-out rows, drawn by the seed of the project.",
        )
    _answer(now)


def _fields(name: str, columns: list[Column], row: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for start in range(0, len(columns), ACROSS):
        places = st.columns(ACROSS, gap="medium")
        for place, column in zip(places, columns[start : start + ACROSS], strict=False):
            with place:
                found[column.name] = _field(column, row[column.name], f"{name}:{column.name}")
    return found


def _field(column: Column, value: Any, name: str) -> Any:
    """Draw the widget of one column and return what it holds, None where it is empty."""
    label = draw.plain(f"{column.name} [{column.unit}]" if column.unit else column.name)
    about = draw.plain(column.meaning) or None
    if name not in memory.names():
        # Not as the widget's own default: a widget with one cannot be emptied.
        memory.remember(name, _shown(column, value))
    if column.kind == "flag":
        return st.selectbox(
            label, [True, False], index=None, key=name, format_func=FLAGS.__getitem__,
            placeholder="missing", help=about,
        )  # fmt: skip
    if column.kind == "text":
        options = list(dict.fromkeys([*([] if value is None else [value]), *column.levels]))
        return st.selectbox(
            label, options, index=None, key=name, accept_new_options=True,
            placeholder="missing", help=about,
        )  # fmt: skip
    if column.kind == "date":
        return st.text_input(label, key=name, help=about) or None
    if column.kind == "whole" and (value is None or abs(value) < LARGEST):
        return st.number_input(
            label, value=None, step=1, key=name, min_value=-LARGEST, max_value=LARGEST,
            placeholder="missing", help=about,
        )  # fmt: skip
    return st.number_input(
        label, value=None, step=None, format="%.6g", key=name, placeholder="missing", help=about
    )


def _shown(column: Column, value: Any) -> Any:
    """Return a value as its widget holds it."""
    if value is None:
        return "" if column.kind == "date" else None
    return float(value) if column.kind == "number" else value


def _ask(project_id: str, address: Address, row: dict[str, Any]) -> None:
    reply = ask(address, project_id, row)
    found = {"status": reply.status, "body": reply.body, "ms": reply.ms}
    memory.remember(f"live:reply:{project_id}", found)


def _answer(now: Desk) -> None:
    found = memory.recall(f"live:reply:{now.id}")
    if not found:
        return
    body, ms = found["body"], found["ms"]
    with st.container(border=True):
        if found["status"] == 200:
            _told(body, ms)
        else:
            status = found["status"] or "no answer"
            st.markdown(f":red-badge[{status}] {draw.plain(str(body.get('error', '')))}")
            for problem in body.get("problems", ())[1:]:
                st.markdown(
                    f"* **{draw.plain(problem['column'])}**: {draw.plain(problem['problem'])}"
                )
        with st.expander("As JSON"):
            st.json(body)


def _told(body: dict[str, Any], ms: float) -> None:
    value = body["prediction"]
    shown = value if isinstance(value, str) else f"{value:.6g}"
    decision = f" → **{draw.plain(body['decision'])}**" if "decision" in body else ""
    st.markdown(f"##### {draw.plain(shown)}{decision}")
    st.caption(
        draw.plain(f"answered by {body['answered_by']} of version {body['version']} in {ms:.1f} ms")
    )
    if shares := body.get("probabilities"):
        best = sorted(shares.items(), key=lambda item: -item[1])[:4]
        st.caption(draw.plain(", ".join(f"{name} {share:.1%}" for name, share in best)))
    for flag in body["flags"]:
        st.markdown(f":orange-badge[:material/flag: unusual] {draw.plain(flag)}")
