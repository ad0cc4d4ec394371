"""The lineage on the screen: the same picture as in the document, in the colors of the page."""

from __future__ import annotations

import streamlit as st

from app.document import flow
from app.stages.lineage import lineage
from app.ui import draw
from app.ui.desk import Desk


def show(now: Desk) -> None:
    """Draw where everything comes from, and what of it is stale."""
    found = lineage(now.project)
    colors = flow.DARK if st.context.theme.type == "dark" else flow.LIGHT
    st.markdown(f"**{found.title}**")
    st.caption(draw.plain(found.says))
    words = [f"{node.title}: {node.state}" for node in found.nodes if node.state]
    st.image(flow.draw(found, colors), width=560, alt=f"{found.title}. {'; '.join(words)}.")
