"""What the questions of this stage offer: incidents, moves, monitors, detectors."""

from __future__ import annotations

from collections.abc import Mapping

from app.incidents import ACTIONS as MOVES
from app.incidents import INCIDENTS as CATALOGUE
from app.lab.monitors.catalogue import MONITORS as WATCHED

INCIDENTS: Mapping[str, str] = {key: incident.title for key, incident in CATALOGUE.items()}
ACTIONS: Mapping[str, str] = dict(MOVES)
MONITORS: Mapping[str, str] = {key: monitor.title for key, monitor in WATCHED.items()}
DETECTORS: Mapping[str, str] = {
    "limits": "Limits: each day alone, against what quiet days reached",
    "daily_tests": "A test of every column of every day, corrected over columns; limits elsewhere",
    "e_detector": "Evidence that adds up: valid at any time, slower on large changes",
}
CHUNKS: Mapping[str, str] = {
    "auto": "As few days as give 15 rows",
    "day": "Single days",
    "week": "Weeks, moving by day",
    "month": "Four weeks, moving by day",
}
STREAMS: Mapping[str, str] = {
    "as_it_happened": "The held-out days as they happened",
    "year": "A year drawn from them: seasons and weekdays kept, volume varying",
}
