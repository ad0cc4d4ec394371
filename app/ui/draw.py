"""Findings, numbers and tables on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.document import text
from app.record.evidence import Evidence
from app.record.finding import LEVELS, Finding, Level
from app.record.measure import Measure
from app.record.table import Cell, Column, Table

ICONS: dict[Level, str] = {
    "stop": ":material/block:",
    "watch": ":material/visibility:",
    "good": ":material/check_circle:",
}
NAMES: dict[Level, str] = {"stop": "Stop", "watch": "Watch", "good": "Good"}
BADGES: dict[Level, str] = {"stop": "red", "watch": "orange", "good": "green"}


def plain(words: str) -> str:
    """Return user or data words so that Markdown shows them as they are."""
    return text.markdown(words)


def findings(found: Sequence[Finding]) -> None:
    """Draw the judgments, worst first."""
    for finding in sorted(found, key=lambda item: LEVELS.index(item.level)):
        if finding.level != "good":
            _finding(finding)
    good = [item for item in found if item.level == "good"]
    if good:
        with st.container(border=True, gap="xsmall"):
            for finding in good:
                detail = f" · :gray[{plain(finding.detail)}]" if finding.detail else ""
                st.markdown(f":green[{ICONS['good']}] **{plain(finding.title)}**{detail}")


def _finding(finding: Finding) -> None:
    color, icon, name = BADGES[finding.level], ICONS[finding.level], NAMES[finding.level]
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":{color}-badge[{icon} {name}] **{plain(finding.title)}**")
        if finding.detail:
            st.caption(plain(finding.detail))
        if finding.do:
            st.markdown(f":material/arrow_forward: {plain(finding.do)}")


def summary(found: Sequence[Finding]) -> str:
    """Return how many judgments of each level there are, as badges."""
    parts = []
    for level in LEVELS:
        count = sum(item.level == level for item in found)
        if count:
            words = f"{count} {NAMES[level].lower()}"
            parts.append(f":{BADGES[level]}-badge[{ICONS[level]} {words}]")
    return " ".join(parts)


def numbers(measures: Sequence[Measure], currency: str, across: int = 4) -> None:
    """Draw headline numbers with interval and n below each."""
    for start in range(0, len(measures), across):
        row = measures[start : start + across]
        columns = st.columns(across)
        for column, measure in zip(columns, row, strict=False):
            with column:
                number(measure, currency)


def number(measure: Measure, currency: str) -> None:
    """Draw one number, its interval, n and method."""
    # The label as text of its own: a metric's label is cut off instead of wrapped.
    st.markdown(f"**{plain(measure.label)}**", help=provenance(measure) or None)
    value = text.number(measure.value, measure.unit, currency)
    st.metric(measure.label, value, label_visibility="collapsed")
    small = []
    if measure.low is not None and measure.high is not None:
        low = text.number(measure.low, measure.unit, currency)
        high = text.number(measure.high, measure.unit, currency)
        small.append(f"{measure.level:.0%} interval {low} to {high}")
    if measure.n is not None:
        small.append(f"n = {measure.n:,}")
    if small:
        st.caption(plain(" · ".join(small)))


def provenance(measure: Measure) -> str:
    """Return where a number comes from, for its tooltip."""
    parts = [measure.note] if measure.note else []
    if measure.method:
        parts.append(f"Interval: {measure.method}.")
    if measure.seed is not None:
        parts.append(f"Seed {measure.seed}.")
    if measure.timing:
        parts.append("A clock time: it differs from run to run.")
    return plain(" ".join(parts))


def table(found: Table, currency: str, key: str) -> None:
    """Draw a table with units in its headings."""
    import pandas as pd

    frame = pd.DataFrame(
        {column.key: [row[i] for row in found.rows] for i, column in enumerate(found.columns)}
    )
    st.markdown(f"**{plain(found.title)}**")
    shown = {column.key: _column(column, currency) for column in found.columns}
    for column in found.columns:
        if column.kind == "text":
            frame[column.key] = frame[column.key].map(_as_text)
    st.dataframe(frame, column_config=shown, hide_index=True, key=key, width="stretch")
    if found.note:
        st.caption(plain(found.note))


def _as_text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _column(column: Column, currency: str) -> Any:
    unit = currency if column.kind == "currency" else column.unit
    label = f"{column.label} [{unit}]" if unit else column.label
    help_words = column.help + (" A clock time." if column.timing else "")
    note = help_words or None
    if column.kind == "text":
        return st.column_config.TextColumn(label, help=note)
    if column.kind == "flag":
        return st.column_config.CheckboxColumn(label, help=note)
    formats = {"share": "percent", "integer": "localized"}
    if column.kind in formats:
        return st.column_config.NumberColumn(label, format=formats[column.kind], help=note)
    return st.column_config.NumberColumn(label, format="%.4g", help=note)


def words(evidence: Evidence, key: str) -> None:
    """Draw a measured sentence, set off from the rest."""
    sentence = evidence.words.get(key)
    if sentence:
        with st.container(border=True):
            st.markdown(f"##### {plain(sentence)}")
