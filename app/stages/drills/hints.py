"""Hints, from the vague to the plain; each takes a tenth of the score."""

from __future__ import annotations

from app.incidents import INCIDENTS
from app.incidents.looks import LOOKS
from app.stages.drills.ground import Ground

GROUPS = {
    "data": "the data that come in",
    "world": "the world outside: people, seasons, what really happens",
    "labels": "the labels, not the predictions",
    "model": "the model and how it is run",
    "service": "the service around the model",
    "people": "people and what they do with the answers",
}
MOST_HINTS = 3


def hint_of(ground: Ground, number: int) -> str:
    """Return the hint of a number from 1 on; after the last there is none."""
    incident = INCIDENTS[ground.incident]
    words = (
        f"Look at {GROUPS[incident.group]}.",
        f"One look tells it apart from what it is taken for: {LOOKS[ground.check].title}.",
        f"It is not what the first reflex says: {incident.wrong_move.replace('_', ' ')} would not help.",
    )
    return words[number - 1] if 1 <= number <= len(words) else ""
