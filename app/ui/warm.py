"""A warm start: the heavy libraries load behind the first page, then leave the collector's sight.

Streamlit collects garbage after every run; with this stack loaded that walk takes longer than
the page itself unless what was imported is frozen.
"""

from __future__ import annotations

import gc
import importlib
import threading
import time

import streamlit as st

from app.jobs import executor

# The browser paints the first page before workers and libraries ask for the cores.
AFTER_S = 1.0
LATE = ("pandas", "pyarrow", "plotly.graph_objects", "jinja2", "app.document.writer")


@st.cache_resource(show_spinner=False)
def start() -> threading.Thread:
    """Start the workers and the imports once per server, in the background."""
    thread = threading.Thread(target=_load, name="warm", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    time.sleep(AFTER_S)
    executor()
    for name in LATE:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
