"""Starting the app's server and the browser that shows it."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Sequence
from pathlib import Path

FIRST_PORT = 8501
TRIED_PORTS = 50
PATIENCE_S = 60


def parser() -> argparse.ArgumentParser:
    """Return the parser of the options of ``run``."""
    found = argparse.ArgumentParser(prog="python3 -m app run")
    found.add_argument(
        "--port", type=int, help="port to listen on (default: 8501 or the next free)"
    )
    found.add_argument("--host", default="localhost", help="address to listen on")
    found.add_argument("--no-browser", action="store_true", help="do not open the browser")
    return found


def serve(root: Path, argv: Sequence[str]) -> int:
    """Start the server in this process; further options after ``--`` go to Streamlit."""
    mine, rest = _split(argv)
    options = parser().parse_args(mine)
    port = options.port or free_port(options.host)
    url = f"http://{options.host}:{port}"
    print(f"Groundwork opens at {url}   (stop it with Ctrl-C)", flush=True)
    if not options.no_browser and _has_screen():
        threading.Thread(target=_open_when_up, args=(url,), daemon=True).start()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.chdir(root)
    from click.exceptions import Abort
    from streamlit.web import cli

    flags = ["--server.port", str(port), "--server.address", options.host, "--server.headless", "1"]
    sys.argv = ["streamlit", "run", str(root / "app" / "asgi.py"), *flags, *rest]
    try:
        return int(cli.main(sys.argv[1:], standalone_mode=False) or 0)
    except Abort:
        # Ctrl-C, once everything was put away: nothing has gone wrong.
        return 0


def _split(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    words = list(argv)
    if "--" not in words:
        return words, []
    at = words.index("--")
    return words[:at], words[at + 1 :]


def free_port(host: str, first: int = FIRST_PORT) -> int:
    """Return the first port from 8501 on that nobody listens on."""
    for port in range(first, first + TRIED_PORTS):
        with socket.socket() as trial:
            try:
                trial.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {first} to {first + TRIED_PORTS - 1}; name one with --port")


def _has_screen() -> bool:
    if os.environ.get("CI") or os.environ.get("GROUNDWORK_NO_BROWSER"):
        return False
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def _open_when_up(url: str) -> None:
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE_S:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    webbrowser.open(url)
