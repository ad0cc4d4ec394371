"""What fired, section by section: the question first, how to mend it when asked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from app.review.reviewer import Noted, Report
from app.review.rule import SEVERITIES, Place, Rule, Severity
from app.review.sections import SECTIONS
from app.stages.road import BY_KEY
from app.ui import draw, shell

BADGES: dict[Severity, str] = {"veto": "red", "major": "orange", "minor": "gray"}
ICONS: dict[Severity, str] = {
    "veto": ":material/block:",
    "major": ":material/error:",
    "minor": ":material/info:",
}


def show(report: Report) -> None:
    """Draw what fired by section, and what is still open."""
    if not report.noted:
        st.success("The reviewer has no question.", icon=":material/check_circle:")
    ordered = sorted(report.noted, key=lambda one: list(SECTIONS).index(one.rule.section))
    for section, group in groupby(ordered, key=lambda one: one.rule.section):
        st.subheader(f"{section} · {SECTIONS[section]}", anchor=False)
        found = sorted(group, key=lambda one: (SEVERITIES.index(one.severity), one.rule.key))
        for key, hits in groupby(found, key=lambda one: one.rule.key):
            _rule(key, tuple(hits))
    _open(report.open)


def _rule(key: str, hits: Sequence[Noted]) -> None:
    rule, worst = hits[0].rule, min((h.severity for h in hits), key=SEVERITIES.index)
    with st.container(border=True, gap="xsmall"):
        st.markdown(
            f":{BADGES[worst]}-badge[{ICONS[worst]} {worst}] **{draw.plain(rule.question)}**"
        )
        for hit in hits:
            st.markdown(f"- {draw.plain(hit.says)}")
        with st.expander(f"{key} · {rule.title}: why, and how to mend it"):
            st.markdown(draw.plain(rule.why))
            st.markdown(f":material/build: {draw.plain(rule.fix)}")
            if rule.not_yet:
                st.caption(draw.plain(rule.not_yet))
        for place in dict.fromkeys(hit.place for hit in hits):
            link(place)


def link(place: Place) -> None:
    """Draw a link to the place where something is mended."""
    if place.stage not in BY_KEY:
        return
    stage = BY_KEY[place.stage]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(shell.page_of(place.stage), label=stage.title, icon=":material/arrow_forward:")
        if place.question:
            st.caption(draw.plain(stage.choices.question(place.question).label))


def _open(rules: Sequence[Rule]) -> None:
    if not rules:
        return
    with st.expander(f"{len(rules)} rules are open until more is measured: unknown is not yes"):
        for rule in rules:
            needs = ", ".join(BY_KEY[stage].title for stage in rule.needs)
            st.markdown(f"- **{rule.key}** {draw.plain(rule.title)} · needs {needs}")
