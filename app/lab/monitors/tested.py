"""Signals of the inputs with a test for every column and day, calibrated on quiet days."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.lab.monitors.signals import Signals
from app.lab.monitors.watch import Counted
from app.lab.watching.daily import daily_tests
from app.lab.watching.profile import Profile

# What a test of the drift engine says is what this monitor watches.
MONITOR_OF = {
    "volume": "volume",
    "distribution": "psi",
    "missing": "missing",
    "unseen": "unseen",
    "outside": "range",
    "infinite": "non_finite",
}
VOLUME = "requests"


def profile_of(counted: Counted, days: tuple[str, ...]) -> Profile:
    """Return counts by day as a profile.

    Parameters
    ----------
    counted : Counted
    days : tuple of str
        Names of the days.

    Returns
    -------
    Profile
    """
    rows = np.bincount(counted.place, minlength=len(days) + 1)[: len(days)]
    return Profile(days, rows.astype(np.int64), counted.columns)


def with_tests(signals: Signals, past: Profile, counted: Counted) -> Signals:
    """Return signals with p values of the inputs: each day tested against all quiet days.

    Parameters
    ----------
    signals : Signals
    past : Profile
        Quiet days.
    counted : Counted
        The days of the signals.

    Returns
    -------
    Signals
        Tests look at single days, and at the same weekday where that matters.
    """
    found = daily_tests(past, profile_of(counted, signals.days.names))
    p_values = {
        (MONITOR_OF[signal.kind], signal.column or VOLUME): signal.p_value
        for signal in found.signals
    }
    there = {(monitor, name) for monitor, named in signals.values.items() for name in named}
    kept = {key: part for key, part in p_values.items() if key in there}
    return replace(signals, p_values=kept)
