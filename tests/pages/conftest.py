"""Pages without a browser, on a database of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import PAGES, ROOT
from app.ui import desk

MAIN = str(ROOT / "app" / "main.py")
PAGE_KEYS = sorted(path.stem for path in PAGES.glob("*.py"))


@pytest.fixture(autouse=True)
def own_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A database of its own for every test."""
    from app.store.projects import open_store

    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'pages.db'}")
    open_store.cache_clear()
    st.cache_resource.clear()
    yield
    desk.store().engine.dispose()
    open_store.cache_clear()
    st.cache_resource.clear()


def open_page(page: str, project_id: str | None = None) -> AppTest:
    """Open a page on a project, as its address would."""
    app = AppTest.from_file(MAIN, default_timeout=60)
    if project_id is not None:
        app.query_params["project"] = project_id
    app.run()
    if page != "home":
        app.switch_page(str(PAGES / f"{page}.py"))
        app.run()
    assert not app.exception, app.exception
    return app
