"""The incidents and moves that the questions of this stage offer."""

from __future__ import annotations

from collections.abc import Mapping

from app.incidents import ACTIONS as MOVES
from app.incidents import INCIDENTS as CATALOGUE

INCIDENTS: Mapping[str, str] = {key: incident.title for key, incident in CATALOGUE.items()}
ACTIONS: Mapping[str, str] = dict(MOVES)
