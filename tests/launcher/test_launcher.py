"""The launcher: sets up once, says what is wrong, finds a Chromium or fails."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app import ROOT
from app.launcher import chromium, environment, server
from app.launcher.checks import lock_problems
from app.launcher.checks import test as run_tests

UV = """#!/bin/sh
echo "$@" >> "{log}"
case "$1" in
  venv) mkdir -p "{root}/.venv/bin"; ln -sf "{python}" "{root}/.venv/bin/python";;
  pip) {pip};;
esac
"""


def _fake_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pip: str = ":") -> Path:
    """A uv that only writes down what it was asked."""
    folder, log = tmp_path / "bin", tmp_path / "log"
    folder.mkdir()
    script = folder / "uv"
    script.write_text(UV.format(log=log, root=tmp_path, python=sys.executable, pip=pip))
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    (tmp_path / "requirements.lock").write_text("a==1 --hash=sha256:00\n")
    (tmp_path / "requirements-test.lock").write_text("a==1\nb==1\n")
    return log


def test_an_old_python_is_refused_with_what_to_do() -> None:
    """The message names both versions."""
    with pytest.raises(
        environment.SetUpError, match=r"needs Python 3\.11 or newer; this is 3\.8\.1"
    ):
        environment.check_python((3, 8, 1))
    environment.check_python((3, 12, 0))


def test_it_installs_once_with_hashes_and_again_when_the_lock_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stamp is the lock's fingerprint."""
    log = _fake_uv(tmp_path, monkeypatch)
    lock = tmp_path / "requirements.lock"
    python = environment.ensure(tmp_path, lock)
    assert python.exists()
    first = log.read_text().splitlines()
    assert any("--require-hashes" in line and "requirements.lock" in line for line in first)
    environment.ensure(tmp_path, lock)
    assert log.read_text().splitlines() == first
    lock.write_text("a==2 --hash=sha256:11\n")
    environment.ensure(tmp_path, lock)
    assert len(log.read_text().splitlines()) == len(first) + 1


def test_app_and_tests_share_one_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the test lock the app's own start needs no new set-up."""
    log = _fake_uv(tmp_path, monkeypatch)
    environment.ensure(tmp_path, tmp_path / "requirements.lock")
    environment.ensure(tmp_path, tmp_path / "requirements-test.lock")
    lines = log.read_text()
    environment.ensure(tmp_path, tmp_path / "requirements.lock")
    assert log.read_text() == lines


def test_a_failed_install_is_told_and_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last lines of the tool are shown, and nothing counts as ready."""
    _fake_uv(tmp_path, monkeypatch, pip="echo 'hash mismatch' >&2; exit 1")
    lock = tmp_path / "requirements.lock"
    with pytest.raises(environment.SetUpError, match="hash mismatch"):
        environment.ensure(tmp_path, lock)
    assert not environment.ready(tmp_path / ".venv", environment.stamp_of((lock,)))
    assert not (tmp_path / ".venv.lock").exists()
    assert "setting up" in capsys.readouterr().err


def test_two_starts_at_once_set_up_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second waits for the first."""
    log = _fake_uv(tmp_path, monkeypatch, pip="sleep 0.5")
    lock = tmp_path / "requirements.lock"
    threads = [threading.Thread(target=environment.ensure, args=(tmp_path, lock)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(line.startswith("pip") for line in log.read_text().splitlines()) == 1


def test_a_left_over_lock_does_not_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that was killed leaves no trap."""
    _fake_uv(tmp_path, monkeypatch)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / ".venv.lock").write_text(str(dead.pid))
    assert environment.ensure(tmp_path, tmp_path / "requirements.lock").exists()


def test_a_chromium_is_found_where_it_is(tmp_path: Path) -> None:
    """By name in the variable, on the path, in the cache of the test tool; else None."""
    program = tmp_path / "bin" / "chromium"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert chromium.find({"PATH": str(program.parent)}, tmp_path) == str(program)
    assert chromium.find({chromium.VARIABLE: str(program), "PATH": ""}, tmp_path) == str(program)
    assert (
        chromium.find({chromium.VARIABLE: "/nowhere", "PATH": str(program.parent)}, tmp_path)
        is None
    )
    cached = tmp_path / ".cache/ms-playwright/chromium-1/chrome-linux/chrome"
    cached.parent.mkdir(parents=True)
    cached.touch()
    assert chromium.find({"PATH": "/nowhere"}, tmp_path) == str(cached)


def test_without_a_chromium_the_tests_fail_and_say_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Never a silent skip."""
    monkeypatch.setattr(chromium, "find", lambda: None)
    assert run_tests(ROOT, []) == 2
    assert "apt-get install chromium" in capsys.readouterr().err


def _app(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GROUNDWORK_NO_VENV": "1", "PYTHONPATH": str(ROOT)},
    )


def test_help_and_unknown_commands() -> None:
    """Help lists the commands; an unknown one is one line and exit code 2."""
    found = _app("--help")
    assert found.returncode == 0
    for command in ("test", "cases", "new", "measure", "show", "write"):
        assert command in found.stdout
    found = _app("dance")
    assert found.returncode == 2
    assert found.stderr.count("\n") == 1
    assert "cases" in found.stderr
    assert _app("--version").stdout.startswith("groundwork ")
    assert _app("cases", "--json").stdout.startswith("[")


def test_it_takes_the_next_free_port() -> None:
    """A port in use is passed over."""
    import socket

    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        port = taken.getsockname()[1]
        assert server.free_port("localhost", port) != port


def test_locks_hold_what_pyproject_asks_for() -> None:
    """Ranges, locks and the list for people agree."""
    assert lock_problems(ROOT) == []


def test_locks_are_hashed_and_name_no_place() -> None:
    """Every requirement has a hash; no address of a server is in them."""
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        blocks = [b for b in text.replace("\\\n", "").splitlines() if "==" in b]
        assert all("--hash=sha256:" in b for b in blocks)
