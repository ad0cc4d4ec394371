"""A measured number with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A number, its interval and the sample it came from.

    Parameters
    ----------
    value : float
        Point estimate.
    low, high : float or None
        Ends of the interval; both None when no interval can be given.
    n : int
        Number of rows (or folds) the number was measured on.
    level : float
        Coverage of the interval, in (0, 1).
    method : str
        Name of the interval's method, e.g. ``"wilson"`` or ``"bootstrap by day"``.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    level: float = 0.95
    method: str = ""
