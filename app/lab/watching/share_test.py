"""Is a share (of missing, of new, of infinite values) higher or lower than it was?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from app.lab.watching.dispersion import Usual

TINY = 1e-12


def share_p_value(
    today: ArrayLike,
    of: ArrayLike,
    events: ArrayLike,
    rows: ArrayLike,
    usual: Usual,
    rises_only: bool,
) -> np.ndarray:
    """Return how rarely a quiet day has a share so far from that of the reference.

    Parameters
    ----------
    today, of : array_like of float
        Events and rows of a day; need not be whole, so that clustered events can be thinned.
    events, rows : array_like of float
        Events and rows of the reference.
    usual : Usual
        Spread of the squared z value over quiet days.
    rises_only : bool
        Only more events count; else twice the smaller tail.

    Returns
    -------
    ndarray of float
        In (0, 1]; 1 where either side has no rows. The hypergeometric tail, conditional on the
        sum of events, by the binomial of the same mean and variance. Where quiet days vary more
        than that, by their spread; the larger p value counts.

    References
    ----------
    Fisher (1935), https://doi.org/10.2307/2342435; Ord (1968), approximations by the binomial,
    https://doi.org/10.1093/biomet/55.1.243
    """
    k, n, big_k, big_n = np.broadcast_arrays(
        *(np.asarray(x, dtype=float) for x in (today, of, events, rows))
    )
    some = (n > 0) & (big_n > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        above, below = _tails(k, n, big_k, big_n)
        found = above if rises_only else np.minimum(1.0, 2 * np.minimum(above, below))
        if usual.freedom is not None and usual.scale > 1.0:
            z = z_value(k, n, big_k, big_n)
            wide = usual.p_value(z**2, np.ones_like(z))
            if rises_only:
                wide = np.where(z > 0, wide / 2, 1 - wide / 2)
            found = np.fmax(found, wide)
    return np.where(some, np.clip(found, 1e-300, 1.0), 1.0)


def z_value(k: np.ndarray, n: np.ndarray, events: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the z value of the difference of two shares.

    Parameters
    ----------
    k, n : ndarray of float
        Events and rows of a day.
    events, rows : ndarray of float
        Of the reference.

    Returns
    -------
    ndarray of float
        0 where no row has the event on either side.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (k + events) / (n + rows)
        spread = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / rows))
        found = (k / n - events / rows) / spread
    return np.where(spread > 0, found, 0.0)


def _tails(
    k: np.ndarray, n: np.ndarray, events: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Tails of the binomial that has the mean and variance of the hypergeometric distribution."""
    part, pooled = n / (n + rows), (k + events) / (n + rows)
    mean = (k + events) * part
    chance = np.clip(1 - (1 - part) * (1 - pooled), 1e-12, 1 - 1e-12)
    draws = mean / chance
    above = special.betainc(np.maximum(k, TINY), np.maximum(draws - k + 1, TINY), chance)
    below = special.betainc(np.maximum(draws - k, TINY), k + 1, 1 - chance)
    none = k + events <= 0
    return np.where(none | (k <= 0), 1.0, above), np.where(none | (k >= draws), 1.0, below)
