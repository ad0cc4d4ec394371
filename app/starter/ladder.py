"""The fallback ladder of the repository, as it was agreed under Serving or as it is usual."""

from __future__ import annotations

from collections.abc import Mapping
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
    """One rung in words.

    Parameters
    ----------
    key, title, trigger, owner, way_back : str
    decides : str
        From which probability on it acts; empty where no threshold decides.
    cost : str
        What 1,000 decisions are expected to cost.
    """

    key: str
    title: str
    trigger: str
    owner: str
    way_back: str
    decides: str = ""
    cost: str = ""


def steps(
    serving: Mapping[str, Any], owner: str, costs: Mapping[str, str], decides: Mapping[str, str]
) -> tuple[Step, ...]:
    """Return the rungs with what was agreed and measured about them; one cost for each rung."""
    notes = {
        str(note.get("step")): note
        for note in serving.get("fallbacks") or ()
        if isinstance(note, Mapping)
    }
    return tuple(
        _step(key, notes.get(key, {}), owner, decides.get(key, ""), cost)
        for key, cost in costs.items()
    )


def _step(key: str, note: Mapping[str, Any], owner: str, decides: str, cost: str) -> Step:
    return Step(
        key,
        TITLES[key],
        str(note.get("trigger") or TRIGGERS[key]),
        str(note.get("owner") or owner),
        str(note.get("way_back") or ("" if key == "model" else BACK)),
        decides,
        cost,
    )
