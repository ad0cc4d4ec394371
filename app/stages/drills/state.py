"""Where a drill stands: a pure function of its ground and its events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from app.stages.drills.event import Event
from app.stages.drills.ground import BRIDGES, IDLE, LAYERS, NOTHING, Ground, Rate

FOREVER = float("inf")


@dataclass(frozen=True)
class Taken:
    """A move that was ordered: from when it works, and until when."""

    move: str
    ordered: float
    works: float
    lifted: float = FOREVER

    def holds(self, minute: float) -> bool:
        """Say whether it is in force."""
        return self.works <= minute < self.lifted


@dataclass(frozen=True)
class Span:
    """A stretch of minutes in which the same handling is in force."""

    start: float
    end: float
    move: str
    ended: bool
    rate: Rate

    @property
    def harm(self) -> Rate:
        """What comes together in it."""
        return self.rate.over(self.end - self.start)


@dataclass(frozen=True)
class State:
    """A drill at one minute.

    Parameters
    ----------
    minute : float
        The simulated clock.
    taken : tuple of Taken
        Moves in the order in which they were ordered.
    looks, messages, beliefs, hints : tuple of Event
    declared, snapshot, closed : Event or None
    revealed : bool
    """

    ground: Ground
    minute: float = 0.0
    taken: tuple[Taken, ...] = ()
    looks: tuple[Event, ...] = ()
    messages: tuple[Event, ...] = ()
    beliefs: tuple[Event, ...] = ()
    hints: tuple[Event, ...] = ()
    declared: Event | None = None
    snapshot: Event | None = None
    closed: Event | None = None
    revealed: bool = False

    @property
    def over(self) -> bool:
        """Whether the drill has been closed, or its time is up."""
        return self.closed is not None or self.minute >= self.ground.horizon

    @property
    def ended(self) -> float:
        """Minute from which the cause is gone for good; infinite while nothing ends it."""
        ends = (t.works for t in self.taken if self._ends(t) and t.lifted == FOREVER)
        return min(ends, default=FOREVER)

    def _ends(self, taken: Taken) -> bool:
        return self.ground.reply(taken.move).effect == "ends"

    def gone(self, minute: float) -> bool:
        """Say whether the cause is gone at a minute; what ends it may be taken back."""
        return any(self._ends(t) and t.holds(minute) for t in self.taken)

    @property
    def first_act(self) -> float:
        """Minute of the first order that changes anything; infinite without one."""
        return min((t.ordered for t in self.taken if t.move != IDLE), default=FOREVER)

    def in_force(self, minute: float) -> tuple[str, ...]:
        """Return the moves that are in force, outermost first."""
        held = {t.move for t in self.taken if t.holds(minute) and t.move != IDLE}
        return tuple(move for move in LAYERS if move in held)

    def bridges(self, minute: float) -> tuple[str, ...]:
        """Return the handling in force that is to be lifted again."""
        held = self.in_force(minute)
        return tuple(m for m in held if m in BRIDGES and self.ground.reply(m).effect != "ends")

    def rate(self, minute: float) -> Rate:
        """Return the harm a minute under the handling in force."""
        return self._rate(self.in_force(minute), self.gone(minute))

    def _rate(self, moves: tuple[str, ...], ended: bool) -> Rate:
        if not moves:
            return NOTHING if ended else self.ground.base
        reply = self.ground.reply(moves[0])
        return reply.after if ended and reply.effect != "ends" else reply.struck

    def spans(self, until: float | None = None) -> tuple[Span, ...]:
        """Return the stretches of equal handling from the start on, to the clock by default."""
        end = self.minute if until is None else until
        cuts = {0.0, end} | {minute for t in self.taken for minute in (t.works, t.lifted)}
        places = sorted(cut for cut in cuts if 0 <= cut <= end)
        found = []
        for start, stop in pairwise(places):
            moves, gone = self.in_force(start), self.gone(start)
            first = moves[0] if moves else ""
            found.append(Span(start, stop, first, gone, self._rate(moves, gone)))
        return tuple(found)

    def harm(self, until: float | None = None) -> Rate:
        """Return what the incident has cost since the drill began."""
        total = NOTHING
        for span in self.spans(until):
            total = total.plus(span.harm)
        return total

    def decided(self) -> bool:
        """Say whether anything was decided at all: an order, a declaration or the close."""
        return bool(self.taken) or self.declared is not None or self.closed is not None


def replay(ground: Ground, events: Sequence[Event]) -> State:
    """Return where a drill stands after its events; events after its end do not count."""
    state = State(ground)
    for event in events:
        if state.over:
            break
        state = _next(state, event)
    return state


def at_minute(ground: Ground, events: Sequence[Event], minute: float) -> State:
    """Return where a drill stood at a minute: only what was over by then counts."""
    state = replay(ground, [event for event in events if event.ends <= minute])
    return state if state.closed else replace(state, minute=max(state.minute, minute))


def _next(state: State, event: Event) -> State:
    now = max(state.minute, event.minute)
    moved = replace(state, minute=min(now + event.minutes, state.ground.horizon))
    if event.kind == "act":
        return _act(moved, event.key, now)
    if event.kind == "lift":
        return _lift(moved, event.key)
    if event.kind == "look":
        return replace(moved, looks=(*state.looks, event))
    if event.kind == "message":
        return replace(moved, messages=(*state.messages, event))
    return _mark(moved, event)


def _mark(state: State, event: Event) -> State:
    """Note what takes no time, or changes nothing in the service."""
    changes: dict[str, dict[str, Any]] = {
        "hypotheses": {"beliefs": (*state.beliefs, event)},
        "hint": {"hints": (*state.hints, event)},
        "declare": {"declared": event},
        "snapshot": {"snapshot": state.snapshot or event},
        "reveal": {"revealed": True},
        "close": {"closed": event},
    }
    return replace(state, **changes.get(event.kind, {}))


def _act(state: State, move: str, now: float) -> State:
    if any(t.move == move and t.lifted == FOREVER for t in state.taken):
        return state
    works = state.minute + state.ground.reply(move).minutes
    return replace(state, taken=(*state.taken, Taken(move, now, works)))


def _lift(state: State, move: str) -> State:
    """Take a move back; what cannot be undone stays."""
    if not state.ground.reply(move).reversible:
        return state
    taken = tuple(
        replace(t, lifted=max(state.minute, t.works))
        if t.move == move and t.lifted == FOREVER
        else t
        for t in state.taken
    )
    return replace(state, taken=taken)
