"""Looking at a trial while it runs: group sequential boundaries that keep the promised error.

A test that is looked at K times is a chain of K correlated z values. The chance to cross a
boundary at any of them is found by integrating their joint density look by look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

Spending = Literal["obrien_fleming", "pocock"]
# Points of the grid are 1/FINENESS standard deviations of a step apart.
FINENESS = 16
MOST_HALVES = 400
REACH = 8.5
SURE = 1e-10


@dataclass(frozen=True)
class Crossing:
    """Where a test ends.

    Parameters
    ----------
    above, below : ndarray of float, shape (looks,)
        Probability to cross the upper and the lower boundary at each look, having crossed none
        before.
    """

    above: np.ndarray
    below: np.ndarray

    @property
    def total(self) -> float:
        """Probability to cross either boundary at any look."""
        return float(self.above.sum() + self.below.sum())


def spent(kind: Spending, fraction: np.ndarray, alpha: float) -> np.ndarray:
    """Return how much of the error may be used up by a fraction of the information.

    Parameters
    ----------
    kind : {"obrien_fleming", "pocock"}
        Little at first, or about evenly.
    fraction : ndarray of float
        In (0, 1].
    alpha : float
        Two-sided error over all the looks, in (0, 1).

    Returns
    -------
    ndarray of float
        Rising to ``alpha`` at 1.

    References
    ----------
    Lan & DeMets (1983), https://doi.org/10.1093/biomet/70.3.659
    """
    t = np.asarray(fraction, dtype=float)
    if kind == "pocock":
        return np.asarray(alpha * np.log(1 + (np.e - 1) * t))
    # Each side spends its half by the one-sided rule, as tables and packages of the field do.
    return np.asarray(4 * stats.norm.sf(stats.norm.isf(alpha / 4) / np.sqrt(t)))


def boundaries(fractions: ArrayLike, alpha: float, kind: Spending = "obrien_fleming") -> np.ndarray:
    """Return the z value that each look must exceed, two-sided and symmetric.

    Parameters
    ----------
    fractions : sequence of float
        Share of the planned information at each look, rising, in (0, 1].
    alpha : float
        Two-sided error over all the looks, in (0, 1).
    kind : {"obrien_fleming", "pocock"}

    Returns
    -------
    ndarray of float, shape (looks,)

    Raises
    ------
    ValueError
        If the fractions do not rise within (0, 1], or alpha is not within (0, 1).

    References
    ----------
    Lan & DeMets (1983), https://doi.org/10.1093/biomet/70.3.659; numerical integration after
    Armitage, McPherson & Rowe (1969), https://doi.org/10.2307/2343787
    """
    t = _checked(fractions)
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha:g}; give an error between 0 and 1, such as 0.05")
    error = np.diff(np.r_[0.0, spent(kind, t, alpha)])
    found: list[float] = []
    grid, density = np.zeros(1), np.ones(1)
    for look in range(len(t)):
        step = t[look] - (t[look - 1] if look else 0.0)

        found.append(_root(grid, density, t[look], step, float(error[look])))
        edge = found[-1] * np.sqrt(t[look])
        grid, density = _advanced(grid, density, step, -edge, edge, 0.0)
    return np.array(found)


def _root(grid: np.ndarray, density: np.ndarray, t: float, step: float, error: float) -> float:
    """Return the z value beyond which, on both sides, the probability is ``error``."""

    def beyond(z: float) -> float:
        edge = z * np.sqrt(t)
        return float(2 * (density @ special.ndtr((grid - edge) / np.sqrt(step))))

    if error <= SURE or beyond(REACH) >= error:
        return REACH
    return float(optimize.brentq(lambda z: beyond(z) - error, 0.0, REACH, xtol=1e-10))


def crossing(fractions: ArrayLike, bounds: ArrayLike, drift: float = 0.0) -> Crossing:
    """Return where a test with given boundaries ends, under a true effect.

    Parameters
    ----------
    fractions : sequence of float
        Share of the planned information at each look, rising, in (0, 1].
    bounds : sequence of float
        z value to exceed at each look, two-sided.
    drift : float
        Expected z value at the full information; 0 when there is no effect.

    Returns
    -------
    Crossing

    References
    ----------
    Jennison & Turnbull (2000), Group Sequential Methods, chapter 19,
    https://doi.org/10.1201/9780367805326
    """
    t = _checked(fractions)
    above, below = np.zeros(len(t)), np.zeros(len(t))
    grid, density = np.zeros(1), np.ones(1)
    for look, z in enumerate(np.asarray(bounds, dtype=float)):
        step = t[look] - (t[look - 1] if look else 0.0)
        edge, sd = z * np.sqrt(t[look]), np.sqrt(step)
        middle = grid + drift * step
        above[look] = density @ special.ndtr((middle - edge) / sd)
        below[look] = density @ special.ndtr((-edge - middle) / sd)
        grid, density = _advanced(grid, density, step, -edge, edge, drift)
    return Crossing(above, below)


def _advanced(
    grid: np.ndarray, density: np.ndarray, step: float, low: float, high: float, drift: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the grid and weighted density of what goes on past a look, between the boundaries."""
    sd = np.sqrt(step)
    start = max(low, float(grid.min()) + drift * step - REACH * sd)
    end = min(high, float(grid.max()) + drift * step + REACH * sd)
    if end <= start:
        return np.zeros(1), np.zeros(1)
    halves = min(MOST_HALVES, max(30, int(FINENESS * (end - start) / sd / 2)))
    x = np.linspace(start, end, 2 * halves + 1)
    apart = (x[:, None] - (grid + drift * step)[None, :]) / sd
    there = np.exp(-0.5 * apart**2) @ density / (sd * np.sqrt(2 * np.pi))
    return x, there * _simpson(halves) * (end - start) / (6 * halves)


def _simpson(halves: int) -> np.ndarray:
    """Return Simpson's weights 1 4 2 4 … 4 1."""
    weights = np.full(2 * halves + 1, 2.0)
    weights[1::2] = 4.0
    weights[[0, -1]] = 1.0
    return weights


def drift_for(fractions: ArrayLike, bounds: ArrayLike, power: float, one_way: bool = True) -> float:
    """Return the expected final z value with which a test reaches a power.

    Parameters
    ----------
    fractions, bounds : sequence of float
        As in `crossing`.
    power : float
        Probability to cross, in (0, 1).
    one_way : bool
        Count only the boundary on the side of the effect.

    Returns
    -------
    float
    """

    def short(drift: float) -> float:
        found = crossing(fractions, bounds, drift)
        return (float(found.above.sum()) if one_way else found.total) - power

    return float(optimize.brentq(short, 1e-6, 20.0, xtol=1e-8))


def inflation(fractions: ArrayLike, bounds: ArrayLike, alpha: float, power: float) -> float:
    """Return how many times the rows of a test with one look are needed at most.

    Parameters
    ----------
    fractions, bounds : sequence of float
        As in `crossing`.
    alpha : float
        Two-sided error.
    power : float

    Returns
    -------
    float
        At least 1 for boundaries that keep alpha.

    References
    ----------
    Jennison & Turnbull (2000), tables 2.2 and 2.4, https://doi.org/10.1201/9780367805326
    """
    fixed = stats.norm.isf(alpha / 2) + stats.norm.ppf(power)
    return float((drift_for(fractions, bounds, power) / fixed) ** 2)


def peeking_error(looks: int, alpha: float) -> float:
    """Return how often a test promises a difference where there is none, when looked at K times.

    Parameters
    ----------
    looks : int
        Evenly spaced looks, each with the boundary of a test that is looked at once.
    alpha : float
        Two-sided error that each look promises.

    Returns
    -------
    float
        In [alpha, 1].

    References
    ----------
    Armitage, McPherson & Rowe (1969), https://doi.org/10.2307/2343787
    """
    fractions = np.arange(1, looks + 1) / looks
    return crossing(fractions, np.full(looks, stats.norm.isf(alpha / 2))).total


def _checked(fractions: ArrayLike) -> np.ndarray:
    t = np.asarray(fractions, dtype=float)
    if not len(t) or t[0] <= 0 or (np.diff(t) <= 0).any() or t[-1] > 1 + 1e-12:
        raise ValueError(
            f"the looks are at {', '.join(f'{x:g}' for x in t) or 'nothing'}; give shares of the "
            "planned information that rise from above 0 to at most 1"
        )
    return t
