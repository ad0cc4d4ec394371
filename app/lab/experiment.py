"""Planning an A/B test: how alike units are, what could be shown, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from app.lab.estimate import Estimate

LONGEST_DAYS = 3650
ROUNDS = 300


@dataclass(frozen=True)
class Likeness:
    """How alike the decisions of one unit are.

    Parameters
    ----------
    icc : Estimate
        Intra-cluster correlation: share of the variance that lies between units, with its interval.
    size : float
        Weighted mean number of decisions of a unit (sum of squares over sum).
    units : int
    """

    icc: Estimate
    size: float
    units: int

    @property
    def design_effect(self) -> float:
        """How many times as many decisions are needed as if all were independent, at least 1."""
        return design_effect(self.icc.value, self.size)


def design_effect(icc: float, size: float) -> float:
    """Return the factor by which likeness within units inflates the variance of a mean.

    Parameters
    ----------
    icc : float
        Negative counts as 0.
    size : float
        Weighted mean number of decisions of a unit, at least 1.

    Returns
    -------
    float
        At least 1.

    References
    ----------
    Kish (1965), Survey Sampling; Donner & Klar (2000)
    """
    return 1.0 + max(size - 1.0, 0.0) * max(icc if np.isfinite(icc) else 0.0, 0.0)


def likeness(values: np.ndarray, units: np.ndarray, rng: np.random.Generator) -> Likeness:
    """Measure how alike values of one unit are.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Cost of each decision.
    units : ndarray of int, shape (n,)
        Unit of each decision.
    rng : Generator

    Returns
    -------
    Likeness
        Its correlation is estimated by the analysis of variance for unequal sizes, with a
        bootstrap interval over units; 0 without an interval where every decision is a unit.

    References
    ----------
    Donner (1986), https://doi.org/10.2307/1403259
    """
    codes = np.unique(units, return_inverse=True)[1]
    sizes = np.bincount(codes).astype(float)
    weighted = float((sizes**2).sum() / sizes.sum()) if len(sizes) else 1.0
    n, count = len(values), len(sizes)
    if count == n or count < 2:
        return Likeness(Estimate(0.0, None, None, n, method="every decision alone"), 1.0, count)
    sums = np.bincount(codes, weights=values)
    squares = np.bincount(codes, weights=values**2)
    value = float(_anova(sizes, sums, squares))
    draws = np.empty(ROUNDS)
    for i in range(ROUNDS):
        drawn = rng.integers(0, count, count)
        draws[i] = _anova(sizes[drawn], sums[drawn], squares[drawn])
    good = draws[np.isfinite(draws)]
    few = count < 10 or len(good) < 0.9 * ROUNDS
    low, high = (None, None) if few else (float(q) for q in np.quantile(good, [0.025, 0.975]))
    if low is not None and high is not None:
        low, high = min(low, value), max(high, value)
    method = f"analysis of variance, bootstrap over {count:,} units"
    return Likeness(Estimate(value, low, high, n, method=method), weighted, count)


def _anova(sizes: np.ndarray, sums: np.ndarray, squares: np.ndarray) -> float:
    n, count = sizes.sum(), len(sizes)
    between = (sums**2 / sizes).sum() - sums.sum() ** 2 / n
    within = squares.sum() - (sums**2 / sizes).sum()
    if n <= count:
        return 0.0
    mean_between, mean_within = between / (count - 1), within / (n - count)
    usual = (n - (sizes**2).sum() / n) / (count - 1)
    total = mean_between + (usual - 1) * mean_within
    return float((mean_between - mean_within) / total) if total > 0 else 0.0


@dataclass(frozen=True)
class Design:
    """An A/B test as planned.

    Parameters
    ----------
    variance_a, variance_b : float
        Variance of the cost of one decision under the way of today (a) and the model (b).
    per_day : float
        Decisions a day that enter the test.
    share_b : float
        Share of them that the model decides, in (0, 1).
    alpha : float
        Two-sided error (twice the one-sided one).
    power : float
    icc : float
        Likeness of decisions of one unit.
    size_per_day : float
        Decisions of one unit a day (weighted mean); 0 for units that decide once.
    fixed_size : float
        Decisions of one unit however long the test runs (a day, a list), at least 1.
    inflation : float
        Factor on the rows that looking on the way costs, at least 1.
    """

    variance_a: float
    variance_b: float
    per_day: float
    share_b: float = 0.5
    alpha: float = 0.05
    power: float = 0.8
    icc: float = 0.0
    size_per_day: float = 0.0
    fixed_size: float = 1.0
    inflation: float = 1.0

    def unit_size(self, days: np.ndarray) -> np.ndarray:
        """Return the decisions of one unit after some days, at least 1.

        Parameters
        ----------
        days : ndarray of float

        Returns
        -------
        ndarray of float
        """
        size = np.maximum(self.fixed_size, self.size_per_day * np.asarray(days, dtype=float))
        return np.asarray(size)

    def units(self, days: np.ndarray) -> np.ndarray:
        """Return how many units there are after some days.

        Parameters
        ----------
        days : ndarray of float

        Returns
        -------
        ndarray of float
        """
        return np.asarray(self.per_day * np.asarray(days, dtype=float) / self.unit_size(days))

    def error(self, days: np.ndarray) -> np.ndarray:
        """Return the standard error of the difference of the two means after some days.

        Parameters
        ----------
        days : ndarray of float
            Above 0.

        Returns
        -------
        ndarray of float
            In currency per decision.
        """
        n = self.per_day * np.asarray(days, dtype=float)
        effect = 1 + (self.unit_size(days) - 1) * max(self.icc, 0.0)
        spread = self.variance_a / (1 - self.share_b) + self.variance_b / self.share_b
        return np.asarray(np.sqrt(spread * effect / n))

    def detectable(self, days: np.ndarray) -> np.ndarray:
        """Return the smallest difference that is found with the promised power.

        Parameters
        ----------
        days : ndarray of float

        Returns
        -------
        ndarray of float
            In currency per decision; NaN with fewer than four units.

        References
        ----------
        Bloom (1995), https://doi.org/10.1177/0193841X9501900504
        """
        freedom = self.units(days) - 2
        known = np.maximum(freedom, 1.0)
        critical = special.stdtrit(known, 1 - self.alpha / 2) + special.stdtrit(known, self.power)
        found = critical * np.sqrt(self.inflation) * self.error(days)
        return np.where(freedom >= 2, found, np.nan)

    def power_at(self, difference: np.ndarray, days: float) -> np.ndarray:
        """Return the chance to find a true difference, on its own side.

        Parameters
        ----------
        difference : ndarray of float
            In currency per decision.
        days : float

        Returns
        -------
        ndarray of float
            In [0, 1].
        """
        freedom = max(float(self.units(np.array(days))) - 2, 1.0)
        se = float(self.error(np.array(days))) * np.sqrt(self.inflation)
        critical = special.stdtrit(freedom, 1 - self.alpha / 2)
        shift = np.abs(np.asarray(difference, dtype=float)) / se if se > 0 else np.inf
        return np.asarray(special.ndtr(shift - critical))

    def days_for(self, difference: float) -> float | None:
        """Return how many whole days it takes to find a true difference.

        Parameters
        ----------
        difference : float
            In currency per decision.

        Returns
        -------
        float or None
            None when ten years are not enough.
        """
        if not difference or not np.isfinite(difference):
            return None
        days = np.arange(1.0, LONGEST_DAYS + 1)
        enough = np.flatnonzero(self.detectable(days) <= abs(difference))
        return float(days[enough[0]]) if len(enough) else None

    def with_share(self, share_b: float) -> Design:
        """Return the same test with another share for the model.

        Parameters
        ----------
        share_b : float
            In (0, 1).

        Returns
        -------
        Design
        """
        return replace(self, share_b=share_b)
