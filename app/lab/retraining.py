"""Retraining replayed: what a policy would have cost, with only what was known at each moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

Trigger = Literal["never", "calendar", "drift", "quality"]
Kind = Literal["retrained", "kept"]
Against = Literal["", "worse", "too few", "unfit"]
LEAST_WINDOW = 20

# Costs of every row under the model that learned from all rows known at a moment; NaN where it was
# not asked. None when it cannot be fitted on them.
CostsOf = Callable[[np.datetime64], np.ndarray | None]
# Drift of the rows between two moments against those that a model of a third learned from.
DriftOf = Callable[[np.datetime64, np.datetime64, np.datetime64], float]


@dataclass(frozen=True)
class Policy:
    """When a new model is fitted, and whether it must prove itself first.

    Parameters
    ----------
    key, title : str
    trigger : {"never", "calendar", "drift", "quality"}
    every : int
        For the calendar: after how many periods.
    gate : bool
        The challenger replaces the champion only when it was better on a window that neither
        learned from.
    """

    key: str
    title: str
    trigger: Trigger
    every: int = 1
    gate: bool = True


@dataclass(frozen=True)
class World:
    """What is replayed.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,)
        Of all rows.
    starts : ndarray of datetime64, shape (periods,)
        First moment of each period, rising; the first is when the first model goes live.
    held : ndarray of int, shape (m,)
        Rows that are decided in the replay, from the first start on.
    gap_days : float
        How old a row must be for its label to be known (and to be learned from).
    window_days : float
        Length of the last window, on which quality, drift and challengers are measured.
    costs_of : callable
    drift_of : callable
    usual_cost : float
        Mean cost of the first model on rows that it had not seen, before it went live.
    """

    times: np.ndarray
    starts: np.ndarray
    held: np.ndarray
    gap_days: float
    window_days: float
    costs_of: CostsOf
    drift_of: DriftOf
    usual_cost: float


@dataclass(frozen=True)
class Limits:
    """What makes a policy act.

    Parameters
    ----------
    margin : float
        Share by which a challenger must be cheaper on the last window.
    drop : float
        Share by which the champion must have become dearer for the quality trigger.
    drift : float
        Population stability index from which the drift trigger fires.
    """

    margin: float
    drop: float
    drift: float


@dataclass(frozen=True)
class Event:
    """What a policy did at the start of a period.

    Parameters
    ----------
    period : int
    kind : {"retrained", "kept"}
    why : str
        What made the policy act.
    against : {"", "worse", "too few", "unfit"}
        Why the challenger was kept out: not better on the window, too few rows in it to tell, or
        not to be fitted.
    """

    period: int
    kind: Kind
    why: str
    against: Against = ""


@dataclass(frozen=True)
class Replayed:
    """What became of a policy.

    Parameters
    ----------
    policy : Policy
    cost : ndarray of float, shape (m,)
        Of every held row, in currency.
    events : tuple of Event
    """

    policy: Policy
    cost: np.ndarray
    events: tuple[Event, ...]

    @property
    def retrained(self) -> int:
        """How often a new model went live."""
        return sum(event.kind == "retrained" for event in self.events)

    @property
    def rejected(self) -> int:
        """How often a new model was fitted and kept out."""
        return sum(event.kind == "kept" for event in self.events)


def days(number: float) -> np.timedelta64:
    """Return a number of days as a span of time.

    Parameters
    ----------
    number : float

    Returns
    -------
    timedelta64[s]
    """
    return np.timedelta64(round(number * 86_400), "s")


@dataclass(frozen=True)
class _Live:
    """The model that decides: until when it learned, what it costs, what it cost when it came."""

    until: np.datetime64
    costs: np.ndarray
    usual: float


def replay(policy: Policy, world: World, limits: Limits) -> Replayed:
    """Walk through the periods and let the policy act at the start of each but the first.

    Parameters
    ----------
    policy : Policy
    world : World
    limits : Limits

    Returns
    -------
    Replayed
        Labels are used only once they are ``gap_days`` old.

    Raises
    ------
    ValueError
        If the first model cannot be fitted.
    """
    until = world.starts[0] - days(world.gap_days)
    costs = world.costs_of(until)
    if costs is None:
        raise ValueError("the rung cannot be fitted on the rows known before the first period")
    live = _Live(until, costs, world.usual_cost)
    found = np.full(len(world.times), np.nan)
    events: list[Event] = []
    for period, start in enumerate(world.starts):
        why = _reason(policy, world, limits, live, period) if period else ""
        if why:
            new, against = _challenge(policy, world, limits, live, start)
            kind: Kind = "kept" if new is None else "retrained"
            events.append(Event(period, kind, why, against))
            live = new or live
        now = world.held[world.times[world.held] >= start]
        found[now] = live.costs[now]
    return Replayed(policy, found[world.held], tuple(events))


def _window(world: World, start: np.datetime64) -> np.ndarray:
    """Return the newest rows whose labels are known."""
    end = start - days(world.gap_days)
    inside = (world.times >= end - days(world.window_days)) & (world.times < end)
    return np.flatnonzero(inside)


def _reason(policy: Policy, world: World, limits: Limits, live: _Live, period: int) -> str:
    """Say why the policy wants a new model now, empty when it does not."""
    start = world.starts[period]
    if policy.trigger == "calendar":
        return "calendar" if period % policy.every == 0 else ""
    if policy.trigger == "drift":
        found = world.drift_of(live.until, start - days(world.window_days), start)
        return f"drift {found:.2f}" if found >= limits.drift else ""
    if policy.trigger == "quality":
        now = _mean(live.costs, _window(world, start))
        return f"cost {now:.3g}" if now - live.usual > limits.drop * abs(live.usual) else ""
    return ""


def _challenge(
    policy: Policy, world: World, limits: Limits, live: _Live, start: np.datetime64
) -> tuple[_Live | None, Against]:
    """Return the new model where it goes live, else why the champion stays."""
    until = start - days(world.gap_days)
    if not policy.gate:
        new = world.costs_of(until)
        return (None, "unfit") if new is None else (_Live(until, new, live.usual), "")
    # What was tested is what ships, so the challenger does not learn from the window either.
    until = until - days(world.window_days)
    new = world.costs_of(until)
    if new is None:
        return None, "unfit"
    window = _window(world, start)
    old, proposed = _mean(live.costs, window), _mean(new, window)
    if not np.isfinite(old - proposed):
        return None, "too few"
    better = old - proposed > max(limits.margin * abs(old), 0.0)
    return (_Live(until, new, proposed), "") if better else (None, "worse")


def _mean(costs: np.ndarray, rows: np.ndarray) -> float:
    known = costs[rows]
    known = known[np.isfinite(known)]
    return float(known.mean()) if len(known) >= LEAST_WINDOW else float("nan")
