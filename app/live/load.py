"""Load for a live model: requests over HTTP, as a client would send them, and how long they took.

It runs in a worker, so that client and server do not share one interpreter.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.jobs.progress import report
from app.live.address import Address

MOST_REQUESTS = 50_000
MOST_CONNECTIONS = 32
MOST_SECONDS = 30
MOST_RATE = 2_000
# An answer that takes longer is counted as none.
PATIENCE_S = 20.0
REPORT_S = 0.2
BY = b'"answered_by":"'


@dataclass
class Load:
    """What came of it.

    Parameters
    ----------
    rate : float
        Requests per second that were wanted; 0 for as many as possible.
    connections : int
    seconds : float
        How long it took.
    times : list of float
        Milliseconds of each request that was answered with 200. At a wanted rate they count from
        when a request was due, even while every connection was busy.
    statuses : Counter of str
        Requests by HTTP status; ``"none"`` where no answer came.
    by : Counter of str
        Answers by rung.
    """

    rate: float
    connections: int
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    by: Counter[str] = field(default_factory=Counter)

    @property
    def asked(self) -> int:
        """Number of requests."""
        return sum(self.statuses.values())


def make_load(
    address: Address,
    project_id: str,
    rows: Sequence[dict[str, Any]],
    rate: float,
    connections: int,
    seconds: float,
) -> Load:
    """Ask for rows in turn for some seconds; what a worker does for the page."""
    connections = min(max(1, connections), MOST_CONNECTIONS)
    plan = Plan(address, project_id, rows, rate, min(seconds, MOST_SECONDS))
    return asyncio.run(_run(plan, Load(rate, connections)))


@dataclass
class Plan:
    """Whom to ask for what, and when."""

    address: Address
    project_id: str
    rows: Sequence[dict[str, Any]]
    rate: float
    seconds: float

    def __post_init__(self) -> None:
        self.requests = [self._request(row) for row in self.rows]
        self.turn: Iterator[int] = iter(range(MOST_REQUESTS))
        self.started = time.perf_counter()

    def _request(self, row: dict[str, Any]) -> bytes:
        body = json.dumps(row, ensure_ascii=False).encode()
        head = (
            f"POST {self.address.path(self.project_id)}/predict HTTP/1.1\r\n"
            f"Host: {self.address.origin.partition('//')[2]}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def due(self, number: int) -> float:
        """Return when a request is due."""
        return self.started + (number / self.rate if self.rate > 0 else 0.0)

    @property
    def ends(self) -> float:
        """When no more requests are sent."""
        return self.started + self.seconds


async def _run(plan: Plan, load: Load) -> Load:
    plan.started = time.perf_counter()
    telling = asyncio.create_task(_tell(plan, load))
    await asyncio.gather(*(_connection(plan, load) for _ in range(load.connections)))
    telling.cancel()
    load.seconds = time.perf_counter() - plan.started
    return load


async def _tell(plan: Plan, load: Load) -> None:
    while True:
        done = (time.perf_counter() - plan.started) / plan.seconds
        report(min(done, 1.0), f"{load.asked:,} requests sent")
        await asyncio.sleep(REPORT_S)


async def _connection(plan: Plan, load: Load) -> None:
    """Send requests over one connection, opened again when it breaks."""
    wire: _Wire | None = None
    for number in plan.turn:
        free, due = time.perf_counter(), plan.due(number)
        if max(free, due) >= plan.ends:
            break
        if due > free:
            await asyncio.sleep(due - free)
        # One that was kept waiting for a connection has waited since it was due.
        begun = due if plan.rate > 0 and due <= free else time.perf_counter()
        try:
            wire = wire or await _Wire.opened(plan.address)
            async with asyncio.timeout(PATIENCE_S):
                status, body = await wire.ask(plan.requests[number % len(plan.requests)])
        except (OSError, EOFError, asyncio.IncompleteReadError, TimeoutError):
            load.statuses["none"] += 1
            if wire:
                wire.close()
            wire = None
            # A server that is gone is not asked thousands of times a second.
            await asyncio.sleep(0.05)
            continue
        load.statuses[status] += 1
        if status == "200":
            load.times.append(1000 * (time.perf_counter() - begun))
            load.by[body.partition(BY)[2].partition(b'"')[0].decode()] += 1
    if wire:
        wire.close()


class _Wire:
    """One connection that is kept alive."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def opened(cls, address: Address) -> _Wire:
        context = None
        if address.secure:
            # Its own certificate, asked on its own machine.
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return cls(*await asyncio.open_connection(address.host, address.port, ssl=context))

    async def ask(self, request: bytes) -> tuple[str, bytes]:
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        size = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        body = await self.reader.readexactly(int(size or 0))
        return head.split(b" ", 2)[1].decode(), body

    def close(self) -> None:
        self.writer.close()
