"""What makes a drill easy, medium or hard: eight axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.incidents.onset import ONSETS


@dataclass(frozen=True)
class Difficulty:
    """One level.

    Parameters
    ----------
    title : str
    severity : float
        How strong the incident strikes, in (0, 1].
    decoys : int
        False trails that are planted.
    label_delay : float
        Times the label delay of the data.
    logs : float
        Share of the true traces that stand in logs and release notes.
    false_alarms : float
        How often there is nothing to mend at all.
    opening : tuple of str
        How it may come to notice.
    onsets : tuple of str
        How it may begin: keys of `app.incidents.onset.ONSETS`.
    meter_late : float
        Minutes by which the harm meter is late; infinite where nobody knows until the end.
    """

    title: str
    severity: float
    decoys: int
    label_delay: float
    logs: float
    false_alarms: float
    opening: tuple[str, ...]
    meter_late: float
    onsets: tuple[str, ...]


DAY: Final = 1440.0
LEVELS: Final[Mapping[str, Difficulty]] = {
    "easy": Difficulty("Easy", 1.0, 1, 0.5, 1.0, 0.0, ("alert",), 0.0, ("abrupt",)),
    "medium": Difficulty(
        "Medium", 0.6, 2, 1.0, 0.5, 0.15, ("alert", "complaint"), 60.0, ("abrupt", "ramped")
    ),
    "hard": Difficulty(
        "Hard", 0.35, 3, 1.5, 0.0, 0.3, ("complaint", "rumour"), float("inf"), tuple(ONSETS)
    ),
}


def axes_of(level: Difficulty) -> Mapping[str, str]:
    """Return where a level stands on each axis, in words."""
    late = level.meter_late
    meter = "at once" if not late else f"{late:.0f} min late" if late < DAY else "only at the end"
    return {
        "Strength of the incident": f"{level.severity:.0%}",
        "False trails": f"{level.decoys}",
        "Labels come after": f"{level.label_delay:g} times the usual delay",
        "True traces in logs": f"{level.logs:.0%}",
        "Nothing is wrong at all": f"{level.false_alarms:.0%} of the drills",
        "You hear of it by": " or ".join(level.opening),
        "Harm is known": meter,
        "It begins": " or ".join(ONSETS[key] for key in level.onsets),
    }
