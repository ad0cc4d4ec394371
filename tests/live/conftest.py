"""Live models on a real server on loopback, in a thread of the tests."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from app.live.address import SERVED, Address
from app.live.door import Door
from app.live.hub import Hub, hub
from app.live.kit import kit_of, make_kit
from app.live.routes import Routes
from app.record.project import Project
from app.store.predictions import open_predictions
from app.store.projects import ProjectStore, open_store

JSON = {"Content-Type": "application/json"}


@dataclass
class Live:
    """A server with its projects."""

    address: Address
    hub: Hub
    store: ProjectStore

    def add(self, project: Project) -> str:
        """Put a project into the store, its kit made as a worker would."""
        project_id = self.store.create(project.name, project.to_json()).id
        if project.evidence:
            make_kit(self.store.url, project_id)
        return project_id

    def rows(self, project: Project) -> list[dict[str, Any]]:
        """Held-out rows of a project."""
        kit = kit_of(project)
        assert kit is not None
        return [dict(row) for row in kit.rows]

    def call(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Call a path; JSON comes back as data, anything else as text."""
        wire = HTTPConnection(self.address.host, self.address.port, timeout=30)
        try:
            wire.request(method, path, body or None, JSON if headers is None else headers)
            answer = wire.getresponse()
            text = answer.read().decode()
            plain = "json" in (answer.getheader("content-type") or "")
            return answer.status, json.loads(text) if plain else text
        finally:
            wire.close()

    def predict(self, project_id: str, row: Any, **headers: str) -> tuple[int, Any]:
        """Ask for one row."""
        body = row if isinstance(row, bytes) else json.dumps(row).encode()
        path = f"/api/projects/{project_id}/predict"
        return self.call("POST", path, body, {**JSON, **headers})

    def batch(self, project_id: str, rows: list[Any]) -> tuple[int, Any]:
        """Ask for many rows."""
        body = json.dumps({"rows": rows}).encode()
        return self.call("POST", f"/api/projects/{project_id}/predict/batch", body)

    def again(self) -> None:
        """Let what is known of projects grow old, so that the next request looks."""
        for held in list(self.hub._held.values()):
            held.checked = held.failed = -1e9


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Live]:
    """A server with a database of its own."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'live.db'}")
    open_store.cache_clear()
    hub.cache_clear()
    found = hub()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        found.log.start()
        yield
        found.log.stop()

    app = Starlette(routes=Routes(found, Door).all(), lifespan=lifespan)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    address = Address("127.0.0.1", port)
    monkeypatch.setattr(SERVED, "address", address)
    yield Live(address, found, open_store())
    server.should_exit = True
    thread.join(10)
    open_store().engine.dispose()
    open_predictions().engine.dispose()
    open_store.cache_clear()
    hub.cache_clear()
