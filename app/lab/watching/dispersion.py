"""How much quiet days differ from one another, beyond what counting at random explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

LEAST_DAYS = 8
LEAST_PER_WEEKDAY = 2
# A season must explain this share of the usual variation before days are parted by weekday.
HELPS = 0.8


@dataclass(frozen=True)
class Usual:
    """Spread of a test statistic over quiet days, relative to what chance alone gives.

    Parameters
    ----------
    scale : float
        Mean of the statistic over its expectation, at least 1: real days differ more than
        draws from one urn.
    freedom : float or None
        Degrees of freedom of the scaled chi² with the spread that was seen; None where quiet days
        are too few to tell, and chance alone is assumed.
    days : int
        Quiet days it rests on.
    """

    scale: float = 1.0
    freedom: float | None = None
    days: int = 0

    def p_value(self, ratio: np.ndarray, freedom: np.ndarray) -> np.ndarray:
        """Return how rarely a quiet day is as far off.

        Parameters
        ----------
        ratio : ndarray of float
            Chi² statistic over its degrees of freedom.
        freedom : ndarray of int
            These degrees, at least 1.

        Returns
        -------
        ndarray of float
            In (0, 1]. An F tail: the scale itself was estimated on so many days.
        """
        if self.freedom is None:
            return np.asarray(special.chdtrc(freedom, np.asarray(ratio) * freedom))
        own = np.minimum(freedom, self.freedom)
        return np.asarray(special.fdtrc(own, own * self.days, np.asarray(ratio) / self.scale))

    def limit(self, p_value: float, freedom: int) -> float:
        """Return the ratio that has a p value.

        Parameters
        ----------
        p_value : float
            In (0, 1).
        freedom : int

        Returns
        -------
        float
        """
        if self.freedom is None:
            return float(special.chdtri(freedom, p_value)) / freedom
        own = min(freedom, self.freedom)
        return self.scale * float(special.fdtri(own, own * self.days, 1 - p_value))


def usual_of(ratio: np.ndarray, freedom: np.ndarray) -> Usual:
    """Return the usual spread from quiet days, each compared with the others.

    Parameters
    ----------
    ratio : ndarray of float, shape (days,)
        Chi² statistic over its degrees of freedom; NaN where a day says nothing.
    freedom : ndarray of int, shape (days,)

    Returns
    -------
    Usual

    References
    ----------
    Satterthwaite (1946), https://doi.org/10.2307/3002019: the chi² of the same mean and variance.
    """
    known = np.isfinite(ratio)
    days = int(known.sum())
    if days < LEAST_DAYS:
        return Usual()
    mean = float(ratio[known].mean())
    spread = float(ratio[known].var(ddof=1))
    most = float(np.median(freedom[known]))
    own = 2 * mean**2 / spread if spread > 0 else most
    return Usual(max(1.0, mean), float(np.clip(own, 0.5, most)), days)


def weekday_base(
    counts: np.ndarray, weekdays: np.ndarray, asked: np.ndarray, leave_out: bool
) -> np.ndarray:
    """Return the reference counts that each asked day is compared with.

    Parameters
    ----------
    counts : ndarray, shape (reference days, cells)
    weekdays : ndarray of int, shape (reference days,)
        All 0 where the weekday does not matter.
    asked : ndarray of int, shape (days,)
        Weekday of each asked day.
    leave_out : bool
        The asked days are the reference days themselves, each left out of its own base.

    Returns
    -------
    ndarray, shape (days, cells)
    """
    sums = np.zeros((7, counts.shape[1]))
    np.add.at(sums, weekdays, counts)
    base = sums[asked]
    return np.asarray(base - counts if leave_out else base)


def parts_by_weekday(weekdays: np.ndarray, asked: np.ndarray) -> bool:
    """Return whether the reference has enough days of every weekday to part them.

    Parameters
    ----------
    weekdays, asked : ndarray of int
        Of reference and asked days.

    Returns
    -------
    bool
    """
    days = np.bincount(weekdays, minlength=7)
    needed = np.union1d(weekdays, asked)
    return len(needed) > 1 and bool((days[needed] >= LEAST_PER_WEEKDAY).all())
