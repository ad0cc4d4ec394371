"""The fallback ladder of the repository, as it was agreed under Serving or as it is usual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TITLES = {
    "model": "The model",
    "reduced": "The same model without the columns that may be late",
    "rule": "The way without a model",
    "constant": "The usual answer, the same for all",
}
TRIGGERS = {
    "model": "As long as it is there, whole, and in time.",
    "reduced": "A column of a source that may be late has no value.",
    "rule": "The model is missing, fails, or takes too long.",
    "constant": "The rule cannot answer either.",
}
BACK = "By itself, as soon as the rung above answers again."


@dataclass(frozen=True)
class Step:
    """One rung in words."""

    key: str
    title: str
    trigger: str
    owner: str
    way_back: str


def steps(keys: Sequence[str], serving: Mapping[str, Any], owner: str) -> tuple[Step, ...]:
    """Return the rungs with what was agreed about them."""
    notes = {
        str(note.get("step")): note
        for note in serving.get("fallbacks") or ()
        if isinstance(note, Mapping)
    }
    return tuple(_step(key, notes.get(key, {}), owner) for key in keys)


def _step(key: str, note: Mapping[str, Any], owner: str) -> Step:
    return Step(
        key,
        TITLES[key],
        str(note.get("trigger") or TRIGGERS[key]),
        str(note.get("owner") or owner),
        str(note.get("way_back") or ("" if key == "model" else BACK)),
    )


def fragile_columns(serving: Mapping[str, Any], inputs: Sequence[str]) -> tuple[str, ...]:
    """Return the inputs that a dependency brings which may be late or gone."""
    if "reduced" not in (serving.get("steps") or ("reduced",)):
        return ()
    brought = {
        str(column)
        for one in serving.get("dependencies") or ()
        if isinstance(one, Mapping) and one.get("spared", True)
        for column in one.get("columns") or ()
    }
    return tuple(name for name in inputs if name in brought)
