"""The moves that are open in an incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# What a move does to an incident: the cause is gone, its rows are answered another way, or neither.
Effect = Literal["ends", "contains", "nothing", "worse"]


@dataclass(frozen=True)
class Move:
    """Something that can be done in an incident."""

    title: str
    words: str
    minutes: int
    reversible: bool
    radius: str


MOVES: Mapping[str, Move] = {
    "leave_alone": Move(
        "Leave it alone",
        "Watch, and do nothing: nothing that matters has changed.",
        0,
        True,
        "nobody",
    ),
    "fall_back": Move(
        "Fall back",
        "Use the rule or the constant until the cause is found.",
        5,
        True,
        "every row: simpler answers for all",
    ),
    "roll_back": Move(
        "Roll back the release",
        "Put the last good version back; quick, and undoes a bad release only.",
        15,
        True,
        "every row: whatever else was in the release goes as well",
    ),
    "retrain": Move(
        "Retrain",
        "Fit the model again on newer rows; takes days and needs labels that are right.",
        2880,
        False,
        "every row: a new model answers",
    ),
    "fix_data": Move(
        "Fix the data",
        "Mend the source, the join or the label job; the model itself is fine.",
        240,
        True,
        "one source and all who read it",
    ),
    "quarantine": Move(
        "Set the struck rows aside",
        "Answer only the rows (or copies) at fault another way: by the rule or a person.",
        20,
        True,
        "the struck rows",
    ),
    "change_threshold": Move(
        "Change the threshold",
        "Act on fewer or more cases; the ranking is still good.",
        10,
        True,
        "every decision near the threshold",
    ),
    "scale_out": Move(
        "Add capacity, limit heavy callers",
        "More copies or more reviewers, a limit on callers, a path of their own for bulk work.",
        30,
        True,
        "the heaviest callers",
    ),
    "restore_config": Move(
        "Deploy again as recorded",
        "Put the configuration and the model back that the record names.",
        10,
        True,
        "every row: settings as recorded",
    ),
    "page_someone": Move(
        "Page another owner",
        "Wake the owner of the source, the service or the product.",
        15,
        True,
        "one person's night",
    ),
    "stop_automation": Move(
        "Stop what runs by itself",
        "No decision, publication or retraining without a person until the cause is found.",
        10,
        True,
        "every row: people decide, slowly",
    ),
    "talk": Move(
        "Explain it",
        "Say what was seen, what it means and what happens next to those who ask.",
        30,
        True,
        "nobody",
    ),
}

ACTIONS: Mapping[str, str] = {key: move.words for key, move in MOVES.items()}
