"""Alerts with thresholds set by how many false pages are acceptable."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from app.lab.monitors.signals import Signals

LEAST_DAYS = 20
WIDE = 0.9
LEAST_PER_WEEKDAY = 4
MONTH = 30.0
MARGIN = 2.0
STILL = 4.0
TINY = 1e-9
# Where quiet days are all alike half a usual spread is still no news.
LEAST_LIMIT = 0.5


@dataclass(frozen=True)
class Calibration:
    """What is normal for every signal, and how far from it pages.

    Parameters
    ----------
    centers : dict
        Monitor and signal to the normal value by weekday, shape (7,).
    scales : dict
        Monitor and signal to the normal spread.
    limits : dict of str to float
        Monitor to the standardized distance that pages; infinite with too few quiet days.
    quiet_days : dict of str to int
        Days the limit of a monitor rests on.
    worst : dict of str to ndarray of float
        Monitor to the largest distance over its signals on each quiet day, rising.
    moved : dict
        Monitor and signal to the share of the rows that usually moves, by chance and season.
    on : frozenset of str
        Monitors that are switched on: they share the budget.
    budget : float
        Acceptable false pages in 30 days over all that are on.
    length : float
        Calendar days in one step.
    """

    centers: dict[tuple[str, str], np.ndarray]
    scales: dict[tuple[str, str], float]
    limits: dict[str, float]
    quiet_days: dict[str, int]
    worst: dict[str, np.ndarray] = field(default_factory=dict)
    moved: dict[tuple[str, str], float] = field(default_factory=dict)
    on: frozenset[str] = frozenset()
    budget: float = 1.0
    length: float = 1.0

    def part(self, monitor: str) -> float:
        """Return the part of the budget a monitor has; one that is off, if it were added.

        Parameters
        ----------
        monitor : str

        Returns
        -------
        float
            False pages a step.
        """
        sharing = len(self.on | {monitor})
        return self.budget * self.length / sharing / MONTH


def calibrate(
    quiet: Signals, pages_per_month: float, on: Collection[str] | None = None
) -> Calibration:
    """Set limits on days in which all was well.

    The largest standardized distance over the signals of a monitor on each quiet day is taken;
    the limit is its quantile that leaves an equal part of the budget to each monitor. Taking the
    largest over all signals corrects for their number: more signals make a wider limit, not
    more pages.

    Parameters
    ----------
    quiet : Signals
    pages_per_month : float
        Acceptable false pages in 30 days over all the monitors that are on.
    on : collection of str, optional
        Monitors that are switched on; all of them when left out.

    Returns
    -------
    Calibration
    """
    centers: dict[tuple[str, str], np.ndarray] = {}
    scales: dict[tuple[str, str], float] = {}
    worst: dict[str, np.ndarray] = {}
    sharing = frozenset(quiet.values if on is None else set(on) & set(quiet.values))
    for monitor, watched in quiet.values.items():
        distances = []
        for name, values in watched.items():
            center, scale = _normal(values, quiet.days.weekday, quiet.floors.get((monitor, name)))
            centers[monitor, name], scales[monitor, name] = center, scale
            distances.append(_distance(values, quiet.days.weekday, center, scale))
        worst[monitor] = np.sort(_worst(np.array(distances)))
    found = Calibration(
        centers,
        scales,
        {},
        {monitor: len(part) for monitor, part in worst.items()},
        worst,
        {key: _median(part) for key, part in quiet.moved.items()},
        sharing,
        pages_per_month,
        quiet.days.length,
    )
    for monitor, part in worst.items():
        found.limits[monitor] = max(_limit(part, found.part(monitor)), LEAST_LIMIT)
    return found


def _median(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 0.0


def _worst(distances: np.ndarray) -> np.ndarray:
    some = np.isfinite(distances).any(axis=0)
    return np.nanmax(distances[:, some], axis=0) if some.any() else np.empty(0)


def _limit(worst: np.ndarray, budget: float) -> float:
    if len(worst) < LEAST_DAYS:
        return float("inf")
    share = max(budget, 1e-4)
    # A limit that rests on n days is itself uncertain; the margin shrinks as they grow.
    margin = 1.0 + MARGIN / float(np.sqrt(len(worst)))
    within = float(np.quantile(worst, 1 - share)) * margin
    if share * len(worst) >= 1:
        return within
    # Fewer quiet days than one page allows for: extend the tail exponentially.
    tail, steep = _tail(worst)
    extra = float(np.log(len(tail) / len(worst) / share))
    return max(within, float(tail[0] + steep * max(extra, 0.0)) * margin)


def _tail(worst: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the farthest fifth of the quiet days, and how slowly it thins out."""
    tail = worst[-max(5, len(worst) // 5) :]
    return tail, max(float(np.mean(tail - tail[0])), 0.1)


def tail_probability(worst: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Return how rarely a quiet day is as far from normal.

    Parameters
    ----------
    worst : ndarray of float, shape (quiet days,)
        Rising.
    distance : ndarray of float, shape (days,)

    Returns
    -------
    ndarray of float, shape (days,)
        By rank among the quiet days; beyond the farthest by an exponential tail. 1 where nothing
        is known, or with fewer than 20 quiet days.
    """
    n = len(worst)
    if n < LEAST_DAYS:
        return np.ones(len(distance))
    rank = (n - np.searchsorted(worst, distance, side="left") + 1) / (n + 1)
    tail, steep = _tail(worst)
    # The tail is itself an estimate: the margin of the limits holds here as well.
    margin = 1.0 + MARGIN / float(np.sqrt(n))
    beyond = len(tail) / (n + 1) * np.exp(-np.maximum(distance / margin - tail[0], 0.0) / steep)
    found = np.where(distance > worst[-1], np.minimum(beyond, 1 / (n + 1)), rank)
    return np.where(np.isfinite(distance), np.clip(found, 1e-12, 1.0), 1.0)


def _normal(
    values: np.ndarray, weekday: np.ndarray, floor: float | None = None
) -> tuple[np.ndarray, float]:
    known = np.isfinite(values)
    middle = float(np.median(values[known])) if known.any() else 0.0
    center = np.full(7, middle)
    groups = [values[known & (weekday == day)] for day in range(7)]
    if all(len(group) >= LEAST_PER_WEEKDAY for group in groups):
        center = np.array([np.median(group) for group in groups])
    rest = values[known] - center[weekday[known]]
    # The upper part of the spread, not its middle: signals with rare large days and calm ones
    # then share one limit fairly.
    scale = float(np.quantile(np.abs(rest), WIDE)) if len(rest) else 0.0
    if floor is not None and len(rest):
        # A signal that is nearly always still must not set the limit for all by its one large day.
        scale = max(scale, floor, float(np.abs(rest).max()) / STILL)
    return center, max(scale, TINY)


def _distance(
    values: np.ndarray, weekday: np.ndarray, center: np.ndarray, scale: float
) -> np.ndarray:
    return np.asarray(np.abs(values - center[weekday]) / scale, dtype=float)


def distances(signals: Signals, normal: Calibration, monitor: str) -> dict[str, np.ndarray]:
    """Return how far from normal each signal of a monitor is, day by day.

    Parameters
    ----------
    signals : Signals
    normal : Calibration
    monitor : str

    Returns
    -------
    dict of str to ndarray of float, shape (days,)
        In usual spreads; signals that were not there on quiet days are left out.
    """
    weekday = signals.days.weekday
    return {
        name: _distance(
            values, weekday, normal.centers[monitor, name], normal.scales[monitor, name]
        )
        for name, values in signals.values.get(monitor, {}).items()
        if (monitor, name) in normal.centers
    }
