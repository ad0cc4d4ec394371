"""Monitoring on the screen, in sections: what spoke, the signals, the catch matrix, what to add."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.record.evidence import Evidence
from app.record.stage import Stage
from app.ui import chart, draw, drill, memory, results
from app.ui.desk import Desk

SECTIONS: Mapping[str, str] = {
    "overview": "Overview",
    "signals": "Signals",
    "catch": "Catch matrix",
    "add": "What to add",
    "plan": "What would you do?",
}
# Charts and tables by section; what is not named here stands in the overview.
PLACES: Mapping[str, tuple[str, ...]] = {
    "signals": (
        "timeline_service",
        "timeline_input",
        "timeline_prediction",
        "timeline_quality",
        "timeline_business",
        "estimated",
        "estimated_blind",
    ),
    "catch": ("catch_on", "catch_off", "losses", "catch_matrix"),
    "add": ("to_add", "monitors", "monitor_delay"),
}
TALL = ("to_add", "catch_on", "catch_off", "losses", "monitors", "monitor_delay")
HEAD, FOOT, ROW = 110, 110, 30
HEADLINES: Mapping[str, tuple[str, ...]] = {
    "overview": ("incidents_caught", "median_days_late", "pages_quiet", "money_before_alarm")
    + ("pages_live", "harmless_kept_quiet", "cohorts_watched", "cohorts_alarmed"),
    "signals": ("pages_live", "estimate_error", "estimate_error_concept", "quiet_days_least"),
    "catch": ("incidents_caught", "median_days_late", "money_before_alarm", "harmless_kept_quiet"),
    "add": ("saved_by_adding", "monitors_on", "pages_quiet"),
}
SAYS: Mapping[str, tuple[str, ...]] = {
    "overview": ("stream",),
    "signals": ("estimate_assumes",),
    "add": ("add",),
}


def show(now: Desk, stage: Stage, found: Evidence) -> None:
    """Draw the section the user is in; the judgments stand in the first."""
    section = _section(now)
    if section == "plan":
        drill.plan(now)
        return
    for key in SAYS.get(section, ()):
        if sentence := found.words.get(key):
            st.markdown(draw.plain(sentence))
    results.headline(now, found, HEADLINES[section])
    _tall(now, found, section)
    results.charts(now, found, but={*TALL, *_elsewhere(section, [c.key for c in found.charts])})
    if section == "overview":
        results.judge(now, stage)
    results.tables(now, found, but=_elsewhere(section, [t.key for t in found.tables]))
    results.taken(found)


def _tall(now: Desk, found: Evidence, section: str) -> None:
    """Draw charts with a row for every incident or monitor over the whole width, as high as needed."""
    for item in found.charts:
        if item.key in TALL and place_of(item.key) == section:
            height = HEAD + (FOOT if item.heat else 0) + ROW * len(item.names)
            chart.show(item, key=f"chart:{now.id}:{found.stage}:{item.key}", height=height)


def _section(now: Desk) -> str:
    name = f"monitoring:section:{now.id}"
    if memory.recall(name) is None:
        memory.remember(name, "overview")
    picked = st.segmented_control(
        "Section",
        list(SECTIONS),
        key=name,
        format_func=SECTIONS.__getitem__,
        label_visibility="collapsed",
        required=True,
    )
    return str(picked or "overview")


def place_of(key: str) -> str:
    """Return the section in which a chart or table stands."""
    return next((section for section, keys in PLACES.items() if key in keys), "overview")


def _elsewhere(section: str, keys: list[str]) -> list[str]:
    return [key for key in keys if place_of(key) != section]
