"""Which way of serving follows from the answers, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.record.number import readable
from app.stages.serving.choices import Choices, Dependency

SOON_MS = 60_000
DAY_MINUTES = 1440


@dataclass(frozen=True)
class Way:
    """One way of serving: whether it fits, and what speaks for or against it."""

    key: str
    fits: bool
    why: str


@dataclass(frozen=True)
class Advice:
    """The way that follows from the answers, with all that were weighed."""

    key: str
    arrival: str
    why: str
    ways: tuple[Way, ...]


def arrival_of(choices: Choices, framing: Any, data: Any) -> str:
    """Say how cases come in: as answered, else a forecast ahead is known before, others are asked."""
    if choices.arrival != "auto":
        return choices.arrival
    if data.task == "forecasting" and data.horizon_days >= 1:
        return "known_before"
    return "request" if framing.latency_ms <= SOON_MS else "known_before"


def advise(
    choices: Choices, framing: Any, data: Any, dependencies: tuple[Dependency, ...]
) -> Advice:
    """Weigh the four ways by how cases come in, the time there is, and how fresh columns must be."""
    arrival = arrival_of(choices, framing, data)
    said = [one for one in dependencies if one.fresh_minutes > 0]
    fresh = [one for one in said if one.fresh_minutes < choices.every_minutes]
    slow = [one for one in said if one.fresh_minutes >= choices.every_minutes]
    ways = (
        _batch(choices, arrival, fresh),
        _online(framing, arrival),
        _streaming(framing, arrival),
        _hybrid(arrival, fresh, slow),
    )
    key = _best(arrival, fresh, slow)
    return Advice(key, arrival, next(way.why for way in ways if way.key == key), ways)


def _best(arrival: str, fresh: list[Dependency], slow: list[Dependency]) -> str:
    if arrival == "known_before":
        return "hybrid" if fresh else "batch"
    if arrival == "event":
        return "streaming"
    return "hybrid" if fresh and slow else "online"


def _batch(choices: Choices, arrival: str, fresh: list[Dependency]) -> Way:
    every = minutes(choices.every_minutes)
    if arrival != "known_before":
        came = "asked for" if arrival == "request" else "an event"
        return Way("batch", False, f"A case is {came}: most are not known when a batch runs.")
    if fresh:
        return Way(
            "batch",
            False,
            f"{names(fresh)} must be fresher than a batch every {every} can be.",
        )
    return Way(
        "batch",
        True,
        f"Cases are known beforehand and no column must be fresher than a run every {every}: "
        "nothing needs to be up while someone waits.",
    )


def _online(framing: Any, arrival: str) -> Way:
    limit = f"{readable(framing.latency_ms)} ms"
    if arrival == "request":
        return Way("online", True, f"Someone waits at most {limit} for a case not known before.")
    return Way(
        "online", False, "Nobody waits for the single answer: a server that must always be up."
    )


def _streaming(framing: Any, arrival: str) -> Way:
    if arrival == "event":
        return Way("streaming", True, "Each event is a case, and nobody waits for the answer.")
    words = "Cases do not come as events"
    return Way("streaming", False, f"{words}; a stream would be one more thing to keep alive.")


def _hybrid(arrival: str, fresh: list[Dependency], slow: list[Dependency]) -> Way:
    if arrival == "known_before" and fresh:
        return Way(
            "hybrid",
            True,
            f"Cases are known beforehand, but {names(fresh)} must be fresh: what is slow is made in "
            "a batch, the answer when the decision is due.",
        )
    if arrival == "request" and fresh and slow:
        return Way(
            "hybrid",
            True,
            f"{names(slow)} can be made in a batch; {names(fresh)} only when someone asks.",
        )
    return Way("hybrid", False, "No mix of slow and fresh columns asks for two ways at once.")


def names(dependencies: list[Dependency]) -> str:
    """Return the names of dependencies in a sentence."""
    found = [f"“{one.name}”" for one in dependencies]
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def minutes(value: float) -> str:
    """Return a while in words."""
    if value >= DAY_MINUTES:
        days = value / DAY_MINUTES
        return "day" if days == 1 else f"{readable(days)} days"
    if value >= 60:
        return "hour" if value == 60 else f"{readable(value / 60)} hours"
    return "minute" if value == 1 else f"{readable(value)} minutes"
