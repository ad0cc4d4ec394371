"""Reproducibility on the screen: lineage beside hand-over, and everything once more."""

from __future__ import annotations

import streamlit as st

from app.record.evidence import Evidence
from app.ui import again, draw, handoff, lineage
from app.ui.desk import Desk

SAYS = ("seeds", "version_words", "contract")


def show(now: Desk, found: Evidence) -> None:
    """Draw where it comes from, beside who hands it over and how it is made again."""
    left, right = st.columns(2, gap="large")
    with left:
        lineage.show(now)
    with right:
        handoff.show(now, found)
        again.show(now)
        for key in SAYS:
            if words := found.words.get(key):
                st.caption(draw.plain(words))
