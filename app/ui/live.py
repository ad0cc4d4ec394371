"""The live model on the Serving page: where it answers, a row to try, and load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app.live.address import SERVED, Address
from app.live.hub import Held, NoProject, hub
from app.live.kit import NotServed, unmeasured
from app.ui import draw, live_load, live_row
from app.ui.desk import Desk

if TYPE_CHECKING:
    from app.live.model import LiveModel

ABOUT = (
    "The app itself answers rows with the chosen rung, with the request model, fallback ladder and "
    "prediction log of the exported service. What it answers is watched on the Monitoring page."
)
LOOPBACK = (
    "There is no password, as there is none for these pages. It is for this machine: pages of other "
    "sites are refused, but whoever reaches this server can ask."
)
PATIENCE_S = 5.0
# A row of many columns would fill the page.
LONG, CURL_PX = 500, 150


def show(now: Desk) -> None:
    """Draw the live model, once there is something to serve."""
    st.subheader("Live model", anchor=False, help=LOOPBACK)
    st.caption(ABOUT)
    if missing := unmeasured(now.project):
        st.markdown(f"It answers once {' and '.join(missing)} are measured.")
    elif SERVED.address is None:
        st.markdown("This server shows pages only. `python3 -m app` serves the live model, too.")
    else:
        _served(now, SERVED.address)


def _served(now: Desk, address: Address) -> None:
    held = _held(now.id)
    if held is None:
        return
    if held.model is None:
        _waiting(now.id)
        return
    _state(held, held.model)
    _where(now, address, held.model)
    row, load = st.tabs(["Try a row", "Make load"])
    with row:
        live_row.show(now, address, held.model)
    with load:
        live_load.show(now, address, held.model)


def _held(project_id: str) -> Held | None:
    """Look at the project as a request would; the model is made ready if it is not."""
    try:
        return hub().check(project_id).result(PATIENCE_S)
    except (NoProject, NotServed) as error:
        st.markdown(draw.plain(str(error)))
    except TimeoutError:
        st.markdown("The store of projects does not answer. Try again in a moment.")
    return None


@st.fragment(run_every=1.0)
def _waiting(project_id: str) -> None:
    held = hub().peek(project_id)
    if held is not None and held.busy:
        st.markdown(":material/hourglass_top: The model is being made ready: a few seconds.")
    elif held is not None and held.model is None and held.trouble is not None:
        st.error(draw.plain(str(held.trouble)), title="Not served", icon=":material/error:")
        if st.button("Try again", key="live:again"):
            st.rerun(scope="app")
    else:
        st.rerun(scope="app")


def _state(held: Held, model: LiveModel) -> None:
    whole = model.ladder.whole
    badge = (
        ":green-badge[:material/check_circle: ready]"
        if whole
        else ":orange-badge[:material/warning: ready, by fallback]"
    )
    old = " :orange-badge[:material/update: stale]" if held.stale or not held.current else ""
    rungs = " → ".join(rung.key for rung in model.ladder.rungs)
    st.markdown(f"{badge}{old} Version `{model.kit.version}`, asked in this order: {rungs}.")
    if old:
        st.caption(
            "It answers as it was measured; the project has changed since. Every answer says so "
            'with `"stale": true`.'
        )
    for rung in model.ladder.rungs:
        if rung.trouble:
            st.caption(draw.plain(f"{rung.key}: {rung.trouble}"))


def _where(now: Desk, address: Address, model: LiveModel) -> None:
    from app.live.page import curl

    path = address.path(now.id)
    row = live_row.text_of(model.kit.rows[0] if model.kit.rows else {})
    with st.container(border=True):
        st.markdown("**Ask it from anywhere on this machine**")
        words = curl(path, address.origin, row)
        tall = CURL_PX if len(words) > LONG else None
        st.code(words, language="bash", wrap_lines=True, height=tall)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.link_button("Fields and an example", f"{path}/docs", icon=":material/menu_book:")
            st.link_button("OpenAPI", f"{path}/openapi.json", icon=":material/api:")
            st.caption(f"Many rows: POST `{path}/predict/batch`, up to 10,000 in 8 MB.")
