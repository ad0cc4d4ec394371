"""What one browser session remembers between runs: the only place that touches session state."""

from __future__ import annotations

from typing import Any

import streamlit as st


def recall(name: str, default: Any = None) -> Any:
    """Return what the session remembers under a name."""
    return st.session_state.get(name, default)


def remember(name: str, value: Any) -> None:
    """Remember a value under a name, JSON data wherever possible."""
    st.session_state[name] = value


def forget(name: str) -> Any:
    """Drop what is remembered under a name and return it."""
    return st.session_state.pop(name, None)


def follow(name: str, value: Any) -> None:
    """Make a widget show a value that was changed elsewhere, before the widget is drawn."""
    if name in st.session_state and st.session_state[name] != value:
        st.session_state[name] = value
    elif name not in st.session_state:
        st.session_state[name] = value
