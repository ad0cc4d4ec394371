"""What if a row were different: what a warm worker does for the page that reads rows.

The page imports this module to name the functions, so everything heavy is loaded in the worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.workshop import shelf

if TYPE_CHECKING:
    from app.stages.errors.rereading import Reader

LOADED = 3
GONE: Mapping[str, Any] = {
    "error": "What it takes to edit this row is not on this machine any more. Measure again and "
    "it is back; the picture and your notes are untouched."
}


@dataclass(frozen=True)
class Place:
    """Where the kit and its model lie on the shelf: digests of what they were measured with.

    ``chosen`` says whether the rung is the one that goes on.
    """

    errors: str
    baselines: str
    data: str
    chosen: bool


@lru_cache(maxsize=LOADED)
def _reader(place: Place) -> Reader:
    from app.stages.errors.kit import NAME
    from app.stages.errors.rereading import reader_of

    kit = shelf().get_pickle(f"{place.errors}-{NAME}")
    problem = shelf().get_pickle(f"{place.data}-problem")
    kept = shelf().get_pickle(f"{place.baselines}-{'champion' if place.chosen else 'rungs'}")
    if kit is None or problem is None or kept is None:
        # Not remembered: the next measurement may put it back.
        raise LookupError(place.errors)
    return reader_of(kit, kept if place.chosen else kept[kit.rung], problem)


def warm(place: Place) -> bool:
    """Load kit and model and explain one row, so that the first edit is as quick as any."""
    try:
        reader = _reader(place)
    except LookupError:
        return False
    reader.explain(reader.kit.rows.iloc[[0]].reset_index(drop=True))
    return True


def open_row(place: Place, number: int) -> Mapping[str, Any]:
    """Return what each column of a row holds and may hold, or an ``error`` in plain words."""
    from app.stages.errors.rereading import opened

    try:
        return opened(_reader(place), number) or GONE
    except LookupError:
        return GONE


def edit_row(place: Place, number: int, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return prediction, warnings and waterfall of a changed row, or an ``error`` in plain words."""
    from app.stages.errors.rereading import reread

    try:
        return reread(_reader(place), number, changes) or GONE
    except LookupError:
        return GONE
