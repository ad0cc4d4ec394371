"""One worker process as the server sees it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app import ROOT
from app.jobs import frames

THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "ARROW_NUM_THREADS",
)
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def environment(threads: int) -> dict[str, str]:
    """Return the environment of a worker: few threads, and none of them spinning in wait."""
    limits = dict.fromkeys(THREAD_LIMITS, str(threads))
    return {**os.environ, **limits, "OMP_WAIT_POLICY": "PASSIVE", "GROUNDWORK_WORKER": "1"}


class WorkerProcess:
    """A child process that answers calls one at a time."""

    def __init__(self, threads: int, warm: Sequence[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.jobs.worker", *warm],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=environment(threads),
            start_new_session=True,
        )
        self._writing = threading.Lock()

    @property
    def pid(self) -> int:
        """Process id."""
        return self.process.pid

    def send(self, call: Any) -> None:
        """Hand a call over."""
        assert self.process.stdin is not None
        with self._writing:
            frames.write(self.process.stdin, call)  # type: ignore[arg-type]

    def receive(self) -> Any:
        """Wait for the next message; raises EOFError when the process is gone."""
        assert self.process.stdout is not None
        return frames.read(self.process.stdout)  # type: ignore[arg-type]

    def memory_bytes(self) -> int:
        """Return the memory it holds, 0 where that cannot be told."""
        try:
            words = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()
        except (OSError, ValueError):
            return 0
        return int(words[1]) * PAGE

    def kill(self) -> None:
        """End it and everything it started, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self.pid, signal.SIGKILL)
            else:
                self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError, ValueError):
                if pipe is not None:
                    pipe.close()
