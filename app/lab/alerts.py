"""Alerts with thresholds set by how many false pages are acceptable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.lab.stream import Signals

LEAST_DAYS = 20
WIDE = 0.9
LEAST_PER_WEEKDAY = 4
MONTH = 30.0
MARGIN = 2.0
STILL = 4.0
TINY = 1e-9


@dataclass(frozen=True)
class Calibration:
    """What is normal for every signal, and how far from it pages.

    Parameters
    ----------
    centers : dict
        Group and signal to the normal value by weekday, shape (7,).
    scales : dict
        Group and signal to the normal spread.
    limits : dict of str to float
        Group to the standardized distance that pages; infinite with too few quiet days.
    quiet_days : dict of str to int
        Days the limit of a group rests on.
    """

    centers: dict[tuple[str, str], np.ndarray]
    scales: dict[tuple[str, str], float]
    limits: dict[str, float]
    quiet_days: dict[str, int]


@dataclass(frozen=True)
class Alert:
    """One stretch of days on which a signal was beyond its limit.

    Parameters
    ----------
    group, signal : str
    first, last : int
        Day numbers on which it was beyond.
    known : int
        Day on which it could first be seen (labels come late).
    distance : float
        Largest standardized distance from normal.
    limit : float
    value : float
        The signal at that distance.
    """

    group: str
    signal: str
    first: int
    last: int
    known: int
    distance: float
    limit: float
    value: float


def calibrate(quiet: Signals, pages_per_month: float) -> Calibration:
    """Set limits on days in which all was well.

    The largest standardized distance over the signals of a group on each quiet day is taken;
    the limit is its quantile that leaves an equal part of the budget to each group. Taking the
    largest over all signals corrects for their number: more signals make a wider limit, not
    more pages.

    Parameters
    ----------
    quiet : Signals
    pages_per_month : float
        Acceptable false pages in 30 days over all the groups.

    Returns
    -------
    Calibration
    """
    centers: dict[tuple[str, str], np.ndarray] = {}
    scales: dict[tuple[str, str], float] = {}
    limits, counted = {}, {}
    for group, watched in quiet.values.items():
        distances = []
        for name, values in watched.items():
            center, scale = _normal(values, quiet.days.weekday, quiet.floors.get((group, name)))
            centers[group, name], scales[group, name] = center, scale
            distances.append(_distance(values, quiet.days.weekday, center, scale))
        worst = _worst(np.array(distances))
        counted[group] = len(worst)
        part = pages_per_month * quiet.days.length / len(quiet.values) / MONTH
        limits[group] = _limit(worst, part)
    return Calibration(centers, scales, limits, counted)


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
    tail = np.sort(worst)[-max(5, len(worst) // 5) :]
    steep = float(np.mean(tail - tail[0]))
    extra = float(np.log(len(tail) / len(worst) / share))
    return max(within, float(tail[0] + max(steep, 0.1) * max(extra, 0.0)) * margin)


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


def raise_alerts(signals: Signals, normal: Calibration) -> tuple[Alert, ...]:
    """Return the stretches of days on which signals were beyond their limits.

    Parameters
    ----------
    signals : Signals
    normal : Calibration

    Returns
    -------
    tuple of Alert
        By the day on which each could first be seen.
    """
    found = []
    for group, watched in signals.values.items():
        limit = normal.limits[group]
        for name, values in watched.items():
            center, scale = normal.centers[group, name], normal.scales[group, name]
            distance = _distance(values, signals.days.weekday, center, scale)
            with np.errstate(invalid="ignore"):
                beyond = distance > limit
            delay = signals.delay[group]
            for first, last in _stretches(beyond):
                peak = first + int(np.nanargmax(distance[first : last + 1]))
                found.append(
                    Alert(
                        group,
                        name,
                        first,
                        last,
                        first + delay,
                        float(distance[peak]),
                        limit,
                        float(values[peak]),
                    )
                )
    return tuple(sorted(found, key=lambda a: (a.known, -a.distance, a.signal)))


def _stretches(beyond: np.ndarray) -> list[tuple[int, int]]:
    edges = np.diff(np.r_[0, beyond.astype(int), 0])
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    merged: list[tuple[int, int]] = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        # A pause of one day does not make a new page.
        if merged and start - merged[-1][1] <= 2:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


@dataclass(frozen=True)
class Catch:
    """Whether an incident was noticed, how late and by what.

    Parameters
    ----------
    days_late : int or None
        Days from the strike to the first alert that would not have come anyway; None if missed.
    group, signal : str
        What noticed it first.
    by_group : dict of str to int
        Days late by group, for the groups that noticed at all.
    """

    days_late: int | None
    group: str
    signal: str
    by_group: Mapping[str, int]


def catch(quiet: Signals, struck: Signals, normal: Calibration, onset: int) -> Catch:
    """Compare the same days with and without the incident.

    Parameters
    ----------
    quiet, struck : Signals
        The same stream without and with the incident.
    normal : Calibration
    onset : int
        Day of the strike.

    Returns
    -------
    Catch
        Only alerts count on days on which the signal is quiet without the incident.
    """
    first: dict[str, tuple[int, str]] = {}
    for group, watched in struck.values.items():
        limit = normal.limits[group]
        for name, values in watched.items():
            center, scale = normal.centers[group, name], normal.scales[group, name]
            weekday = struck.days.weekday
            with np.errstate(invalid="ignore"):
                now = _distance(values, weekday, center, scale) > limit
                before = _distance(quiet.values[group][name], weekday, center, scale) > limit
            days = np.flatnonzero(now & ~before)
            days = days[days >= onset]
            if not len(days):
                continue
            late = int(days[0]) + struck.delay[group] - onset
            if group not in first or late < first[group][0]:
                first[group] = (late, name)
    if not first:
        return Catch(None, "", "", {})
    group = min(first, key=lambda g: first[g][0])
    return Catch(first[group][0], group, first[group][1], {g: v[0] for g, v in first.items()})
