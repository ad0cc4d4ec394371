"""Messages between the server and a worker: a length, then that many bytes of pickle."""

from __future__ import annotations

import pickle
import struct
from typing import Any, BinaryIO

import cloudpickle

LENGTH = struct.Struct(">Q")


def write(pipe: BinaryIO, message: Any) -> None:
    """Write one message."""
    # Functions made on the fly or in a script travel by value, all else as plain pickle.
    data = cloudpickle.dumps(message, protocol=5)
    pipe.write(LENGTH.pack(len(data)) + data)
    pipe.flush()


def read(pipe: BinaryIO) -> Any:
    """Read one message; raises EOFError when the other side is gone."""
    head = _exactly(pipe, LENGTH.size)
    return pickle.loads(_exactly(pipe, LENGTH.unpack(head)[0]))


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    parts = []
    while size:
        part = pipe.read(size)
        if not part:
            raise EOFError("the other side is gone")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
