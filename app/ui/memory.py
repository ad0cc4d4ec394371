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
    if (
        name in st.session_state and st.session_state[name] != value
    ) or name not in st.session_state:
        st.session_state[name] = value


def names() -> tuple[str, ...]:
    """Return the names under which something is remembered."""
    return tuple(str(name) for name in st.session_state)


def pointed_to() -> str | None:
    """Return the project that the address of the page names."""
    return st.query_params.get("project")


def point_to(project: str | None) -> None:
    """Keep the open project in the address, so that refresh, back and sharing work."""
    if project is None:
        st.query_params.pop("project", None)
    elif st.query_params.get("project") != project:
        st.query_params["project"] = project
