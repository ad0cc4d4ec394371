"""A model in production, simulated: what comes in, what is answered, what breaks, what helps."""

from app.stages.production.cost import cost_rows
from app.stages.production.engine import Struck, simulate, untouched
from app.stages.production.response import refit, respond
from app.stages.production.scene import Scene, Setup, scene_of
from app.stages.production.stretch import Level, Stretch

__all__ = [
    "Level",
    "Scene",
    "Setup",
    "Stretch",
    "Struck",
    "cost_rows",
    "refit",
    "respond",
    "scene_of",
    "simulate",
    "untouched",
]
