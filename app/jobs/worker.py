"""A worker: ``python -m app.jobs.worker`` reads calls from its input and answers on its output."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from typing import Any, BinaryIO

from app.jobs import frames
from app.jobs.progress import SINK, Progress
from app.jobs.trouble import RemoteError

NICER = 5
PR_SET_PDEATHSIG = 1


def main(warm: list[str]) -> None:
    """Serve calls until the server is gone."""
    calls, answers = _own_pipes()
    _die_with_parent()
    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(calls, inbox), daemon=True).start()
    lock = threading.Lock()

    def answer(message: Any) -> None:
        with lock:
            frames.write(answers, message)

    answer(("ready", None))
    # Loading takes seconds: it is done while nobody waits.
    for name in warm:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    while True:
        function, args, kwargs = inbox.get()
        SINK.send = lambda progress: answer(("progress", progress))
        SINK.last = 0.0
        answer(("progress", Progress(0.0, "Starting")))
        _serve(answer, function, args, kwargs)
        SINK.send = None


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the real input and output for messages; prints of any library go to the errors."""
    calls = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return calls, answers


def _die_with_parent() -> None:
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICER)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _listen(calls: BinaryIO, inbox: queue.SimpleQueue[Any]) -> None:
    while True:
        try:
            inbox.put(frames.read(calls))
        except EOFError:
            # The server is gone: nothing that runs here has anyone to answer to.
            os._exit(0)
        except Exception as error:
            # A pickle raises whatever its classes raise; the worker lives on and answers.
            inbox.put((_raise, (RemoteError(f"the call cannot be read: {error}"),), {}))


def _raise(error: BaseException) -> None:
    raise error


def _serve(answer: Any, function: Any, args: Any, kwargs: Any) -> None:
    try:
        found = ("result", function(*args, **kwargs))
    except MemoryError:
        found = ("memory", None)
    except BaseException as error:
        error.add_note("In the worker:\n" + traceback.format_exc())
        found = ("error", _travels(error))
    try:
        answer(found)
    except (TypeError, AttributeError, pickle.PicklingError) as error:
        answer(("error", RemoteError(f"the result cannot travel: {error}")))


def _travels(error: BaseException) -> BaseException:
    try:
        pickle.loads(pickle.dumps(error, protocol=5))
    except Exception:
        # An error of any library may refuse the journey in its own way; its words always travel.
        return RemoteError(f"{type(error).__name__}: {error}")
    return error


if __name__ == "__main__":
    main(sys.argv[1:])
