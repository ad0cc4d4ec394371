"""A share with its interval; light enough to load with any page."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from app.lab.estimate import Estimate


def wilson(successes: float, n: int, level: float = 0.95) -> Estimate:
    """Return a share with its Wilson score interval.

    Parameters
    ----------
    successes : float
        Number of successes, 0 to n.
    n : int
        Number of trials.
    level : float
        Coverage in (0, 1).

    Returns
    -------
    Estimate
        NaN without an interval when n is 0.

    References
    ----------
    Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953
    """
    if n <= 0:
        return Estimate(float("nan"), None, None, 0, level, "wilson")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = successes / n
    scale = 1 + z * z / n
    center = (share + z * z / (2 * n)) / scale
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    low = 0.0 if successes <= 0 else max(0.0, center - half)
    high = 1.0 if successes >= n else min(1.0, center + half)
    return Estimate(float(share), low, high, int(n), level, "wilson")
