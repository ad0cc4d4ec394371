"""Asking a live model over HTTP, as any client would."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from dataclasses import dataclass
from typing import Any

from app.live.address import Address

PATIENCE_S = 25.0


@dataclass(frozen=True)
class Reply:
    """What came back: the status of HTTP (0 when nothing did), plain data, and how long it took."""

    status: int
    body: dict[str, Any]
    ms: float


def ask(address: Address, project_id: str, row: dict[str, Any]) -> Reply:
    """Ask for one row."""
    started = time.perf_counter()
    try:
        status, text = _posted(address, f"{address.path(project_id)}/predict", row)
        body = json.loads(text)
    except (OSError, http.client.HTTPException, ValueError) as error:
        status, body = 0, {"error": f"no answer came: {error or type(error).__name__}"}
    return Reply(status, body, 1000 * (time.perf_counter() - started))


def _posted(address: Address, path: str, row: dict[str, Any]) -> tuple[int, bytes]:
    if address.secure:
        # Its own certificate, asked on its own machine.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            address.host, address.port, timeout=PATIENCE_S, context=context
        )
    else:
        connection = http.client.HTTPConnection(address.host, address.port, timeout=PATIENCE_S)
    try:
        connection.request(
            "POST", path, json.dumps(row).encode(), {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
