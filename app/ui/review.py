"""The reviewer on the screen: the gate, what fired, readiness, and what people say."""

from __future__ import annotations

from datetime import date

import streamlit as st

from app.record.project import Project
from app.review import pictures
from app.review.gate import TITLES, Gate, Verdict
from app.review.readiness import past
from app.review.reviewer import Report, review
from app.ui import (
    chart,
    desk,
    draw,
    review_comments,
    review_findings,
    review_readiness,
    shell,
    wait,
)
from app.ui.desk import Desk

TITLE = "Review & readiness"
COLORS: dict[Verdict, str] = {"go": "green", "conditional": "orange", "stop": "red"}
ICONS: dict[Verdict, str] = {
    "go": ":material/check_circle:",
    "conditional": ":material/rule:",
    "stop": ":material/block:",
}
VIEWS = ("Findings", "Readiness", "Comments")


def show() -> None:
    """Draw the page of the reviewer."""
    now = desk.current()
    st.title(TITLE, anchor=False)
    if now is None:
        with st.container(border=True):
            st.markdown("**No project is open.** The reviewer reads a project.")
            st.page_link(
                shell.page_of("home"), label="Start a project", icon=":material/arrow_forward:"
            )
        return
    st.markdown("May it go on, what would a strict reader ask, and what is missing for production?")
    wait.status(now)
    shell.notices(now)
    report = _reviewed(now.id, now.revision, now.project)
    _gate(report)
    view = st.radio(
        "View",
        VIEWS,
        key=f"review:{now.id}:view",
        label_visibility="collapsed",
        horizontal=True,
    )
    if view == "Readiness":
        review_readiness.show(now, report.readiness)
        _history(now)
    elif view == "Comments":
        review_comments.show(now)
    else:
        chart.show(pictures.rubric(report), key=f"review:{now.id}:rubric")
        review_findings.show(report)


@st.cache_resource(max_entries=32, show_spinner=False)
def _reviewed(project_id: str, revision: int, _project: Project) -> Report:
    """Review a project once, not at every run of the page."""
    return review(_project)


def _gate(report: Report) -> None:
    gate = report.gate
    color, icon = COLORS[gate.verdict], ICONS[gate.verdict]
    with st.container(border=True):
        st.markdown(
            f"##### :{color}-badge[{icon} {gate.words}] {TITLES[gate.step]} "
            f":material/arrow_forward: {TITLES[gate.following]}"
        )
        st.markdown(draw.plain(gate.because))
        counts = {s: report.count(s) for s in review_findings.BADGES}
        ready = report.readiness
        st.markdown(
            " ".join(
                f":{review_findings.BADGES[severity]}-badge[{count} {severity}]"
                for severity, count in counts.items()
                if count
            )
            + f" :blue-badge[Rubric {report.average:.1f} of 3 · {report.letter}]"
            + f" :violet-badge[Readiness {ready.minimum:.0%}"
            + (f" · level {ready.level}]" if ready.level else "]")
        )
        for words in gate.variants:
            st.markdown(f":material/alt_route: {draw.plain(words)}")
        _conditions(gate)


def _conditions(gate: Gate) -> None:
    if not gate.conditions:
        return
    count = len(gate.conditions)
    with st.expander(
        f"{count} condition{'s' if count > 1 else ''} before {TITLES[gate.following]}"
    ):
        for one in gate.conditions:
            st.markdown(
                f"**{one.rule} {draw.plain(one.words)}** · owner: {draw.plain(one.owner)} · shown in: "
                f"{draw.plain(one.evidence)}"
            )


def _history(now: Desk) -> None:
    days = _days(now.id, now.revision, now.project)
    if len(days) > 1:
        chart.show(pictures.history(days), key=f"review:{now.id}:history")


@st.cache_resource(max_entries=32, show_spinner=False)
def _days(project_id: str, revision: int, _project: Project) -> list[tuple[date, float]]:
    return [(day, review(then).readiness.minimum) for day, then in past(_project)]
