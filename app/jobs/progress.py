"""Progress of a job: told in the worker, read on the page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

LEAST_GAP_S = 0.05


@dataclass(frozen=True)
class Progress:
    """How far a job is, in [0, 1], and what it is doing."""

    fraction: float
    words: str


class _Sink:
    """Where progress goes; nowhere outside a worker's job."""

    def __init__(self) -> None:
        self.send: Callable[[Progress], None] | None = None
        self.last = 0.0


SINK = _Sink()


def report(fraction: float, words: str) -> None:
    """Tell how far the running job is; without one, nothing happens."""
    if SINK.send is None:
        return
    now = time.monotonic()
    if now - SINK.last >= LEAST_GAP_S:
        SINK.last = now
        SINK.send(Progress(fraction, words))
