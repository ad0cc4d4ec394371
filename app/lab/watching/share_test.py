"""Is a share (of missing, of new, of infinite values) higher or lower than it was?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from app.lab.watching.dispersion import Usual

RARE = 0.05


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
        In (0, 1]; 1 where either side has no rows. Conditional on the sum of events: for rare ones
        the test of two Poisson rates, an upper bound of the hypergeometric tail, else its normal
        approximation with continuity correction. Where quiet days vary more than that, by their
        spread; the larger p value counts.

    References
    ----------
    Fisher (1935), https://doi.org/10.2307/2342435; Przyborowski & Wilenski (1940),
    https://doi.org/10.2307/2332612
    """
    k, n, big_k, big_n = np.broadcast_arrays(
        *(np.asarray(x, dtype=float) for x in (today, of, events, rows))
    )
    some = (n > 0) & (big_n > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (k + big_k) / (n + big_n)
        above = _upper_tail(k, n, big_k, big_n, pooled)
        if rises_only:
            found = above
        else:
            below = _lower_tail(k, n, big_k, big_n, pooled)
            found = np.minimum(1.0, 2 * np.minimum(above, below))
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


def _upper_tail(
    k: np.ndarray, n: np.ndarray, events: np.ndarray, rows: np.ndarray, pooled: np.ndarray
) -> np.ndarray:
    part = n / (n + rows)
    rare = special.betainc(np.maximum(k, 1e-12), events + 1, part)
    total = k + events
    mean = total * part
    spread = np.sqrt(total * part * (1 - part) * (1 - pooled))
    common = special.ndtr(-(k - 0.5 - mean) / np.where(spread > 0, spread, np.nan))
    common = np.where(np.isfinite(common), common, 1.0)
    return np.where(k <= 0, 1.0, np.where(pooled < RARE, rare, common))


def _lower_tail(
    k: np.ndarray, n: np.ndarray, events: np.ndarray, rows: np.ndarray, pooled: np.ndarray
) -> np.ndarray:
    rare = special.betainc(np.maximum(events, 1e-12), k + 1, rows / (n + rows))
    common = _upper_tail(n - k, n, rows - events, rows, np.maximum(1 - pooled, RARE))
    return np.where(events <= 0, 1.0, np.where(pooled < RARE, rare, common))
