"""Nine measures of a drill, each between 0 and 1, each with what it was taken from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.record.record import Record
from app.stages.drills.event import Event
from app.stages.drills.ground import IDLE, Ground
from app.stages.drills.messages import due, kept, quality_of
from app.stages.drills.state import FOREVER, State, replay

NAMES: Final[Mapping[str, str]] = {
    "declared": "Time to declare",
    "snapshot": "Evidence kept before the first change",
    "contained": "Time to containment",
    "harm": "Harm avoided, of what the oracle avoids",
    "cause": "The cause, and how sure you were",
    "irreversible": "No wrong move that cannot be undone",
    "looks": "Looks well spent",
    "messages": "Stakeholders kept informed",
    "recovery": "Recovery carried out and verified",
}
DECLARE_FREE, DECLARE_NONE = 15.0, 180.0
CONTAIN_HALF = 60.0
FREE_LOOKS = 5
HINT_PRICE = 0.1
TOLERANCE = 1e-9


class Mark(Record):
    """One of the nine measures: its score in [0, 1], and what it was taken from."""

    key: str
    title: str
    score: float
    words: str


class Score(Record):
    """The nine measures of a drill and what they come to.

    Parameters
    ----------
    marks : tuple of Mark
    hints : int
        Hints taken; each takes a tenth of the total.
    revealed : bool
        True when the cause was looked up: the drill was studied, not completed.
    minutes : float
        Length of the drill.
    contained_minute, ended_minute, declared_minute : float or None
    harm, harm_low, harm_high : float
        Currency from the start of the drill to its horizon.
    harm_oracle, harm_nothing : float
    brier : float or None
        Of the last probabilities; 0 is certain and right, 2 certain and wrong.
    """

    marks: tuple[Mark, ...]
    hints: int = 0
    revealed: bool = False
    minutes: float = 0.0
    declared_minute: float | None = None
    contained_minute: float | None = None
    ended_minute: float | None = None
    harm: float = 0.0
    harm_low: float = 0.0
    harm_high: float = 0.0
    harm_oracle: float = 0.0
    harm_nothing: float = 0.0
    brier: float | None = None

    @property
    def total(self) -> float:
        """Mean of the nine, less a tenth a hint."""
        mean = sum(mark.score for mark in self.marks) / len(NAMES)
        return mean * max(0.0, 1 - HINT_PRICE * self.hints)

    def mark(self, key: str) -> Mark:
        """Return one of the nine."""
        return next(mark for mark in self.marks if mark.key == key)


@dataclass(frozen=True)
class Best:
    """What the oracle reaches on the same ground.

    Parameters
    ----------
    harm : float
        Least harm to the horizon that any plan of moves leaves.
    contained : float
        Minute from which its harm stays down.
    ceiling : float
        Harm a minute that counts as contained.
    plan : tuple of str
        Its moves.
    """

    harm: float
    contained: float
    ceiling: float
    plan: tuple[str, ...]


def ceiling_of(ground: Ground, settled: float) -> float:
    """Return the harm a minute up to which an incident counts as contained.

    Half of what runs unhandled; or, where even the best handling leaves more, just that.
    """
    return max(0.5 * ground.base.value, settled) + TOLERANCE


def contained_at(state: State, ceiling: float) -> float:
    """Return the minute from which the harm stays at or below the ceiling; infinite if never."""
    found = FOREVER
    for span in reversed(state.spans(state.ground.horizon)):
        if span.rate.value > ceiling:
            break
        found = span.start
    return found


def brier(ground: Ground, shares: Mapping[str, float]) -> float:
    """Return the Brier score of probabilities over all causes; what is left is spread evenly.

    References
    ----------
    Brier (1950), https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2
    """
    others = [cause for cause in ground.causes if cause not in shares]
    rest = max(0.0, 1 - sum(shares.values())) / max(1, len(others))
    told = {**dict.fromkeys(others, rest), **shares}
    return sum((share - (cause == ground.incident)) ** 2 for cause, share in told.items())


def score(ground: Ground, events: Sequence[Event], best: Best) -> Score:
    """Score a drill by its events against the best that could have been done."""
    state = replay(ground, events)
    nothing = State(ground).harm(ground.horizon).value
    harm = state.harm(ground.horizon)
    contained = contained_at(state, best.ceiling)
    last = _last_belief(state)
    marks = (
        _declared(state),
        _snapshot(state),
        _contained(state, contained, best),
        _harm(state, harm.value, nothing, best),
        _cause(state),
        _irreversible(state),
        _looks(state),
        _messages(state, contained),
        _recovery(state),
    )
    return Score(
        marks=marks,
        hints=len(state.hints),
        revealed=state.revealed,
        minutes=state.minute,
        declared_minute=None if state.declared is None else state.declared.ends,
        contained_minute=None if contained == FOREVER else contained,
        ended_minute=None if state.ended == FOREVER else state.ended,
        harm=harm.value,
        harm_low=harm.low,
        harm_high=harm.high,
        harm_oracle=best.harm,
        harm_nothing=nothing,
        brier=None if last is None else brier(ground, last.shares),
    )


def _mark(key: str, found: float, words: str) -> Mark:
    return Mark(key=key, title=NAMES[key], score=min(1.0, max(0.0, found)), words=words)


def _declared(state: State) -> Mark:
    if state.declared is None:
        return _mark("declared", 0, "Nobody said whether this is an incident.")
    minute, said = state.declared.ends, state.declared.key
    right = (said == "none") == state.ground.harmless
    if not right:
        wrong = (
            "an incident, and nothing was broken" if said != "none" else "no incident, and it was"
        )
        return _mark("declared", 0, f"Declared {wrong} (minute {minute:,.0f}).")
    found = 1 - max(0.0, minute - DECLARE_FREE) / (DECLARE_NONE - DECLARE_FREE)
    # What is no incident takes a look before it can be said.
    if state.ground.harmless:
        found = 1 - max(0.0, minute - DECLARE_NONE) / DECLARE_NONE
    return _mark("declared", found, f"Rightly declared after {minute:,.0f} minutes.")


def _snapshot(state: State) -> Mark:
    if state.snapshot is None:
        return _mark("snapshot", 0, "No log, config or sample was set aside.")
    if state.snapshot.ends <= state.first_act:
        return _mark(
            "snapshot", 1, f"Kept by minute {state.snapshot.ends:,.0f}, before any change."
        )
    return _mark("snapshot", 0, "Kept only after the first change: the old state was gone.")


def _harmful(state: State) -> tuple[str, ...]:
    """Return the moves ordered that make a minute dearer than doing nothing."""
    ground = state.ground
    dear = (t.move for t in state.taken if t.move != IDLE)
    return tuple(m for m in dear if ground.reply(m).struck.value > ground.base.value + TOLERANCE)


def _contained(state: State, contained: float, best: Best) -> Mark:
    if not state.decided():
        return _mark("contained", 0, "Nothing was decided.")
    if state.ground.harmless:
        dear = _harmful(state)
        words = "Nothing was to be contained" + (
            ", and what was done made it dearer." if dear else "."
        )
        return _mark("contained", 0 if dear else 1, words)
    if contained == FOREVER:
        return _mark("contained", 0, "The harm was still running at the end.")
    late = max(0.0, contained - best.contained)
    words = f"Minute {contained:,.0f}; the oracle's {best.contained:,.0f}."
    return _mark("contained", 0.5 ** (late / CONTAIN_HALF), words)


def _harm(state: State, harm: float, nothing: float, best: Best) -> Mark:
    if not state.decided():
        return _mark("harm", 0, "Nothing was decided.")
    room = nothing - best.harm
    if state.ground.harmless or room <= TOLERANCE:
        dearest = max((r.struck.value for r in state.ground.replies), default=0.0)
        scale = max((dearest - state.ground.base.value) * state.ground.horizon, TOLERANCE)
        worse = max(0.0, harm - max(nothing, best.harm))
        return _mark("harm", 1 - worse / scale, "There was nothing to avoid but needless moves.")
    share = (nothing - harm) / room
    return _mark("harm", share, f"{max(-9.99, share):.0%} of what the oracle avoids.")


def _last_belief(state: State, before: float = FOREVER) -> Event | None:
    told = [event for event in state.beliefs if event.minute <= before]
    return told[-1] if told else None


def _cause(state: State) -> Mark:
    last = _last_belief(state)
    if last is None or not last.shares:
        return _mark("cause", 0, "No cause was named.")
    first = _last_belief(state, state.first_act) if state.first_act < FOREVER else last
    told = [brier(state.ground, event.shares) if event else 1.0 for event in (first, last)]
    top = max(last.shares, key=lambda cause: last.shares[cause])
    right = top == state.ground.incident
    mean = sum(told) / len(told)
    words = f"{'Right' if right else 'Wrong'} at the end; Brier score {mean:.2f} (0 best, 2 worst)."
    return _mark("cause", 0.5 * right + 0.5 * max(0.0, 1 - mean), words)


def _irreversible(state: State) -> Mark:
    if not state.decided():
        return _mark("irreversible", 0, "Nothing was decided.")
    replies = [state.ground.reply(t.move) for t in state.taken if t.move != IDLE]
    wrong = [r.move for r in replies if not r.reversible and r.effect in ("nothing", "worse")]
    names = ", ".join(wrong).replace("_", " ")
    words = f"Cannot be undone and did not help: {names}." if wrong else "None."
    return _mark("irreversible", 1 / (1 + 2 * len(wrong)), words)


def _looks(state: State) -> Mark:
    used = len(state.looks)
    if state.ground.check not in {event.key for event in state.looks}:
        return _mark("looks", 0, f"{used} looks, and none of them could tell the cause.")
    words = f"{used} looks; up to {FREE_LOOKS} are free, and one of them tells the cause."
    return _mark("looks", FREE_LOOKS / max(FREE_LOOKS, used), words)


def _messages(state: State, contained: float) -> Mark:
    if not state.messages:
        return _mark("messages", 0, "Nobody was told anything.")
    until = min(state.minute, state.closed.minute if state.closed else state.minute)
    dates = due(state, contained, until)
    on_time = kept(state.messages, dates) / len(dates)
    quality = sum(quality_of(event.text) for event in state.messages) / len(state.messages)
    words = (
        f"{on_time:.0%} of {len(dates)} dates kept; {quality:.0%} of the signs of a good update."
    )
    return _mark("messages", 0.6 * on_time + 0.4 * quality, words)


def _recovery(state: State) -> Mark:
    if state.ground.harmless:
        left = state.bridges(state.minute)
        seen = state.ground.check in {event.key for event in state.looks}
        found = 0.5 * seen + 0.25 * (not left and seen) + 0.25 * (state.closed is not None and seen)
        return _mark("recovery", found, "Nothing to recover: looked, left alone, closed.")
    if state.ended == FOREVER:
        return _mark("recovery", 0, "The cause was never ended.")
    gone = state.ended <= state.minute
    verified = gone and any(event.minute >= state.ended for event in state.looks)
    lifted = gone and not [m for m in state.bridges(state.minute) if _dear(state, m)]
    closed = verified and state.closed is not None
    found = 0.4 * gone + 0.3 * verified + 0.2 * lifted + 0.1 * closed
    done = [
        words
        for done, words in (
            (gone, "cause ended"),
            (verified, "seen to be gone"),
            (lifted, "handling lifted"),
            (closed, "closed"),
        )
        if done
    ]
    return _mark(
        "recovery", found, (", ".join(done) or "ordered, not yet at work").capitalize() + "."
    )


def _dear(state: State, move: str) -> bool:
    """Say whether leaving a move in force costs anything once the cause is gone."""
    return state.ground.reply(move).after.value > 0
