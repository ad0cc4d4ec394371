"""Load is measured honestly, against servers whose slowness is known."""

from __future__ import annotations

import asyncio
import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.live.address import Address
from app.live.load import Load, make_load
from app.live.load_report import histogram, measures, trouble

SLOW_S = 0.02


def _made(*what: Any) -> Load:
    """Make load as a worker does: in a thread without a loop of its own, whoever else has one here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(make_load, *what).result()


BODY = b'{"prediction":1,"answered_by":"model"}'
ROWS = [{"size": 1.0}, {"size": 2.0}]


class Slow:
    """A server that takes 20 ms an answer and refuses every fourth request."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.ready.wait(5)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.stop = asyncio.Event()
        self.ready.set()
        await self.stop.wait()
        server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                self.asked.append(head + await reader.readexactly(size))
                status = b"422 No" if len(self.asked) % 4 == 0 else b"200 OK"
                await asyncio.sleep(SLOW_S)
                parts = (status, len(BODY), BODY)
                writer.write(b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % parts)
        except asyncio.IncompleteReadError:
            writer.close()


@pytest.fixture
def slow() -> Iterator[Slow]:
    """The server, started and stopped."""
    found = Slow()
    yield found
    found.loop.call_soon_threadsafe(found.stop.set)
    found.thread.join(5)


def test_a_server_that_keeps_up(slow: Slow) -> None:
    """At a rate it can take: as many requests as wanted, each a row in turn, at its own slowness."""
    load = _made(Address("127.0.0.1", slow.port), "p1", ROWS, 40.0, 4, 1.0)
    # As it comes back from a worker.
    load = pickle.loads(pickle.dumps(load))
    assert load.asked == len(slow.asked) == 40
    assert load.statuses == {"200": 30, "422": 10}
    assert load.by == {"model": 30}
    assert min(load.times) >= 1000 * SLOW_S
    assert slow.asked[0].startswith(b"POST /api/projects/p1/predict HTTP/1.1\r\n")
    assert {asked.rpartition(b"\r\n")[2] for asked in slow.asked} == {
        b'{"size": 1.0}',
        b'{"size": 2.0}',
    }
    numbers = {measure.key: measure for measure in measures(load)}
    assert numbers["load_failed"].value == 0.25
    low, high = numbers["load_failed"].low, numbers["load_failed"].high
    assert low is not None
    assert high is not None
    assert low < 0.25 < high
    assert (numbers["load_p50"].n, numbers["load_fallback"].value) == (30, 0.0)
    picture = histogram(load)
    assert picture is not None
    assert sum(n for n in picture.series[0].y if isinstance(n, float)) == 30
    assert "10 got status 422" in " ".join(trouble(load))


def test_a_server_that_falls_behind(slow: Slow) -> None:
    """One connection cannot carry 100 a second at 20 ms each: the waiting is in the latency."""
    load = _made(Address("127.0.0.1", slow.port), "p1", ROWS, 100.0, 1, 1.0)
    assert load.asked < 60
    assert max(load.times) > 300
    assert load.times[-1] > 5 * load.times[0]
    assert any("the queue only grows" in words for words in trouble(load))


def test_nobody_is_there() -> None:
    """A server that is gone is counted, not asked thousands of times, and draws no picture."""
    load = _made(Address("127.0.0.1", 9), "p1", ROWS, 0.0, 2, 0.4)
    assert set(load.statuses) == {"none"}
    assert load.asked < 30
    assert histogram(load) is None
    assert [m.value for m in measures(load) if m.key == "load_failed"] == [1.0]
    assert measures(Load(0.0, 1))[-1].value is None
