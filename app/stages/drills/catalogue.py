"""The incidents, moves and looks that a drill offers, in words."""

from __future__ import annotations

from collections.abc import Mapping

from app.incidents import INCIDENTS as CATALOGUE
from app.incidents.looks import LOOKS
from app.incidents.moves import MOVES

INCIDENTS: Mapping[str, str] = {key: incident.title for key, incident in CATALOGUE.items()}
MOVE_TITLES: Mapping[str, str] = {key: move.title for key, move in MOVES.items()}
LOOK_TITLES: Mapping[str, str] = {key: look.title for key, look in LOOKS.items()}
# A few that differ in what mends them, so that no reflex is right in all.
PRACTICE = (
    "unit_change",
    "serving_unit_bug",
    "concept_shift",
    "label_bug",
    "threshold_overwritten",
    "harmless_shift",
)
