"""A canary with a planted harm: when do its guardrails take it back, and what did it cost?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.always_valid import mixture_ratio, reach

MANY = 300


@dataclass(frozen=True)
class Guards:
    """When the canary is taken back.

    Parameters
    ----------
    dearer : float
        Extra cost per decision from which it is stopped, once it is surely dearer at all.
    usual : float
        Usual share of actions (or mean answer); NaN where there is none to watch.
    spread : float
        Usual variance of it: a canary that always does the same is no more certain for that.
    apart : float
        How far it may surely be away from that.
    alpha : float
        Two-sided error of each guard over all its looks.
    delay_days : int
        Days until the cost of a decision is known.
    """

    dearer: float
    usual: float
    spread: float
    apart: float
    alpha: float
    delay_days: int


@dataclass(frozen=True)
class Steps:
    """The canary as planned.

    Parameters
    ----------
    shares : tuple of float
        Share of the decisions in each step, rising, in (0, 1).
    days : int
        Length of each step.
    per_day : float
        Decisions a day, over both ways.
    alike : float
        Design effect: this many decisions tell as much as one independent one.
    """

    shares: tuple[float, ...]
    days: int
    per_day: float
    alike: float = 1.0

    @property
    def of_day(self) -> np.ndarray:
        """Share of the canary on each day."""
        return np.repeat(np.array(self.shares), self.days)


@dataclass(frozen=True)
class Rehearsed:
    """What became of many canaries.

    Parameters
    ----------
    day : ndarray of float, shape (tests,)
        Day after which it was taken back, from 1; NaN when it went through.
    by_cost : ndarray of bool, shape (tests,)
        Whether the guard of the cost was the one; otherwise the guard of the actions.
    exposed : ndarray of float, shape (tests,)
        Decisions that the canary had made by then.
    """

    day: np.ndarray
    by_cost: np.ndarray
    exposed: np.ndarray

    @property
    def caught(self) -> np.ndarray:
        """Whether it was taken back, shape (tests,)."""
        return np.asarray(np.isfinite(self.day))


def rehearse(
    today: np.ndarray,
    canary: np.ndarray,
    acted: np.ndarray,
    steps: Steps,
    guards: Guards,
    tests: int,
    rng: np.random.Generator,
) -> Rehearsed:
    """Play a canary many times on decisions drawn from a past.

    Parameters
    ----------
    today, canary : ndarray of float, shape (n,)
        Cost of each decision under the way of today and under what the canary does.
    acted : ndarray of float, shape (n,)
        Whether the canary acts (or what it answers); ignored where nothing is usual.
    steps : Steps
    guards : Guards
    tests : int
    rng : Generator

    Returns
    -------
    Rehearsed
    """
    share = steps.of_day
    told = share * steps.per_day / steps.alike
    rest = (1 - share) * steps.per_day / steps.alike
    costs = _Running.of(canary, told, float(today.var()), tests, rng)
    control = _Running.of(today, rest, 0.0, tests, rng)
    dear = _surely_dearer(costs, control, guards)
    # The cost of a decision is known only later: an alarm on it comes that many days late.
    late = np.zeros_like(dear)
    if guards.delay_days < len(dear):
        late[guards.delay_days :] = dear[: len(dear) - guards.delay_days]
    moved = np.zeros_like(dear)
    if np.isfinite(guards.usual):
        moved = _surely_apart(_Running.of(acted, told, guards.spread, tests, rng), guards)
    alarm = late | moved
    first, hit = alarm.argmax(axis=0), alarm.any(axis=0)
    by_cost = late[first, np.arange(tests)] & hit
    exposed = np.cumsum(share * steps.per_day)[np.where(hit, first, len(share) - 1)]
    return Rehearsed(np.where(hit, first + 1.0, np.nan), by_cost, exposed)


@dataclass(frozen=True)
class _Running:
    """Mean of everything drawn up to each day, and its variance."""

    mean: np.ndarray
    variance: np.ndarray

    @classmethod
    def of(
        cls,
        values: np.ndarray,
        per_day: np.ndarray,
        least: float,
        tests: int,
        rng: np.random.Generator,
    ) -> _Running:
        # Whole decisions are drawn, and what is left over of a day is drawn on a later one.
        counts = np.diff(np.r_[0, np.floor(np.cumsum(per_day) + 1e-9)]).astype(int)
        sums = np.array([_drawn(values, n, tests, rng) for n in counts])
        n = np.cumsum(counts)[:, None].astype(float)
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = np.broadcast_to(max(float(values.var()), least) / n, sums.shape)
            return cls(np.cumsum(sums, axis=0) / n, variance)


def _drawn(values: np.ndarray, n: int, tests: int, rng: np.random.Generator) -> np.ndarray:
    """Return the sum of n drawn values, of many as good as normal."""
    if n > MANY:
        return rng.normal(n * values.mean(), np.sqrt(n) * values.std(), tests)
    return np.asarray(values[rng.integers(0, len(values), (tests, n))].sum(axis=1))


def _surely_dearer(canary: _Running, control: _Running, guards: Guards) -> np.ndarray:
    extra = canary.mean - control.mean
    variance = canary.variance + control.variance
    return np.asarray((extra >= guards.dearer) & (extra > _reach(variance, guards.alpha)))


def _surely_apart(acted: _Running, guards: Guards) -> np.ndarray:
    away = np.abs(acted.mean - guards.usual) - guards.apart
    return np.asarray(away > _reach(acted.variance, guards.alpha))


def _reach(variance: np.ndarray, alpha: float) -> np.ndarray:
    """Half the width of the interval, sharpest when a third of the decisions are in."""
    known = np.isfinite(variance) & (variance > 0)
    if not known.any():
        return np.where(variance == 0, 0.0, np.inf)
    sharpest = 3 * float(variance[known].min())
    found = reach(np.where(known, variance, 1.0), mixture_ratio(alpha) * sharpest, alpha)
    return np.where(known, found, np.where(variance == 0, 0.0, np.inf))
