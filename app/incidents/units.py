"""A number in another unit."""

from __future__ import annotations

import numpy as np

# By how much a number grows in a smaller unit: the graver, the farther apart the units.
FACTORS = (
    (0.25, 1.609344),  # miles sent as kilometres
    (0.5, 3.28084),  # metres sent as feet
    (0.75, 100.0),  # euros sent as cents
    (1.0, 1000.0),  # kilometres sent as metres
)
# Numbers that go below zero have another zero as well: degrees Celsius sent as Fahrenheit.
DEGREES = 1.8
ZERO = 6.4
# Through two values there is always a line.
LEAST_VALUES = 3


# A list is ordered alike in any unit; it suffers when only some of its rows are converted.
SOME = 0.5


def share_of(form: str) -> float:
    """Return the share of rows that come in another unit."""
    return SOME if form == "ranking" else 1.0


def converted(values: np.ndarray, severity: float) -> np.ndarray:
    """Return a number in another unit; with numbers below zero its zero moves as well."""
    if np.nanmin(values, initial=0.0) < 0:
        return np.asarray(values * DEGREES + ZERO * severity * float(np.nanstd(values)))
    factor = next(factor for most, factor in FACTORS if severity <= most)
    return np.asarray(values * factor)


def another_unit(new: np.ndarray, old: np.ndarray) -> bool:
    """Say whether one rule of conversion turns all old values into the new ones."""
    some = np.isfinite(new) & np.isfinite(old)
    x, z = old[some], new[some]
    if len(x) < max(2, 0.9 * len(new)) or len(np.unique(x)) < LEAST_VALUES:
        return False
    low, high = x.argmin(), x.argmax()
    slope = (z[high] - z[low]) / (x[high] - x[low])
    line = z[low] + slope * (x - x[low])
    exact = np.allclose(z, line, rtol=1e-6, atol=1e-6 * np.ptp(z))
    return bool(exact and slope > 0.01 and abs(slope - 1) > 0.01)
