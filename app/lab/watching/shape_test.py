"""Has the distribution of a column moved? Chi² on bins, set against quiet days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.watching.dispersion import (
    HELPS,
    Usual,
    parts_by_weekday,
    usual_of,
    weekday_base,
)
from app.lab.watching.distances import total_variation

LEAST_ROWS = 15
LEAST_EXPECTED = 5.0


@dataclass(frozen=True)
class ShapeBase:
    """Counts of each day, and of the reference days it is compared with.

    Parameters
    ----------
    base, today : ndarray of float, shape (days, bins)
    ratio : ndarray of float, shape (days,)
        Two-sample chi² over its degrees of freedom; NaN with too few rows.
    freedom : ndarray of int, shape (days,)
    usual : Usual
    seasonal : bool
    """

    base: np.ndarray
    today: np.ndarray
    ratio: np.ndarray
    freedom: np.ndarray
    usual: Usual
    seasonal: bool

    @property
    def p_value(self) -> np.ndarray:
        """How rarely a quiet day is as far off, shape (days,)."""
        known = np.isfinite(self.ratio)
        found = self.usual.p_value(np.where(known, self.ratio, 0.0), np.maximum(self.freedom, 1))
        return np.where(known, np.clip(found, 1e-300, 1.0), 1.0)

    def limit(self, day: int, p_value: float) -> float:
        """Return from how many times the usual spread the p value is reached."""
        found = self.usual.limit(p_value, max(int(self.freedom[day]), 1))
        return found / self.usual.scale

    def size(self, first: int, last: int) -> float:
        """Return the share of rows that moved over a stretch of days, less what chance moves."""
        base, today = (part[first : last + 1].sum(axis=0) for part in (self.base, self.today))
        n, m = base.sum(), today.sum()
        if not n or not m:
            return 0.0
        p = (base + today) / (n + m)
        chance = np.sqrt(2 / np.pi * p * (1 - p) * (1 / n + 1 / m) * self.usual.scale).sum() / 2
        return float(max(0.0, total_variation(base, today) - chance))


def shape_base(
    reference: np.ndarray,
    current: np.ndarray,
    weekdays: np.ndarray,
    asked: np.ndarray,
    ordered: bool,
) -> ShapeBase:
    """Compare the counts of every day with the reference.

    Parameters
    ----------
    reference : ndarray of int, shape (reference days, bins)
    current : ndarray of int, shape (days, bins)
    weekdays, asked : ndarray of int
        Weekdays of reference and current days, all 0 where there are none.
    ordered : bool
        Bins have an order, so that neighbours may be joined where there are few rows.

    Returns
    -------
    ShapeBase
        By weekday where that makes quiet days more alike.
    """
    flat = np.zeros_like(weekdays)
    usual = _usual(reference, flat, ordered)
    seasonal = False
    if parts_by_weekday(weekdays, asked):
        parted = _usual(reference, weekdays, ordered)
        seasonal = parted.scale < HELPS * usual.scale
        usual = parted if seasonal else usual
    days, now = (weekdays, asked) if seasonal else (flat, np.zeros_like(asked))
    base = weekday_base(reference.astype(float), days, now, leave_out=False)
    today = current.astype(float)
    ratio, freedom = ratios(base, today, ordered)
    return ShapeBase(base, today, ratio, freedom, usual, seasonal)


def _usual(reference: np.ndarray, weekdays: np.ndarray, ordered: bool) -> Usual:
    counts = reference.astype(float)
    base = weekday_base(counts, weekdays, weekdays, leave_out=True)
    return usual_of(*ratios(base, counts, ordered))


def ratios(base: np.ndarray, today: np.ndarray, ordered: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the two-sample chi² of each day over its degrees of freedom.

    Parameters
    ----------
    base, today : ndarray of float, shape (days, bins)
    ordered : bool
        Join neighbouring bins until five rows are expected in each; else join the rarest.

    Returns
    -------
    ratio : ndarray of float, shape (days,)
        NaN where a side has fewer than 15 rows, or one bin is left.
    freedom : ndarray of int, shape (days,)

    References
    ----------
    Pearson (1911), https://doi.org/10.2307/2331478; Cochran (1954), expected counts of five,
    https://doi.org/10.2307/3001616
    """
    shares = base.sum(axis=0)
    order = np.arange(len(shares)) if ordered else np.argsort(shares, kind="stable")
    shares = shares[order] / max(shares.sum(), 1.0)
    n, m = base.sum(axis=1), today.sum(axis=1)
    ratio, freedom = np.full(len(n), np.nan), np.zeros(len(n), dtype=int)
    least = np.minimum(n, m)
    # Days of about the same size are joined alike, so that few groupings have to be made.
    classes = np.floor(2 * np.log2(np.maximum(least, 1)))
    for size in np.unique(classes[least >= LEAST_ROWS]):
        days = np.flatnonzero((classes == size) & (least >= LEAST_ROWS))
        starts = _starts(shares * 2 ** (size / 2))
        if len(starts) < 2:
            continue
        a, b = (np.add.reduceat(part[days][:, order], starts, axis=1) for part in (base, today))
        ratio[days], freedom[days] = _chi_squared(a, b), len(starts) - 1
    return ratio, freedom


def _starts(expected: np.ndarray) -> np.ndarray:
    """Return where groups of bins begin so that each expects enough; the last may take the rest."""
    starts, total = [0], 0.0
    for place, value in enumerate(expected):
        if total >= LEAST_EXPECTED and expected[place:].sum() >= LEAST_EXPECTED:
            starts.append(place)
            total = 0.0
        total += value
    return np.array(starts)


def _chi_squared(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    n, m = a.sum(axis=1, keepdims=True), b.sum(axis=1, keepdims=True)
    pooled = a + b
    with np.errstate(invalid="ignore", divide="ignore"):
        each = (np.sqrt(m / n) * a - np.sqrt(n / m) * b) ** 2 / pooled
    each = np.where(pooled > 0, each, 0.0)
    return np.asarray(each.sum(axis=1) / (a.shape[1] - 1))
