"""Retraining replayed in worlds whose best policy is known."""

from __future__ import annotations

import numpy as np
import pytest

from app.lab.retraining import Limits, Policy, Replayed, World, replay

LIMITS = Limits(0.0, 0.1, 0.25)
DAYS = 240
BREAK = np.datetime64("2025-04-11")


def _world(gap_days: float = 2.0, noise: float = 0.0, asked: list | None = None) -> World:
    """A world that changes on one day: a model that learned after it costs 1, another 2."""
    times = np.datetime64("2025-01-01T00:00:00") + np.arange(4 * DAYS) * np.timedelta64(6, "h")
    rng = np.random.default_rng(0)
    jitter = noise * rng.normal(size=len(times))
    starts = np.arange("2025-03-01", "2025-08-01", dtype="datetime64[M]").astype("datetime64[s]")

    def costs_of(until: np.datetime64) -> np.ndarray:
        if asked is not None:
            asked.append(until)
        fresh = until > BREAK + np.timedelta64(3, "D")
        after = times >= BREAK
        cost = np.where(after, 1.0 if fresh else 2.0, 1.5 if fresh else 1.0) + jitter
        return np.where(times >= until, cost, np.nan)

    def drift_of(until: np.datetime64, start: np.datetime64, end: np.datetime64) -> float:
        return 1.0 if until <= BREAK < end else 0.0

    held = np.flatnonzero(times >= starts[0])
    return World(times, starts, held, gap_days, 14.0, costs_of, drift_of, 1.0)


def _played(trigger: str, gate: bool = True, every: int = 1, **world: float) -> Replayed:
    policy = Policy("one", "One", trigger, every, gate)
    return replay(policy, _world(**world), LIMITS)


def test_never_is_never() -> None:
    """The first model decides all the time: one until the break, two after it."""
    found = _played("never")
    assert found.events == ()
    assert set(np.unique(found.cost)) == {1.0, 2.0}


@pytest.mark.parametrize("trigger", ["calendar", "drift", "quality"])
def test_every_policy_learns_of_the_break(trigger: str) -> None:
    """After the break each of them gets a new model live, and is cheaper than never."""
    found, never = _played(trigger), _played("never")
    assert found.retrained >= 1
    assert found.cost.mean() < never.cost.mean()
    assert found.cost[-1] == 1.0


def test_the_gate_keeps_out_what_is_not_better() -> None:
    """Before the break a new model is as good as the old one: it does not go live."""
    found = _played("calendar")
    first = found.events[0]
    assert (first.period, first.kind, first.against) == (1, "kept", "worse")
    assert _played("calendar", gate=False).rejected == 0


def test_the_calendar_counts_its_periods() -> None:
    """Every second period: events at two and four."""
    assert [e.period for e in _played("calendar", every=2).events] == [2, 4]


def test_nothing_is_learned_before_its_label_is_known() -> None:
    """No model is ever asked for rows newer than the gap, nor a challenger for its own window."""
    asked: list[np.datetime64] = []
    world = _world(gap_days=10.0, asked=asked)
    replay(Policy("one", "One", "calendar", 1, gate=True), world, LIMITS)
    window = np.timedelta64(24, "D")
    assert asked[0] == world.starts[0] - np.timedelta64(10, "D")
    assert asked[1:] == [start - window for start in world.starts[1:]]


def test_a_longer_delay_costs_more() -> None:
    """Labels that come six weeks late leave the old model live for longer."""
    soon, late = (_played("calendar", gap_days=days).cost.mean() for days in (2.0, 42.0))
    assert late > soon


def test_drift_comes_before_quality_when_labels_are_late() -> None:
    """Inputs are seen at once, costs only with their labels."""
    kinds = {
        trigger: _played(trigger, gate=False, gap_days=28.0).events[0].period
        for trigger in ("drift", "quality")
    }
    assert kinds["drift"] < kinds["quality"]


def test_a_margin_that_nothing_clears_is_never() -> None:
    """Asked to be nine tenths cheaper, every challenger stays out."""
    found = replay(Policy("one", "One", "calendar"), _world(), Limits(0.9, 0.1, 0.25))
    assert found.retrained == 0
    assert np.array_equal(found.cost, _played("never").cost)


def test_a_window_without_rows_keeps_the_champion_and_says_so() -> None:
    """Fewer than twenty judged rows say nothing about a challenger."""
    world = _world()
    short = World(
        *(world.times, world.starts, world.held, 2.0, 1.0), world.costs_of, world.drift_of, 1.0
    )
    found = replay(Policy("one", "One", "calendar"), short, LIMITS)
    assert {event.against for event in found.events} == {"too few"}


def test_a_rung_that_cannot_be_fitted_at_all_is_an_error() -> None:
    """There is nothing to replay without a first model."""
    world = _world()
    empty = World(
        world.times, world.starts, world.held, 2.0, 14.0, lambda until: None, world.drift_of, 1.0
    )
    with pytest.raises(ValueError, match="cannot be fitted"):
        replay(Policy("never", "Never", "never"), empty, LIMITS)
