"""Which days are beyond what is normal: by limits, or by evidence that adds up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from app.lab.alerts import Calibration, distances, tail_probability
from app.lab.impact import Severity, Stakes, impact_of, severity_of
from app.lab.monitors.signals import Signals
from app.lab.watching.e_values import e_value

LIMITS, EVIDENCE, TESTS = "limits", "e_detector", "daily_tests"
PAUSE = 2
WEIGHED_DAYS = 7

Beyond = dict[str, dict[str, np.ndarray]]


def beyond(signals: Signals, normal: Calibration, detector: str = LIMITS) -> Beyond:
    """Return on which days each signal is beyond what is normal.

    Parameters
    ----------
    signals : Signals
    normal : Calibration
    detector : {"limits", "e_detector", "daily_tests"}
        ``"limits"`` looks at each day alone. ``"e_detector"`` adds evidence up over days: the mean
        time to a false page is at least what the budget says, whenever one looks.
        ``"daily_tests"`` tests the inputs of each day, corrected over columns (Bonferroni), and
        looks at everything else by its limit.

    Returns
    -------
    dict
        Monitor, then signal, to an ndarray of bool, shape (days,).
    """
    found: Beyond = {}
    for monitor in signals.values:
        apart = distances(signals, normal, monitor)
        if not apart:
            continue
        if detector == EVIDENCE:
            found[monitor] = _by_evidence(apart, normal, monitor, signals.width)
            continue
        with np.errstate(invalid="ignore"):
            found[monitor] = {
                name: part > normal.limits.get(monitor, np.inf) for name, part in apart.items()
            }
        if detector == TESTS:
            found[monitor] |= _by_tests(signals, normal, monitor)
    return found


def _by_tests(signals: Signals, normal: Calibration, monitor: str) -> dict[str, np.ndarray]:
    tested = {name: p for (key, name), p in signals.p_values.items() if key == monitor}
    level = normal.part(monitor) / max(len(tested), 1)
    return {name: p <= level for name, p in tested.items()}


def _by_evidence(
    apart: dict[str, np.ndarray], normal: Calibration, monitor: str, width: int
) -> dict[str, np.ndarray]:
    stack = np.array(list(apart.values()))
    filled = np.where(np.isfinite(stack), stack, -1.0)
    worst, loudest = filled.max(axis=0), filled.argmax(axis=0)
    p = tail_probability(normal.worst[monitor], np.where(worst < 0, np.nan, worst))
    # Days that share rows are not independent: by Hölder the root of a bet may be multiplied.
    paged = _evidence(e_value(p) / width, -np.log(normal.part(monitor)))
    return {name: paged & (loudest == place) for place, name in enumerate(apart)}


def _evidence(log_bets: np.ndarray, log_limit: float) -> np.ndarray:
    """Return on which days the Shiryaev-Roberts sum of bets is at its limit.

    References
    ----------
    Shin, Ramdas & Rinaldo (2022), E-detectors, https://doi.org/10.51387/23-NEJSDS51
    """
    paged = np.zeros(len(log_bets), dtype=bool)
    running = -np.inf
    for day, bet in enumerate(log_bets):
        running = np.logaddexp(0.0, running) + bet
        paged[day] = running >= log_limit
        # What is known need not be proven twice, but must be forgotten when it is over.
        running = min(running, log_limit + 1.0)
    return paged


@dataclass(frozen=True)
class Alert:
    """One stretch of days on which a signal was beyond what is normal.

    Parameters
    ----------
    monitor, signal : str
    first, last : int
        Day numbers.
    distance, limit : float
        Largest standardized distance, and what pages.
    value, usual : float
        The signal at that distance, and what it usually is.
    impact : float
        What it is expected to cost, in currency a day.
    severity : {"benign", "watch", "page"}
        By impact, not by how surely something changed.
    """

    monitor: str
    signal: str
    first: int
    last: int
    distance: float
    limit: float
    value: float
    usual: float
    impact: float
    severity: Severity


def raise_alerts(
    signals: Signals,
    normal: Calibration,
    stakes: Stakes,
    detector: str = LIMITS,
    monitors: Collection[str] | None = None,
) -> tuple[Alert, ...]:
    """Return the stretches of days beyond what is normal.

    Parameters
    ----------
    signals : Signals
    normal : Calibration
    stakes : Stakes
    detector : {"limits", "e_detector", "daily_tests"}
    monitors : collection of str, optional
        Those that are on when left out.

    Returns
    -------
    tuple of Alert
        By the day on which each could first be seen.
    """
    found = []
    for monitor, named in beyond(signals, normal, detector).items():
        if monitor not in (normal.on if monitors is None else monitors):
            continue
        for name, fired in named.items():
            found += [
                _alert(signals, normal, stakes, monitor, name, first, last)
                for first, last in stretches(fired)
            ]
    return tuple(sorted(found, key=lambda a: (a.first, -a.impact, a.signal)))


def _alert(
    signals: Signals,
    normal: Calibration,
    stakes: Stakes,
    monitor: str,
    name: str,
    first: int,
    last: int,
) -> Alert:
    values = signals.values[monitor][name]
    center = normal.centers[monitor, name][signals.days.weekday]
    apart = np.abs(values - center)[first : last + 1]
    peak = first + int(np.nanargmax(apart)) if np.isfinite(apart).any() else first
    impact = stretch_impact(signals, normal, stakes, monitor, name, first, last)
    return Alert(
        monitor,
        name,
        first,
        last,
        float(np.abs(values[peak] - center[peak]) / normal.scales[monitor, name]),
        normal.limits[monitor],
        float(values[peak]),
        float(center[peak]),
        impact,
        severity_of(monitor, impact, stakes),
    )


def stretch_impact(
    signals: Signals,
    normal: Calibration,
    stakes: Stakes,
    monitor: str,
    name: str,
    first: int,
    last: int,
) -> float:
    """Return what a stretch is expected to cost, in currency a day.

    Parameters
    ----------
    signals : Signals
    normal : Calibration
    stakes : Stakes
    monitor, name : str
    first, last : int
        Days; the first seven are weighed.

    Returns
    -------
    float
    """
    days = slice(first, min(last, first + WEIGHED_DAYS - 1) + 1)
    values = signals.values[monitor][name][days]
    center = normal.centers[monitor, name][signals.days.weekday[days]]
    moved = signals.moved.get((monitor, name))
    usual = normal.moved.get((monitor, name), 0.0)
    share = None if moved is None else max(0.0, _mean(moved[days]) - usual)
    return impact_of(monitor, name, _mean(values), _mean(center), share, stakes)


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else 0.0


def stretches(fired: np.ndarray) -> list[tuple[int, int]]:
    """Return the first and last day of every stretch; a pause of one day makes no new one.

    Parameters
    ----------
    fired : ndarray of bool, shape (days,)

    Returns
    -------
    list of tuple of int
    """
    edges = np.diff(np.r_[0, fired.astype(int), 0])
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    merged: list[tuple[int, int]] = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if merged and start - merged[-1][1] <= PAUSE:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


@dataclass(frozen=True)
class Caught:
    """How one monitor noticed an incident.

    Parameters
    ----------
    days_late : int
        From the strike to the first day that would not have been beyond normal anyway.
    signal : str
    impact : float
        Of the stretch that begins there, in currency a day.
    severity : {"benign", "watch", "page"}
    """

    days_late: int
    signal: str
    impact: float
    severity: Severity


def catch(
    quiet: Beyond,
    struck: Signals,
    normal: Calibration,
    stakes: Stakes,
    onset: int,
    detector: str = LIMITS,
) -> dict[str, Caught]:
    """Compare the same days with and without the incident, monitor by monitor.

    Parameters
    ----------
    quiet : dict
        From `beyond` on the stream without the incident.
    struck : Signals
        The same stream with it.
    normal : Calibration
    stakes : Stakes
    onset : int
        Day of the strike.
    detector : {"limits", "e_detector", "daily_tests"}

    Returns
    -------
    dict of str to Caught
        Monitors that noticed, those that are off included. Only days count on which the signal is
        quiet without the incident.
    """
    found: dict[str, Caught] = {}
    for monitor, named in beyond(struck, normal, detector).items():
        first: tuple[int, float, str] | None = None
        for name, fired in named.items():
            before = quiet.get(monitor, {}).get(name)
            new = fired if before is None else fired & ~before
            days = np.flatnonzero(new[onset:])
            if len(days) and (first is None or days[0] < first[0]):
                first = (int(days[0]), 0.0, name)
        if first is None:
            continue
        late, _, name = first
        start = onset + late
        last = start + int(np.argmin(np.r_[named[name][start:], False])) - 1
        impact = stretch_impact(struck, normal, stakes, monitor, name, start, max(start, last))
        found[monitor] = Caught(late, name, impact, severity_of(monitor, impact, stakes))
    return found
