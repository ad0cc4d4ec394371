"""Files that are either the old one or the new one, never half of each."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file beside its place, then move it there in one step."""
    data = content.encode() if isinstance(content, str) else content
    folder = path.resolve().parent
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is private; what replaces it should be as readable as any new file.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def home() -> Path:
    """Return the folder for everything kept on this machine, made on first use."""
    given = os.environ.get("GROUNDWORK_HOME")
    folder = Path(given).expanduser() if given else _platform_home()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _platform_home() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "groundwork"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "groundwork"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "groundwork"
