"""The rungs, one click each: why it stands on the ladder, what it does, what it needs."""

from __future__ import annotations

import streamlit as st

from app.record.evidence import Evidence
from app.ui import draw


def why(found: Evidence) -> None:
    """Draw one button a rung that says why it is here."""
    table = found.table("ladder")
    if table is None:
        return
    st.caption("Why is it here?")
    with st.container(horizontal=True, gap="small"):
        for record in table.records():
            with st.popover(str(record["rung"])):
                st.markdown(f"**{draw.plain(str(record['why']))}**")
                st.markdown(draw.plain(str(record["does"] or "")))
                if record.get("readable"):
                    monotone = "yes" if record["monotone"] else "no"
                    st.caption(
                        f"Can be checked: {record['readable']} · monotone: {monotone} · missing "
                        f"values: {record['holes']} · inputs: {record['inputs']}"
                    )
