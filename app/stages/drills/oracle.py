"""The oracle: who knows the cause, and searches all plans of moves for the least harm."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from app.stages.drills.event import (
    DECLARE_MINUTES,
    MESSAGE_MINUTES,
    ORDER_MINUTES,
    SNAPSHOT_MINUTES,
    Event,
)
from app.stages.drills.ground import BRIDGES, Ground
from app.stages.drills.messages import EVERY, EVERY_CONTAINED, FIRST_WITHIN
from app.stages.drills.score import Best, ceiling_of, contained_at
from app.stages.drills.state import FOREVER, State, replay

LOOK_MINUTES = 5.0
# From the end of the cause to the close: lift, look, tell.
CLOSING_MINUTES = ORDER_MINUTES + LOOK_MINUTES + MESSAGE_MINUTES + 2
TOLD = "Update: 1 service is affected; we are on it and have acted. Next update in 30 minutes."
DONE = "Resolved: 0 cases are affected now; we have checked it. No further update."


class Script:
    """Events written one after the other, on the clock of the drill."""

    def __init__(self) -> None:
        self.minute = 0.0
        self.events: list[Event] = []

    def add(self, kind: str, minutes: float, **more: object) -> None:
        """Write one event that begins now."""
        event = Event.model_validate(
            {"minute": self.minute, "kind": kind, "minutes": minutes, **more}
        )
        self.events.append(event)
        self.minute += minutes

    def wait_until(self, minute: float) -> None:
        """Let time pass."""
        if minute > self.minute:
            self.add("wait", minute - self.minute)


@lru_cache(maxsize=256)
def best_of(ground: Ground) -> Best:
    """Search all plans of at most one bridge and one move that ends the cause."""
    plans = list(_plans(ground))
    ends = {plan: replay(ground, events_of(ground, *plan)) for plan in plans}
    plan = min(plans, key=lambda p: (ends[p].harm(ground.horizon).value, len([m for m in p if m])))
    state = ends[plan]
    spans = state.spans(ground.horizon)
    ceiling = ceiling_of(ground, spans[-1].rate.value if spans else 0.0)
    moves = tuple(move for move in plan if move)
    found = contained_at(state, ceiling)
    return Best(state.harm(ground.horizon).value, found, ceiling, moves)


def _plans(ground: Ground) -> Iterator[tuple[str, str]]:
    if ground.harmless:
        yield ("", "")
        return
    cheaper = [
        reply.move
        for reply in ground.replies
        if reply.effect == "contains"
        and reply.reversible
        and reply.struck.value < ground.base.value
    ]
    yield from product(("", *cheaper), ground.enders or ("",))


def oracle(ground: Ground) -> tuple[Event, ...]:
    """Return what the oracle does: the best plan, with evidence kept and everybody told."""
    best = best_of(ground)
    bridge = next((m for m in best.plan if ground.reply(m).effect != "ends"), "")
    ender = next((m for m in best.plan if ground.reply(m).effect == "ends"), "")
    return events_of(ground, bridge, ender)


@lru_cache(maxsize=4096)
def events_of(ground: Ground, bridge: str, ender: str) -> tuple[Event, ...]:
    """Return a whole drill walked by one plan."""
    script = Script()
    script.add("snapshot", SNAPSHOT_MINUTES)
    script.add("declare", DECLARE_MINUTES, key="none" if ground.harmless else "sev1")
    script.add("hypotheses", 0, shares={ground.incident: 1.0})
    for move in dict.fromkeys((bridge, ender)):
        if move:
            script.add("act", ORDER_MINUTES, key=move)
    script.add("message", MESSAGE_MINUTES, text=TOLD)
    script.add("look", LOOK_MINUTES, key=ground.check)
    if not ground.harmless:
        _see_through(ground, script, bridge)
    script.add("message", MESSAGE_MINUTES, text=DONE)
    script.add("close", 0)
    return tuple(script.events)


def _see_through(ground: Ground, script: Script, bridge: str) -> None:
    """Wait until the cause is gone, lift what bridged the time, and look again."""
    state = replay(ground, script.events)
    if state.ended == FOREVER:
        return
    end = min(state.ended, ground.horizon)
    lifts = bridge in BRIDGES and ground.reply(bridge).after.value > 0
    _tell_until(ground, script, state, end)
    script.wait_until(end)
    if lifts:
        script.add("lift", ORDER_MINUTES, key=bridge)
    script.add("look", LOOK_MINUTES, key=ground.check)


def _tell_until(ground: Ground, script: Script, state: State, end: float) -> None:
    """Send news a little before each date until the last that falls before the close."""
    # By the stricter mark: what counts as contained is settled only at the end.
    contained = contained_at(state, ceiling_of(ground, 0.0))
    date = FIRST_WITHIN
    while True:
        date += EVERY if date < contained else EVERY_CONTAINED
        if date > end + CLOSING_MINUTES:
            return
        script.wait_until(min(date - MESSAGE_MINUTES - 1, end - MESSAGE_MINUTES))
        script.add("message", MESSAGE_MINUTES, text=TOLD)
