"""Finding a Chromium for the browser tests."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "GROUNDWORK_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
CACHES = (".cache/ms-playwright", "Library/Caches/ms-playwright", "AppData/Local/ms-playwright")
HOW = (
    "The browser tests need a Chromium, and none was found. Debian and Ubuntu: sudo apt-get "
    "install chromium. Elsewhere: .venv/bin/python -m playwright install chromium. Or name one: "
    f"{VARIABLE}=/path/to/chromium"
)


def find(environment: Mapping[str, str] = os.environ, home: Path | None = None) -> str | None:
    """Return the path of a Chromium, None when there is none."""
    named = environment.get(VARIABLE)
    if named:
        return named if Path(named).exists() else None
    for name in NAMES:
        found = shutil.which(name, path=environment.get("PATH"))
        if found:
            return found
    for place in PLACES:
        if Path(place).exists():
            return place
    return _cached(home or Path.home())


def _cached(home: Path) -> str | None:
    ending = {"win32": "chrome.exe", "darwin": "Chromium"}.get(sys.platform, "chrome")
    for cache in CACHES:
        found = sorted((home / cache).glob(f"chromium-*/**/{ending}"))
        if found:
            return str(found[-1])
    return None
