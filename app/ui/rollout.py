"""The rollout on the screen, in sections: the plan, what was played, the way back, retraining."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.record.evidence import Evidence
from app.record.stage import Stage
from app.ui import draw, memory, results
from app.ui.desk import Desk

SECTIONS: Mapping[str, str] = {
    "plan": "The plan",
    "steps": "Shadow and canary",
    "played": "The test, played",
    "back": "The way back",
    "retraining": "Retraining",
}
# Charts and tables by section; what is not named here stands in the plan.
PLACES: Mapping[str, tuple[str, ...]] = {
    "steps": ("shadow", "canary"),
    "played": ("peeking", "conclusions", "example", "length", "trials"),
    "back": ("rehearsal", "guardrails"),
    "retraining": ("retraining", "policies"),
}
HEADLINES: Mapping[str, tuple[str, ...]] = {
    "plan": ("detectable", "days_needed", "power", "timeline_days", "icc", "design_effect")
    + ("cost_today", "expected_saving"),
    "steps": ("agreement", "disagreements_per_day", "shadow_days_needed", "canary_detectable"),
    "played": ("true_saving", "right", "peek_error", "chosen_error", "days_saved"),
    "back": ("harm_caught", "rollback_day", "rollback_cost", "false_rollback"),
    "retraining": ("policy_cost", "policy_saving", "best_policy", "retrained", "worse_periods"),
}
SAYS: Mapping[str, tuple[str, ...]] = {
    "plan": ("plan",),
    "steps": ("shadow", "canary"),
    "played": ("trial",),
    "back": ("rehearsal",),
    "retraining": ("retraining",),
}


def show(now: Desk, stage: Stage, found: Evidence) -> None:
    """Draw the section the user is in; the judgments stand in the first."""
    section = _section(now)
    for key in SAYS[section]:
        if sentence := found.words.get(key):
            st.markdown(draw.plain(sentence))
    results.headline(now, found, HEADLINES[section])
    if section == "plan":
        results.judge(now, stage)
    results.charts(now, found, but=_elsewhere(section, [c.key for c in found.charts]))
    results.tables(now, found, but=_elsewhere(section, [t.key for t in found.tables]))
    results.taken(found)


def _section(now: Desk) -> str:
    name = f"rollout:section:{now.id}"
    if memory.recall(name) is None:
        memory.remember(name, "plan")
    picked = st.segmented_control(
        "Section",
        list(SECTIONS),
        key=name,
        format_func=SECTIONS.__getitem__,
        label_visibility="collapsed",
        required=True,
    )
    return str(picked or "plan")


def place_of(key: str) -> str:
    """Return the section in which a chart or table stands."""
    return next((section for section, keys in PLACES.items() if key in keys), "plan")


def _elsewhere(section: str, keys: list[str]) -> list[str]:
    return [key for key in keys if place_of(key) != section]
