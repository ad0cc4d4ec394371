"""The hand-over: whether a version may go into the registry, and putting it there."""

from app.handoff.handing import hand_over, hand_over_stored, take_back
from app.handoff.obstacles import HandOffRefused, model_name, obstacles
from app.handoff.version import version_of_project

__all__ = [
    "HandOffRefused",
    "hand_over",
    "hand_over_stored",
    "model_name",
    "obstacles",
    "take_back",
    "version_of_project",
]
