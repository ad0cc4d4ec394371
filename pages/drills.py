"""Incident drills: a blind incident, a clock, and the price of every move."""

from app.stages.drills import STAGE
from app.ui import drills, shell

now = shell.head(STAGE.key)
drills.show(now, STAGE)
