"""Workers: they answer, tell progress, stop when told, and never take the app down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, as_completed
from pathlib import Path

import pytest

from app import ROOT
from app.jobs import OutOfMemory, TimeLimit, WorkerDied, WorkerPool, report
from app.jobs.pool import count_of


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    """Two cold workers with a small memory limit."""
    found = WorkerPool(2, 1, warm=(), memory_mb=400)
    yield found
    found.kill()


def _gone(pid: int, within_s: float = 5.0) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return True
        if "State:\tZ" in status:
            return True
        time.sleep(0.05)
    return False


def _sleep_telling(seconds: float) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        report(1 - (end - time.monotonic()) / seconds, "sleeping")
        time.sleep(0.02)
    return "done"


def _fail(words: str) -> None:
    raise ValueError(words)


def _exit() -> None:
    os._exit(3)


def _eat() -> None:
    kept = []
    while True:
        kept.append(bytearray(20_000_000))
        time.sleep(0.005)


def _chatter() -> str:
    print("noise")  # noqa: T201
    os.write(1, b"raw noise\n")
    return "clean"


class Awkward(Exception):
    """An error that cannot be pickled."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__("awkward")


def _awkward() -> None:
    raise Awkward(1, 2)


def test_it_is_an_executor(pool: WorkerPool) -> None:
    """submit, keyword arguments, map and as_completed work as anywhere."""
    assert pool.submit(pow, 2, 5).result(10) == 32
    assert pool.submit(int, "ff", base=16).result(10) == 255
    assert list(pool.map(abs, [-1, -2, -3])) == [1, 2, 3]
    jobs = {pool.submit(pow, 2, n): n for n in range(5)}
    assert {jobs[j]: j.result() for j in as_completed(jobs, 10)} == {n: 2**n for n in range(5)}
    assert pool.submit(lambda x: x + 1, 1).result(10) == 2


def test_an_error_arrives_as_itself(pool: WorkerPool) -> None:
    """Its type and words, with the worker's traceback as a note; the worker lives on."""
    with pytest.raises(ValueError, match="seven") as caught:
        pool.submit(_fail, "seven").result(10)
    assert "_fail" in caught.value.__notes__[0]
    with pytest.raises(RuntimeError, match="Awkward: awkward"):
        pool.submit(_awkward).result(10)
    assert pool.submit(abs, -1).result(10) == 1


def test_progress_is_told_in_order(pool: WorkerPool) -> None:
    """The page sees words and a growing fraction while it runs."""
    job = pool.submit(_sleep_telling, 1.0)
    seen = []
    while not job.done():
        seen.append(job.progress.fraction)
        time.sleep(0.05)
    assert job.result() == "done"
    assert seen == sorted(seen)
    assert seen[-1] > 0.5
    assert job.progress.words == "sleeping"
    report(0.5, "outside a job nothing happens")


def test_cancel_really_stops_the_work(pool: WorkerPool) -> None:
    """The process is gone, the job is cancelled, the other one is untouched, the next one runs."""
    other = pool.submit(_sleep_telling, 1.5)
    pid = pool.submit(os.getpid).result(10)
    job = pool.submit(_sleep_telling, 60)
    time.sleep(0.4)
    assert job.cancel()
    with pytest.raises(CancelledError):
        job.result(5)
    assert job.cancelled()
    assert _gone(pid)
    assert other.result(10) == "done"
    assert pool.submit(abs, -5).result(10) == 5


def test_waiting_jobs_are_cancelled_without_a_process(pool: WorkerPool) -> None:
    """What has not begun is only taken out of the queue."""
    busy = [pool.submit(_sleep_telling, 1.0) for _ in range(2)]
    waiting = pool.submit(abs, -1)
    assert waiting.cancel()
    assert waiting.cancelled()
    assert [job.result(10) for job in busy] == ["done", "done"]


def test_a_crash_is_a_message(pool: WorkerPool) -> None:
    """A process that dies says how, that the project is untouched, and what to do."""
    with pytest.raises(WorkerDied, match=r"exit code 3.*untouched.*fewer rows"):
        pool.submit(_exit).result(10)
    with pytest.raises(WorkerDied, match="signal 9"):
        pool.submit(os.kill, 0, signal.SIGKILL).result(10)
    assert pool.submit(abs, -1).result(10) == 1


def test_too_much_memory_is_a_message(pool: WorkerPool) -> None:
    """A blow-up is stopped at the limit, named in the message."""
    with pytest.raises(OutOfMemory, match="more than 400 MB"):
        pool.submit(_eat).result(30)
    assert pool.submit(abs, -1).result(10) == 1


def test_too_much_time_is_a_message(pool: WorkerPool) -> None:
    """A job with a limit does not outlive it."""
    job = pool.submit_with(_sleep_telling, (60,), time_limit_s=0.5)
    with pytest.raises(TimeLimit, match=r"longer than 0\.5 s"):
        job.result(10)


def test_prints_do_not_disturb(pool: WorkerPool, capfd: pytest.CaptureFixture[str]) -> None:
    """Output of a library, raw or not, never mixes with the answers."""
    assert pool.submit(_chatter).result(10) == "clean"
    assert pool.submit(abs, -1).result(10) == 1
    assert "noise" not in capfd.readouterr().out


def test_large_things_travel(pool: WorkerPool) -> None:
    """Twenty megabytes there and back."""
    data = os.urandom(20_000_000)
    assert pool.submit(bytes, data).result(30) == data


def test_owners_take_turns() -> None:
    """One person's ten measurements do not hold up another's one."""
    pool = WorkerPool(1, 1, warm=(), memory_mb=400)
    try:
        many = [pool.submit_with(_sleep_telling, (0.3,), owner="a") for _ in range(6)]
        one = pool.submit_with(_sleep_telling, (0.1,), owner="b")
        assert one.result(10) == "done"
        assert sum(job.done() for job in many) <= 3
        assert {j.owner for j in pool.jobs("a")} == {"a"}
        assert pool.find(one.id) is one
        assert pool.find("nobody") is None
    finally:
        pool.kill()


def test_threads_are_capped_and_wait_passively(pool: WorkerPool) -> None:
    """The libraries of a worker see the cap before they load."""
    found = pool.submit(os.getenv, "OMP_NUM_THREADS").result(10)
    assert found == "1"
    assert pool.submit(os.getenv, "OMP_WAIT_POLICY").result(10) == "PASSIVE"


def test_after_shutdown_nothing_is_taken(pool: WorkerPool) -> None:
    """As with any executor."""
    job = pool.submit(_sleep_telling, 0.2)
    pool.shutdown()
    assert job.result() == "done"
    with pytest.raises(RuntimeError, match="after shutdown"):
        pool.submit(abs, 1)


PARENT = """
import os, time
from app.jobs import WorkerPool
pool = WorkerPool(2, 1, warm=())
print(*{pool.submit(os.getpid).result() for _ in range(6)}, flush=True)
pool.submit(time.sleep, 60)
time.sleep(60)
"""


def test_workers_die_with_the_server() -> None:
    """Killed without a word, the server leaves no process behind."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert pids
    assert all(_gone(pid) for pid in pids)


def test_settings_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong number of workers names the variable, the value and what is allowed."""
    monkeypatch.setenv("GROUNDWORK_WORKERS", "many")
    with pytest.raises(
        ValueError, match="GROUNDWORK_WORKERS is 'many'; give a whole number from 1"
    ):
        count_of("GROUNDWORK_WORKERS", 2, 1, 64)


def test_the_interface_is_that_of_an_executor() -> None:
    """Another executor can stand in its place: only submit, map and shutdown are relied on."""
    from concurrent.futures import Executor

    assert issubclass(WorkerPool, Executor)
