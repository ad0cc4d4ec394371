"""The colleagues: what each of them heard, planned or released by now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.incidents.incident import Line
from app.record.table import Column, Table
from app.stages.drills.archive import DAY_MINUTES, View
from app.stages.drills.looks.words import WHO
from app.stages.part import Part

# Who is responsible where a cause lies.
KNOWS: Final[Mapping[str, str]] = {
    "data": "data",
    "labels": "data",
    "model": "platform",
    "service": "platform",
    "world": "product",
    "people": "product",
}
HEARS: Final[Mapping[str, tuple[str, ...]]] = {
    "data": ("log",),
    "platform": ("release", "log"),
    "product": ("calendar", "rumour", "complaint"),
}
RECENT_DAYS: Final = 4.0


def show(view: View, text: str) -> Part:
    """Ask one of them; who is responsible remembers something of the cause."""
    who = text if text in WHO else "data"
    since = view.now - RECENT_DAYS
    heard = [
        line
        for line in view.lines
        if line.source in HEARS[who] and line.day + line.minute / DAY_MINUTES >= since
    ]
    said = [f"“{line.words}”" for line in heard[-3:]]
    if KNOWS[view.archive.group] == who and view.archive.heard:
        said.append(f"“Now that you ask: {view.archive.heard}”")
    words = " ".join(dict.fromkeys(said)) or "“Nothing on my side that I know of.”"
    return Part(words={"said": f"{WHO[who]}: {words}"})


def line_table(view: View, key: str, title: str, lines: tuple[Line, ...]) -> Table:
    """Return lines of logs, releases and the hallway, the newest first."""
    names = view.archive.scene.live.world.days.names
    return Table(
        key=key,
        title=title,
        columns=(
            Column(key="day", label="Day", kind="text"),
            Column(key="time", label="Time", kind="text"),
            Column(key="source", label="Where", kind="text"),
            Column(key="words", label="What it says", kind="text"),
        ),
        rows=tuple(
            (
                names[min(line.day, len(names) - 1)],
                f"{line.minute // 60:02d}:{line.minute % 60:02d}",
                line.source,
                line.words,
            )
            for line in reversed(lines)
        ),
    )
