"""What happens in a drill, event by event: everything else about it follows from these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import Field

from app.record.record import Record

Kind = Literal[
    "look",
    "act",
    "lift",
    "hypotheses",
    "message",
    "declare",
    "snapshot",
    "wait",
    "hint",
    "reveal",
    "close",
]
SEVERITIES: Mapping[str, str] = {
    "sev1": "Sev 1: harm is running now, all hands",
    "sev2": "Sev 2: harm is likely, act within the hour",
    "sev3": "Sev 3: degraded, can wait until morning",
    "none": "No incident: nothing that matters is broken",
}
ORDER_MINUTES: Final = 2.0
SNAPSHOT_MINUTES: Final = 4.0
MESSAGE_MINUTES: Final = 3.0
DECLARE_MINUTES: Final = 1.0
MOST_EVENTS: Final = 400
MOST_CAUSES: Final = 3
MOST_MINUTES: Final = 1e6


class Event(Record):
    """One thing that a person did in a drill.

    Parameters
    ----------
    minute : float
        Simulated minute at which it began, from 0 where the drill starts.
    kind : Kind
    key : str
        Which look, move, severity or hint.
    text : str
        A query, a column, a message.
    shares : dict of str to float
        Causes that are thought of, with their probabilities.
    minutes : float
        Simulated minutes it took.
    """

    minute: float = Field(ge=0, le=MOST_MINUTES, allow_inf_nan=False)
    kind: Kind
    key: str = ""
    text: str = ""
    shares: dict[str, float] = Field(default_factory=dict)
    minutes: float = Field(default=0.0, ge=0, le=MOST_MINUTES, allow_inf_nan=False)

    @property
    def ends(self) -> float:
        """Minute at which it is over."""
        return self.minute + self.minutes


def trouble_of(shares: Mapping[str, float]) -> str:
    """Say why probabilities of causes cannot be taken; empty when they can."""
    if len(shares) > MOST_CAUSES:
        return f"At most {MOST_CAUSES} causes can be held at once; drop one."
    if any(not 0 <= share <= 1 for share in shares.values()):
        return "A probability lies between 0 and 100 %."
    if sum(shares.values()) > 1 + 1e-9:
        return "The probabilities add up to more than 100 %; lower one."
    return ""
