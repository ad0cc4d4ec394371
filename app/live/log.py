"""The prediction log: written in batches, off the way of the answer, never in its way."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from typing import TYPE_CHECKING

from app.store.predictions import open_predictions

if TYPE_CHECKING:
    from app.lab.portable.entry import Entry

MOST_WAITING = 20_000
EVERY_S = 0.5
BATCH = 500


class PredictionLog:
    """A queue, and the thread that empties it into the database every half a second.

    What was answered longer ago than that outlives a killed server.
    """

    def __init__(self) -> None:
        self.lost: Counter[str] = Counter()
        self._waiting: queue.Queue[tuple[str, Entry]] = queue.Queue(MOST_WAITING)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start writing, once."""
        if self._thread is None or not self._thread.is_alive():
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="prediction-log", daemon=True)
            self._thread.start()

    def put(self, project_id: str, entries: list[Entry]) -> None:
        """Take entries without ever waiting; what there is no room for is counted as lost."""
        for entry in entries:
            try:
                self._waiting.put_nowait((project_id, entry))
            except queue.Full:
                self.lost[project_id] += 1

    def stop(self, timeout: float = 5.0) -> None:
        """Write what is waiting, then stop."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout)
            self._thread = None

    def _run(self) -> None:
        while not (self._stop.is_set() and self._waiting.empty()):
            self._stop.wait(EVERY_S)
            while entries := self._taken():
                self._write(entries)

    def _taken(self) -> list[tuple[str, Entry]]:
        found: list[tuple[str, Entry]] = []
        while len(found) < BATCH:
            try:
                found.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return found

    def _write(self, entries: list[tuple[str, Entry]]) -> None:
        try:
            open_predictions().write(entries)
        # A log that cannot be written must not stop the answers, nor the next batch.
        except Exception:
            self.lost.update(project_id for project_id, _ in entries)
