"""Differences of mean losses with intervals, also where rows of one block are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from app.lab.estimate import Estimate

LEAST_ROWS = 5
LEAST_BLOCKS = 5
LEVEL = 0.95


@dataclass(frozen=True)
class Difference:
    """A mean difference with its standard error.

    Parameters
    ----------
    value : float
    error : float
        Standard error; NaN when there is not enough data.
    freedom : float
        Degrees of freedom of the t distribution.
    n : int
    method : str
    """

    value: float
    error: float
    freedom: float
    n: int
    method: str

    @property
    def estimate(self) -> Estimate:
        """The difference with its two-sided interval."""
        if not np.isfinite(self.error):
            return Estimate(self.value, None, None, self.n, LEVEL, self.method)
        half = float(stats.t.ppf(0.5 + LEVEL / 2, self.freedom)) * self.error
        return Estimate(
            self.value, self.value - half, self.value + half, self.n, LEVEL, self.method
        )

    @property
    def above(self) -> float:
        """One-sided p value of the difference being above zero; NaN without a standard error."""
        if not np.isfinite(self.error):
            return float("nan")
        if self.error == 0:
            return 0.0 if self.value > 0 else 1.0
        return float(stats.t.sf(self.value / self.error, self.freedom))

    @property
    def two_sided(self) -> float:
        """Two-sided p value of the difference being zero; NaN without a standard error."""
        one = self.above
        if self.error == 0:
            return 1.0 if self.value == 0 else 0.0
        return float(2 * min(one, 1 - one))


def inside_out(mask: np.ndarray, loss: np.ndarray, blocks: np.ndarray | None) -> Difference:
    """Return the mean loss inside a slice less that outside.

    The standard error is Welch's, or that of whole blocks when it is larger: rows of one day or
    group are alike.

    Parameters
    ----------
    mask : ndarray of bool, shape (n,)
    loss : ndarray of float, shape (n,)
    blocks : ndarray, shape (n,), or None
        Rows with one value belong together.

    Returns
    -------
    Difference
        Without a standard error with fewer than five rows or blocks on a side.

    References
    ----------
    Welch (1947), https://doi.org/10.1093/biomet/34.1-2.28
    Liang & Zeger (1986), https://doi.org/10.1093/biomet/73.1.13
    """
    inside, outside = loss[mask], loss[~mask]
    n, m = len(inside), len(outside)
    if min(n, m) < LEAST_ROWS:
        value = float(inside.mean() - outside.mean()) if min(n, m) else float("nan")
        return Difference(value, float("nan"), 1.0, n, "not enough data for an interval")
    value = float(inside.mean() - outside.mean())
    spread = float(loss.var(ddof=1))
    a, b = (_variance(part, spread) / len(part) for part in (inside, outside))
    if a + b == 0:
        return Difference(value, 0.0, float(n), n, "no spread")
    freedom = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1))
    plain = Difference(value, float(np.sqrt(a + b)), freedom, n, "Welch interval")
    if blocks is None:
        return plain
    pull = np.where(mask, (loss - inside.mean()) / n, -(loss - outside.mean()) / m)
    return _by_block(plain, pull, blocks, (mask, ~mask))


def _variance(values: np.ndarray, spread: float) -> float:
    """Variance of a side; all rows equal by chance do not make it certain."""
    found = float(values.var(ddof=1))
    return found if found > 0 else spread


def _by_block(
    plain: Difference, pull: np.ndarray, blocks: np.ndarray, sides: Sequence[np.ndarray]
) -> Difference:
    codes = np.unique(blocks, return_inverse=True)[1]
    if codes.max() + 1 == len(codes):
        return plain
    counts = min(len(np.unique(codes[side])) for side in sides)
    if counts < LEAST_BLOCKS:
        return Difference(
            plain.value,
            float("nan"),
            1.0,
            plain.n,
            f"fewer than {LEAST_BLOCKS} blocks, too few for an interval",
        )
    sums = np.bincount(codes, pull)
    error = float(np.sqrt(counts / (counts - 1) * (sums**2).sum()))
    return Difference(
        plain.value,
        max(error, plain.error),
        min(float(counts - 1), plain.freedom),
        plain.n,
        "interval by block",
    )


def paired(gap: np.ndarray, spread: float, blocks: np.ndarray | None) -> Difference:
    """Return the mean of the row-wise differences of two losses.

    Parameters
    ----------
    gap : ndarray of float, shape (n,)
    spread : float
        Variance of such differences among all rows; it stands in where those of the slice are all
        the same, which a rare event that has not come yet makes likely.
    blocks : ndarray, shape (n,), or None

    Returns
    -------
    Difference
        Without a standard error with fewer than five rows or blocks.
    """
    n = len(gap)
    value = float(gap.mean()) if n else float("nan")
    if n < LEAST_ROWS:
        return Difference(value, float("nan"), 1.0, n, "not enough data for an interval")
    # Two that never differ are alike; two that differ by the same each time may be so by chance.
    variance = _variance(gap, spread) if gap.any() else 0.0
    plain = Difference(value, float(np.sqrt(variance / n)), float(n - 1), n, "paired t interval")
    if blocks is None:
        return plain
    return _by_block(plain, (gap - value) / n, blocks, (np.ones(n, dtype=bool),))
