"""A pool of warm worker processes with the interface of an executor.

A page must not start processes the usual ways: their children would run the page's own script
again. These start from a module of their own, stay warm, and are killed to cancel.
"""

from __future__ import annotations

import atexit
import os
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import lru_cache
from typing import Any

from app.jobs.process import WorkerProcess
from app.jobs.progress import Progress
from app.jobs.trouble import OutOfMemory, TimeLimit, WorkerDied

WARM = (
    "numpy",
    "pandas",
    "app.stages.road",
    "app.workshop",
    "app.stages.data.measurement",
    "app.stages.baselines.measurement",
    "app.stages.errors.measurement",
    "app.stages.reproducibility.measurement",
    "app.stages.monitoring.measurement",
    "app.stages.drills.measurement",
    "app.stages.drills.looks.asked",
    "app.lab.trees.warmth",
)
MOST_WORKERS = 4
KEPT_JOBS = 200
WATCH_S = 0.1
MEMORY_SHARE = 0.6
UNTOUCHED = "Your project is untouched."


class Job(Future):  # type: ignore[type-arg]
    """A future whose work can be stopped while it runs."""

    def __init__(self, pool: WorkerPool, call: Any, owner: str, limit_s: float | None) -> None:
        super().__init__()
        self.id = secrets.token_hex(8)
        self.owner = owner
        self.call = call
        self.limit_s = limit_s
        self.started_at: float | None = None
        self.progress = Progress(0.0, "")
        self._pool = pool

    def cancel(self) -> bool:
        """Take it out of the queue, or kill the worker that runs it."""
        return self._pool.stop(self)

    def overdue(self) -> bool:
        """Say whether it runs longer than it may."""
        if not self.limit_s or self.started_at is None:
            return False
        return time.monotonic() - self.started_at > self.limit_s

    def cancel_waiting(self) -> bool:
        """Cancel as a plain future does: only while nothing runs."""
        return super().cancel()

    def end_cancelled(self) -> None:
        """Mark running work as cancelled; its process has been killed."""
        with self._condition:
            self._state = "CANCELLED_AND_NOTIFIED"
            self._condition.notify_all()
            for waiter in self._waiters:
                waiter.add_cancelled(self)
        self._invoke_callbacks()  # type: ignore[attr-defined]


class WorkerPool(Executor):
    """Warm worker processes that take jobs from a queue, owner by owner in turn.

    Parameters
    ----------
    workers : int
        Number of processes.
    threads : int
        Threads a worker's libraries may use.
    warm : sequence of str
        Modules that a worker imports while it waits.
    memory_mb : int
        Memory at which a worker is stopped.
    """

    def __init__(
        self, workers: int, threads: int = 1, warm: Sequence[str] = WARM, memory_mb: int = 4000
    ) -> None:
        self.workers = workers
        self.threads = threads
        self.memory_mb = memory_mb
        self._warm = tuple(warm)
        self._changed = threading.Condition()
        self._waiting: OrderedDict[str, deque[Job]] = OrderedDict()
        self._running: dict[Job, WorkerProcess] = {}
        self._known: OrderedDict[str, Job] = OrderedDict()
        self._stopped: dict[Job, BaseException | None] = {}
        self._closed = False
        self._hands = [
            threading.Thread(target=self._work, name=f"worker-{i}", daemon=True)
            for i in range(workers)
        ]
        for hand in self._hands:
            hand.start()
        threading.Thread(target=self._watch, name="worker-watch", daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Job:
        """Queue a call."""
        return self.submit_with(fn, args, kwargs)

    def submit_with(
        self,
        fn: Callable[..., Any],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        owner: str = "",
        time_limit_s: float | None = None,
    ) -> Job:
        """Queue a call for an owner, with a limit on its time."""
        job = Job(self, (fn, tuple(args), kwargs or {}), owner, time_limit_s)
        with self._changed:
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._waiting.setdefault(owner, deque()).append(job)
            self._known[job.id] = job
            for old in list(self._known.values())[:-KEPT_JOBS]:
                if old.done():
                    del self._known[old.id]
            self._changed.notify()
        return job

    def jobs(self, owner: str) -> list[Job]:
        """Return the jobs of an owner that wait or run, oldest first."""
        with self._changed:
            return [j for j in self._known.values() if j.owner == owner and not j.done()]

    def find(self, job_id: str) -> Job | None:
        """Return a job by its id, done or not, None when it is long gone."""
        with self._changed:
            return self._known.get(job_id)

    def stop(self, job: Job, reason: BaseException | None = None) -> bool:
        """Stop a job wherever it is; with a reason it ends with that error."""
        with self._changed:
            if job.done():
                return job.cancelled()
            process = self._running.get(job)
            if process is None:
                queue = self._waiting.get(job.owner)
                if queue and job in queue:
                    queue.remove(job)
                return job.cancel_waiting()
            self._stopped.setdefault(job, reason)
        process.kill()
        return True

    def _work(self) -> None:
        process = WorkerProcess(self.threads, self._warm)
        while True:
            job = self._next()
            if job is None:
                process.kill()
                return
            if not job.set_running_or_notify_cancel():
                continue
            with self._changed:
                self._running[job] = process
                job.started_at = time.monotonic()
            alive = self._run(job, process)
            with self._changed:
                self._running.pop(job, None)
                self._stopped.pop(job, None)
                closed = self._closed
            if not alive:
                process.kill()
                if closed:
                    return
                process = WorkerProcess(self.threads, self._warm)

    def _next(self) -> Job | None:
        with self._changed:
            while True:
                for owner in list(self._waiting):
                    queue = self._waiting[owner]
                    # Whoever was served goes to the back, so that nobody waits behind ten jobs.
                    self._waiting.move_to_end(owner)
                    if queue:
                        return queue.popleft()
                    del self._waiting[owner]
                if self._closed:
                    return None
                self._changed.wait()

    def _run(self, job: Job, process: WorkerProcess) -> bool:
        """Run one job; False when the process is gone afterwards."""
        try:
            process.send(job.call)
            while True:
                kind, content = process.receive()
                if kind == "progress":
                    job.progress = content
                elif kind != "ready":
                    break
        except (EOFError, OSError, ValueError):
            self._lost(job, process)
            return False
        except Exception as error:
            # Calls and answers are pickles of anything, and raise anything: whoever waits is told.
            job.set_exception(error)
            return False
        self._deliver(job, kind, content)
        return bool(kind != "memory")

    def _deliver(self, job: Job, kind: str, content: Any) -> None:
        if kind == "result":
            job.set_result(content)
        elif kind == "memory":
            job.set_exception(self._too_much())
        else:
            job.set_exception(content)

    def _lost(self, job: Job, process: WorkerProcess) -> None:
        if job in self._stopped:
            reason = self._stopped[job]
            if reason is None:
                job.end_cancelled()
            else:
                job.set_exception(reason)
            return
        code = process.process.wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        job.set_exception(
            WorkerDied(
                f"The process that measured ended unexpectedly ({how}). {UNTOUCHED} Measure again; "
                "if it happens once more, try fewer rows or columns."
            )
        )

    def _too_much(self) -> OutOfMemory:
        return OutOfMemory(
            f"The measurement needed more than {self.memory_mb:,} MB of memory and was stopped. "
            f"{UNTOUCHED} Try fewer rows or columns, or raise GROUNDWORK_WORKER_MEMORY_MB."
        )

    def _watch(self) -> None:
        """Stop whatever takes too much memory or time."""
        while not self._closed:
            time.sleep(WATCH_S)
            with self._changed:
                running = list(self._running.items())
            for job, process in running:
                if process.memory_bytes() > self.memory_mb * 1_000_000:
                    self.stop(job, self._too_much())
                elif job.overdue():
                    self.stop(job, TimeLimit(f"It took longer than {job.limit_s:g} s."))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers: after their jobs, or at once with ``cancel_futures``."""
        with self._changed:
            self._closed = True
            waiting = [job for queue in self._waiting.values() for job in queue]
            if cancel_futures:
                self._waiting.clear()
            self._changed.notify_all()
        if cancel_futures:
            for job in waiting:
                job.cancel_waiting()
        if wait:
            for hand in self._hands:
                hand.join()

    def kill(self) -> None:
        """End the workers at once, whatever they are doing."""
        self.shutdown(wait=False, cancel_futures=True)
        with self._changed:
            running = list(self._running)
        for job in running:
            self.stop(job)
        for hand in self._hands:
            hand.join(timeout=2)


def count_of(name: str, default: int, low: int, high: int) -> int:
    """Read a whole number from the environment, or say what is wrong with it."""
    text = os.environ.get(name, "")
    if not text:
        return default
    if not text.isdigit() or not low <= int(text) <= high:
        raise ValueError(f"{name} is {text!r}; give a whole number from {low} to {high}")
    return int(text)


def memory_mb(workers: int) -> int:
    """Return the memory a worker may take, in MB."""
    total = 8e9
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        total = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    default = max(1000, int(MEMORY_SHARE * total / workers / 1e6))
    return count_of("GROUNDWORK_WORKER_MEMORY_MB", default, 200, 10_000_000)


@lru_cache(maxsize=1)
def executor() -> WorkerPool:
    """Return the pool of this server, started on first use."""
    cores = os.cpu_count() or 1
    workers = count_of("GROUNDWORK_WORKERS", max(2, min(cores, MOST_WORKERS)), 1, 64)
    pool = WorkerPool(workers, max(1, cores // workers), memory_mb=memory_mb(workers))
    atexit.register(pool.kill)
    return pool
