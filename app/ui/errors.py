"""The errors on the screen, in sections: a look at a time, nothing that cannot be found."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from app.record.evidence import Evidence
from app.record.stage import Stage
from app.ui import cohorts, draw, explanations, memory, reading, results
from app.ui.desk import Desk

SECTIONS: Mapping[str, str] = {
    "overview": "Overview",
    "slices": "Where it fails",
    "explanations": "What it looks at",
    "groups": "Is it fair?",
    "reading": "Read rows",
}
# Whatever is not named here stands in the overview, so that nothing measured is out of sight.
PLACES: Mapping[str, tuple[str, ...]] = {
    "slices": ("slice", "cohorts", "rule_or_model"),
    "explanations": (
        "importance",
        "beeswarm",
        "dependence",
        "column",
        "explanation",
        "loss",
        "stability",
    ),
    "groups": ("fair_", "fairness"),
    "reading": ("causes_", "gain", "neighbours", "queue", "taxonomy"),
}
HEADLINE = ("mean_loss", "worst_slice_excess", "calibration_error", "notes_coded")
SAYS: Mapping[str, str] = {"groups": "fairness"}
# The screen of the section shows these better than a table does.
SHOWN_THERE = ("queue", "neighbours")
Show = Callable[[Desk, Evidence], None]
SCREENS: Mapping[str, Show] = {
    "slices": cohorts.show,
    "explanations": explanations.show,
    "reading": reading.show,
}
# Their screens draw all that belongs to them.
COMPLETE = ("explanations",)


def show(now: Desk, stage: Stage, found: Evidence) -> None:
    """Draw the section the user is in; the numbers that matter most stand in the first."""
    section = _section(now)
    if section == "overview":
        results.headline(now, found, HEADLINE)
        results.judge(now, stage)
    if words := found.words.get(SAYS.get(section, "")):
        st.markdown(draw.plain(words))
    if section in SCREENS:
        SCREENS[section](now, found)
    if section not in COMPLETE:
        results.charts(now, found, but=_elsewhere(section, [c.key for c in found.charts]))
        tables = _elsewhere(section, [t.key for t in found.tables])
        results.tables(now, found, but=(*tables, *SHOWN_THERE))
    results.taken(found)


def _section(now: Desk) -> str:
    name = f"errors:section:{now.id}"
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
    for section, starts in PLACES.items():
        if key.startswith(starts):
            return section
    return "overview"


def _elsewhere(section: str, keys: list[str]) -> list[str]:
    return [key for key in keys if place_of(key) != section]
