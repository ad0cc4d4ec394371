"""A rate with its exact interval: events that come at random in some time."""

from __future__ import annotations

from scipy.special import gammaincinv

from app.lab.estimate import Estimate


def poisson_rate(events: int, time: float, n: int, level: float = 0.95) -> Estimate:
    """Return events per unit of time with the exact Poisson interval.

    Parameters
    ----------
    events : int
    time : float
        Observed, in the unit wanted; above 0.
    n : int
        What is told as the sample size, such as days.
    level : float
        Coverage in (0, 1).

    Returns
    -------
    Estimate

    References
    ----------
    Garwood (1936), https://doi.org/10.1093/biomet/28.3-4.437
    """
    miss = (1 - level) / 2
    low = float(gammaincinv(events, miss)) if events else 0.0
    high = float(gammaincinv(events + 1, 1 - miss))
    return Estimate(events / time, low / time, high / time, n, level, "exact Poisson")
