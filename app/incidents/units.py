"""By how much a number grows when it is sent in a smaller unit."""

from __future__ import annotations

# The graver, the farther apart the units.
FACTORS = (
    (0.25, 1.609344),  # miles sent as kilometres
    (0.5, 3.28084),  # metres sent as feet
    (0.75, 100.0),  # euros sent as cents
    (1.0, 1000.0),  # kilometres sent as metres
)


def factor_of(severity: float) -> float:
    """Return the factor of a change of unit of this severity."""
    return next(factor for most, factor in FACTORS if severity <= most)
