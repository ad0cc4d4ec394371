"""Fitted rungs in safe formats, and their answers to plain rows, to the last bit."""

from app.lab.portable.answerer import Answerer
from app.lab.portable.codec import UnportableModel
from app.lab.portable.portable import from_portable, portable
from app.lab.portable.version import Version, read_version, version_files

__all__ = [
    "Answerer",
    "UnportableModel",
    "Version",
    "from_portable",
    "portable",
    "read_version",
    "version_files",
]
