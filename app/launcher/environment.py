"""The project's own environment, made from the locked, hash-checked requirements."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

LEAST = (3, 11)
STAMP = "groundwork-stamp"
PATIENCE_S = 900
STALE_S = 1200
APT = "sudo apt-get install python3-venv"


class SetUpError(RuntimeError):
    """The environment cannot be made, with what to do about it."""


def check_python(version: tuple[int, ...]) -> None:
    """Refuse a Python that is too old."""
    if tuple(version[:2]) < LEAST:
        found = ".".join(str(part) for part in version[:3])
        raise SetUpError(
            f"Groundwork needs Python {LEAST[0]}.{LEAST[1]} or newer; this is {found}. "
            "Install a newer one, then start with it: python3.11 -m app"
        )


def python_of(folder: Path) -> Path:
    """Return the interpreter of an environment."""
    windows = os.name == "nt"
    return folder / ("Scripts/python.exe" if windows else "bin/python")


def stamp_of(locks: tuple[Path, ...]) -> str:
    """Return the fingerprint of the locks an environment is made from."""
    found = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for lock in locks:
        found.update(lock.read_bytes())
    return found.hexdigest()


def ready(folder: Path, stamp: str) -> bool:
    """Say whether an environment is complete and made from these locks."""
    path = folder / STAMP
    return (
        python_of(folder).exists()
        and path.exists()
        and stamp in path.read_text(encoding="ascii").split()
    )


def ensure(root: Path, lock: Path) -> Path:
    """Return the interpreter of the environment, making or renewing it first when needed."""
    folder, stamp = root / ".venv", stamp_of((lock,))
    if ready(folder, stamp):
        return python_of(folder)
    with _alone(root / ".venv.lock"):
        if not ready(folder, stamp):
            _make(folder, lock, stamp)
    return python_of(folder)


def say(words: str) -> None:
    """Tell the person what happens; never on the output that commands print to."""
    print(f"groundwork: {words}", file=sys.stderr, flush=True)


def _make(folder: Path, lock: Path, stamp: str) -> None:
    uv = shutil.which("uv")
    started = time.monotonic()
    say(f"setting up .venv from {lock.name} with {'uv' if uv else 'pip'}; once, up to a minute")
    kept = _stamps(folder) if python_of(folder).exists() else []
    with contextlib.suppress(FileNotFoundError):
        (folder / STAMP).unlink()
    if not python_of(folder).exists():
        _new(folder, uv)
    _install(folder, lock, uv)
    # A test environment holds everything the app needs: both stamps are then true.
    if not lock.name.endswith("-test.lock"):
        kept = []
    (folder / STAMP).write_text("\n".join([*kept, stamp]) + "\n", encoding="ascii")
    say(f"ready after {time.monotonic() - started:.0f} s")


def _stamps(folder: Path) -> list[str]:
    path = folder / STAMP
    return path.read_text(encoding="ascii").split() if path.exists() else []


def _new(folder: Path, uv: str | None) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    if uv:
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
        return
    try:
        _run([sys.executable, "-m", "venv", str(folder)])
    except SetUpError as error:
        shutil.rmtree(folder, ignore_errors=True)
        hint = f" On Debian and Ubuntu: {APT}" if "ensurepip" in str(error) else ""
        raise SetUpError(f"the environment cannot be made.{hint}\n{error}") from None


def _install(folder: Path, lock: Path, uv: str | None) -> None:
    python = str(python_of(folder))
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", python]
    else:
        _give_pip(python)
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*command, "--require-hashes", "-r", str(lock)])


def _give_pip(python: str) -> None:
    """An environment that uv once made has no pip of its own."""
    found = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
    if found.returncode:
        _run([python, "-m", "ensurepip", "--upgrade"])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise SetUpError(
            f"this step failed: {Path(command[0]).name} {' '.join(command[1:4])} …\n{last}\nCheck the network, then start again."
        )


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let only one launcher make the environment; the others wait for it."""
    waited = time.monotonic()
    told = False
    while True:
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
            break
        except FileExistsError:
            if _left_over(path):
                path.unlink(missing_ok=True)
                continue
            if not told:
                say("another start is setting up; waiting for it")
                told = True
            if time.monotonic() - waited > PATIENCE_S:
                raise SetUpError(
                    f"waited {PATIENCE_S} s for another start; if none is running, remove {path}"
                ) from None
            time.sleep(0.3)
    try:
        os.write(descriptor, str(os.getpid()).encode())
        os.close(descriptor)
        yield
    finally:
        path.unlink(missing_ok=True)


def _left_over(path: Path) -> bool:
    """Say whether whoever held the lock is gone."""
    try:
        owner = int(path.read_text(encoding="ascii") or 0)
        age = time.time() - path.stat().st_mtime
    except (OSError, ValueError):
        return False
    if age > STALE_S:
        return True
    if owner == 0 or os.name == "nt":
        return False
    try:
        os.kill(owner, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
