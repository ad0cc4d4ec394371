"""Means and shares of rows that come in blocks, and differences between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from app.lab.estimate import Estimate

LEVEL = 0.95
FEWEST_ROWS = 30
FEWEST_COUNTED = 10
FEWEST_BLOCKS = 5
SMALL = "n too small to say"


@dataclass(frozen=True)
class Weighted:
    """A weighted mean over blocks of rows, with what each block adds to its error.

    Parameters
    ----------
    value : float
        Sum of weight times value over sum of weights; NaN when nothing is counted.
    pull : ndarray of float, shape (number of blocks,)
        Linearized part of each block in the mean; their squares add up to its variance.
    n : int
        Sum of the weights: rows (or lists) that are counted.
    blocks : int
        Blocks with at least one of them.
    share : bool
        Whether it is a share of the counted rows.
    small : str
        Why it cannot be told, empty when it can.
    """

    value: float
    pull: np.ndarray
    n: int
    blocks: int
    share: bool
    small: str = ""

    @property
    def alone(self) -> bool:
        """Whether every counted row is a block of its own."""
        return self.blocks >= self.n

    @property
    def error(self) -> float:
        """Standard error, robust to rows of one block being alike."""
        grow = 1.0 if self.share and self.alone else self.blocks / max(self.blocks - 1, 1)
        return float(np.sqrt(grow * (self.pull @ self.pull)))

    @property
    def freedom(self) -> float:
        """Degrees of freedom: blocks less one; infinite for shares of independent rows."""
        return np.inf if self.share and self.alone else max(self.blocks - 1, 1)

    @property
    def effective(self) -> float:
        """Number of independent rows that would tell a share as exactly as these do."""
        spread = self.value * (1 - self.value)
        error = self.error
        # Where all rows are alike nothing tells how alike a block is: it then counts once.
        if spread <= 0 or error <= 0:
            return float(self.blocks)
        return min(float(self.n), spread / error**2)

    def estimate(self, level: float = LEVEL) -> Estimate:
        """Return the mean with its interval.

        Parameters
        ----------
        level : float

        Returns
        -------
        Estimate
            NaN without an interval when the n is too small to say.
        """
        if self.small:
            return Estimate(float("nan"), None, None, self.n, level, f"{SMALL}: {self.small}")
        below, above = self.reach(level)
        method = "Wilson" if self.share else "t of the mean"
        method += "" if self.alone else f", {self.blocks:,} blocks"
        return Estimate(self.value, self.value - below, self.value + above, self.n, level, method)

    def reach(self, level: float) -> tuple[float, float]:
        """Return how far the interval reaches below and above the mean."""
        critical = _critical(self.freedom, level)
        if not self.share:
            half = critical * self.error
            return half, half
        low, high = _score_interval(self.value, self.effective, critical)
        return self.value - low, high - self.value


def _critical(freedom: float, level: float) -> float:
    """Two-sided critical value of Student's t; the ready-made distribution takes 50 times as long."""
    tail = 0.5 + level / 2
    return float(special.ndtri(tail) if freedom == np.inf else special.stdtrit(freedom, tail))


def _score_interval(share: float, n: float, critical: float) -> tuple[float, float]:
    """Wilson's interval at any, also a broken, number of rows."""
    scale = 1 + critical**2 / n
    center = (share + critical**2 / (2 * n)) / scale
    half = critical * np.sqrt(share * (1 - share) / n + critical**2 / (4 * n * n)) / scale
    low = 0.0 if share <= 0 else max(0.0, center - half)
    high = 1.0 if share >= 1 else min(1.0, center + half)
    return float(min(low, share)), float(max(high, share))


def weighted(
    values: np.ndarray,
    weights: np.ndarray,
    mask: np.ndarray,
    codes: np.ndarray,
    share: bool,
) -> Weighted:
    """Return the weighted mean of some rows, robust to rows of one block being alike.

    Parameters
    ----------
    values, weights : ndarray of float, shape (n,)
        Weights are 0 for rows that do not count.
    mask : ndarray of bool, shape (n,)
        Rows of the group.
    codes : ndarray of int, shape (n,)
        Number of each row's block, from 0.
    share : bool
        Whether the mean is a share of counted rows.

    Returns
    -------
    Weighted
        With a reason when there are fewer than 30 rows, 10 counted ones or 5 blocks.

    References
    ----------
    Ratio of sums over clusters: Cochran (1977), Sampling Techniques, section 9A; Wilson interval at
    the effective n: Korn & Graubard (1998), https://www150.statcan.gc.ca/n1/en/catalogue/12-001-X19980024356
    """
    count = int(codes.max()) + 1 if len(codes) else 0
    w, v, c = weights[mask], values[mask], codes[mask]
    total = float(w.sum())
    per_block = np.bincount(c, weights=w, minlength=count)
    blocks, n = int((per_block > 0).sum()), round(total)
    small = _too_small(int(mask.sum()), n, blocks)
    if total <= 0:
        return Weighted(float("nan"), np.zeros(count), 0, 0, share, small)
    value = float(w @ v) / total
    pull = np.bincount(c, weights=w * (v - value), minlength=count) / total
    return Weighted(value, pull, n, blocks, share, small)


def _too_small(rows: int, counted: int, blocks: int) -> str:
    if rows < FEWEST_ROWS:
        return f"{rows} rows, fewer than {FEWEST_ROWS}"
    if counted < FEWEST_COUNTED:
        return f"{counted} rows that count, fewer than {FEWEST_COUNTED}"
    if blocks < FEWEST_BLOCKS:
        return f"{blocks} blocks, fewer than {FEWEST_BLOCKS}"
    return ""


def difference(a: Weighted, b: Weighted, level: float = LEVEL) -> tuple[Estimate, float]:
    """Return a minus b with its interval, and how surprising it is if both were the same.

    Parameters
    ----------
    a, b : Weighted
        Over the same blocks; rows of one block may stand on both sides.
    level : float

    Returns
    -------
    estimate : Estimate
        n is the number of counted rows of both.
    p_value : float
        Two-sided; NaN when either n is too small to say.

    References
    ----------
    Interval of a difference from the intervals of its sides (MOVER): Newcombe (1998),
    https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I;
    with correlation: Zou & Donner (2008), https://doi.org/10.1002/sim.3095
    """
    n = a.n + b.n
    if a.small or b.small:
        why = a.small or b.small
        return Estimate(float("nan"), None, None, n, level, f"{SMALL}: {why}"), float("nan")
    gap = a.value - b.value
    below, above = _reach_of_difference(a, b, level)
    method = "difference of two intervals (MOVER)"
    return Estimate(gap, gap - below, gap + above, n, level, method), _p_value(a, b, gap)


def _reach_of_difference(a: Weighted, b: Weighted, level: float) -> tuple[float, float]:
    together = _correlation(a, b)
    (a_below, a_above), (b_below, b_above) = a.reach(level), b.reach(level)
    below = a_below**2 + b_above**2 - 2 * together * a_below * b_above
    above = a_above**2 + b_below**2 - 2 * together * a_above * b_below
    return float(np.sqrt(max(below, 0.0))), float(np.sqrt(max(above, 0.0)))


def _correlation(a: Weighted, b: Weighted) -> float:
    size = float(np.sqrt((a.pull @ a.pull) * (b.pull @ b.pull)))
    return float(np.clip(a.pull @ b.pull / size, -1, 1)) if size > 0 else 0.0


def _p_value(a: Weighted, b: Weighted, gap: float) -> float:
    """Invert the interval: zero is at its end exactly when p is one minus the level."""
    below, above = _reach_of_difference(a, b, LEVEL)
    towards_zero = below if gap > 0 else above
    if towards_zero <= 0:
        return 1.0 if gap == 0 else 0.0
    freedom = min(a.freedom, b.freedom)
    away = abs(gap) / towards_zero * _critical(freedom, LEVEL)
    return float(2 * (special.ndtr(-away) if freedom == np.inf else special.stdtr(freedom, -away)))


def ratio(low: Weighted, high: Weighted, level: float = LEVEL) -> Estimate:
    """Return one share over another with its interval.

    Parameters
    ----------
    low, high : Weighted
    level : float

    Returns
    -------
    Estimate
        Without an interval when the lower share may be over zero.

    References
    ----------
    Donner & Zou (2012), https://doi.org/10.1177/0962280210383725
    """
    n = low.n + high.n
    if low.small or high.small or high.value <= 0:
        return Estimate(float("nan"), None, None, n, level, low.small or high.small or "over zero")
    (a_below, a_above), (b_below, b_above) = low.reach(level), high.reach(level)
    least = _least(low.value, high.value, a_below, b_above)
    most = _most(low.value, high.value, a_above, b_below)
    method = "ratio of two intervals (MOVER)"
    if most is None:
        return Estimate(low.value / high.value, None, None, n, level, method)
    return Estimate(low.value / high.value, least, most, n, level, method)


def _least(a: float, b: float, below: float, above: float) -> float:
    low, high = a - below, b + above
    part = low * (2 * a - low)
    root = np.sqrt(max((a * b) ** 2 - part * high * (2 * b - high), 0.0))
    bottom = a * b + float(root)
    return float(part / bottom) if bottom > 0 else 0.0


def _most(a: float, b: float, above: float, below: float) -> float | None:
    high, low = a + above, b - below
    bottom = low * (2 * b - low)
    if bottom <= 0:
        return None
    root = np.sqrt(max((a * b) ** 2 - high * (2 * a - high) * bottom, 0.0))
    return float((a * b + root) / bottom)
