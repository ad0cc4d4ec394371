"""Two measurements of the same thing, compared fact by fact."""

from __future__ import annotations

import json
from typing import Any, Literal

from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.record import Record

State = Literal["equal", "within", "differs", "gone", "new", "clock"]
STATES: dict[State, str] = {
    "equal": "equal to the last bit",
    "within": "within the recorded interval",
    "differs": "differs",
    "gone": "not measured any more",
    "new": "not recorded before",
    "clock": "clock time, not compared",
}
APART: tuple[State, ...] = ("differs", "gone", "new")


class Compared(Record):
    """One fact, as it was recorded and as it was measured again.

    Parameters
    ----------
    stage, key, label : str
    kind : {"measure", "table", "chart", "words"}
    state : State
    recorded, again : float or None
        For measures.
    """

    stage: str
    key: str
    label: str
    kind: Literal["measure", "table", "chart", "words"]
    state: State
    recorded: float | None = None
    again: float | None = None

    @property
    def apart(self) -> bool:
        """Whether the two do not agree."""
        return self.state in APART


def compared(recorded: Evidence, again: Evidence) -> tuple[Compared, ...]:
    """Compare two measurements of a stage.

    Parameters
    ----------
    recorded, again : Evidence

    Returns
    -------
    tuple of Compared
        Measures with their state; then tables, charts and words, which have no interval of their
        own: equal or not, clock times left out.
    """
    old, new = ({m.key: m for m in found.measures} for found in (recorded, again))
    keys = dict.fromkeys((*old, *new))
    return (
        *(_measure(recorded.stage, old.get(key), new.get(key)) for key in keys),
        *_others(recorded, again),
    )


def _measure(stage: str, old: Measure | None, new: Measure | None) -> Compared:
    known = old or new
    assert known is not None
    state: State
    if known.timing:
        state = "clock"
    elif old is None or new is None:
        state = "gone" if new is None else "new"
    else:
        state = _state(old, new)
    return Compared(
        stage=stage,
        key=known.key,
        label=known.label,
        kind="measure",
        state=state,
        recorded=old.value if old else None,
        again=new.value if new else None,
    )


def _state(old: Measure, new: Measure) -> State:
    facts = (old.value, old.low, old.high, old.n)
    if facts == (new.value, new.low, new.high, new.n):
        return "equal"
    if None in (old.value, old.low, old.high, new.value):
        return "differs"
    inside = old.low <= new.value <= old.high  # type: ignore[operator]
    return "within" if inside else "differs"


def _others(recorded: Evidence, again: Evidence) -> list[Compared]:
    old, new = recorded.facts(), again.facts()
    found = []
    for kind, plural in (("table", "tables"), ("chart", "charts")):
        one, other = ({part["key"]: part for part in facts[plural]} for facts in (old, new))
        found += [
            _other(recorded.stage, kind, key, one.get(key), other.get(key))
            for key in dict.fromkeys((*one, *other))
        ]
    words = dict.fromkeys((*old["words"], *new["words"]))
    found += [
        _other(recorded.stage, "words", key, old["words"].get(key), new["words"].get(key))
        for key in words
    ]
    return found


def _other(stage: str, kind: Any, key: str, old: Any, new: Any) -> Compared:
    state: State = "differs"
    if old is None or new is None:
        state = "gone" if new is None else "new"
    elif json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True):
        state = "equal"
    part = old or new
    label = part["title"] if isinstance(part, dict) else key
    return Compared(stage=stage, key=key, label=str(label), kind=kind, state=state)


def agree(facts: tuple[Compared, ...]) -> bool:
    """Say whether a stage came out the same.

    Parameters
    ----------
    facts : tuple of Compared
        Of one stage.

    Returns
    -------
    bool
        No measure is apart; and where every measure is equal, nothing else is apart either. A
        table or a sentence that follows a number within its interval may read otherwise.
    """
    measures = [fact for fact in facts if fact.kind == "measure"]
    if any(fact.apart for fact in measures):
        return False
    moved = any(fact.state == "within" for fact in measures)
    return moved or not any(fact.apart for fact in facts)
