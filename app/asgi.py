"""The server: the pages, and beside them the routes of live models."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    # Streamlit puts app/ on the path, not the folder that holds the package.
    sys.path.insert(0, ROOT)

import streamlit as st  # noqa: E402
from streamlit import config  # noqa: E402

from app.live.address import SERVED, Address  # noqa: E402
from app.live.door import LOOPBACK, Door  # noqa: E402
from app.live.hub import hub  # noqa: E402
from app.live.routes import Routes  # noqa: E402


def _base() -> str:
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def _listens_at() -> str:
    return str(config.get_option("server.address") or "")


def _door() -> Door:
    """Return who may ask: on loopback only whoever calls it by a name of this machine."""
    here = _listens_at()
    named = str(config.get_option("browser.serverAddress") or "")
    local = here in LOOPBACK
    origins = frozenset(config.get_option("server.corsAllowedOrigins") or ())
    return Door(LOOPBACK | {here, named} - {""} if local else None, origins)


def _address() -> Address:
    here = _listens_at()
    anywhere = here in ("", "0.0.0.0", "::")
    return Address(
        "127.0.0.1" if anywhere else here,
        int(config.get_option("server.port")),
        bool(config.get_option("server.sslCertFile")),
        _base(),
    )


@asynccontextmanager
async def _lifespan(app: Any) -> AsyncIterator[None]:
    del app
    SERVED.address = _address()
    hub().log.start()
    yield
    SERVED.address = None
    hub().log.stop()


app = st.App(
    Path(__file__).with_name("main.py"),
    routes=Routes(hub(), _door, _base()).all(),
    lifespan=_lifespan,
)
