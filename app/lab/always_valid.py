"""An interval that may be looked at after every row: the mixture sequential test."""

from __future__ import annotations

import numpy as np
from scipy import special


def mixture_ratio(alpha: float) -> float:
    """Return the mixing variance, over the planned variance, with which the interval is tightest.

    Parameters
    ----------
    alpha : float
        Two-sided error, in (0, 1).

    Returns
    -------
    float
        Multiply by the variance that the estimate will have where it should be sharpest.

    References
    ----------
    Howard, Ramdas, McAuliffe & Sekhon (2021), section 3.5, https://doi.org/10.1214/20-AOS1991
    """
    return float(-special.lambertw(-(alpha**2) / np.e, k=-1).real - 1)


def reach(variance: np.ndarray, mixing: float, alpha: float) -> np.ndarray:
    """Return half the width of the always-valid interval.

    Parameters
    ----------
    variance : ndarray of float
        Variance of the estimate at each look, above 0.
    mixing : float
        Variance of the normal mixture over possible effects, above 0, fixed before the first look.
    alpha : float
        Two-sided error over all looks together, in (0, 1).

    Returns
    -------
    ndarray of float
        The truth stays within the estimate plus or minus this at all looks at once with a
        probability of at least 1 - alpha, for normal estimates; for others as n grows.

    References
    ----------
    Johari, Koomen, Pekelis & Walsh (2017), https://doi.org/10.1145/3097983.3097992
    Robbins (1970), https://doi.org/10.1214/aoms/1177696786
    """
    v = np.asarray(variance, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        square = v * (v + mixing) / mixing * (np.log((v + mixing) / v) - 2 * np.log(alpha))
    return np.asarray(np.sqrt(square))


def p_value(estimate: np.ndarray, variance: np.ndarray, mixing: float) -> np.ndarray:
    """Return the always-valid p value after each look.

    Parameters
    ----------
    estimate, variance : ndarray of float, shape (looks,)
    mixing : float
        As in `reach`.

    Returns
    -------
    ndarray of float, shape (looks,)
        Never rising; at most alpha exactly when the interval of some look so far has left zero.

    References
    ----------
    Johari, Koomen, Pekelis & Walsh (2017), https://doi.org/10.1145/3097983.3097992
    """
    v = np.asarray(variance, dtype=float)
    square = np.asarray(estimate, dtype=float) ** 2
    log_ratio = 0.5 * np.log(v / (v + mixing)) + mixing * square / (2 * v * (v + mixing))
    return np.asarray(np.minimum.accumulate(np.exp(-np.maximum(log_ratio, 0.0))))
