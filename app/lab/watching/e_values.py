"""p values turned into bets whose winnings may be added up day by day."""

from __future__ import annotations

import numpy as np


def e_value(p_value: np.ndarray) -> np.ndarray:
    """Return the natural logarithm of the e-value of a p value.

    Parameters
    ----------
    p_value : ndarray of float
        In (0, 1].

    Returns
    -------
    ndarray of float
        Logarithm of the winnings of a mixture of power bets, the integral over κ from 0 to 1 of
        κ p^(κ-1), which is (1 - p + p log p) / (p log² p): about half at p = 1, large for small p,
        1 on average when p is uniform.

    References
    ----------
    Vovk & Wang (2021), https://doi.org/10.1214/20-AOS2020, section 2
    """
    p = np.clip(np.asarray(p_value, dtype=float), 1e-300, 1.0)
    log = np.log(p)
    small = np.abs(log) < 1e-3
    safe = np.where(small, -1.0, log)
    # Near p = 1 both parts vanish; their ratio is 1/2 - log p / 6.
    exact = np.log(np.maximum(-np.expm1(safe) + np.exp(safe) * safe, 1e-300)) - safe
    exact -= 2 * np.log(np.abs(safe))
    return np.asarray(np.where(small, np.log(0.5 - log / 6), exact))


def sums(
    log_e: np.ndarray, log_weights: np.ndarray, log_limit: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted Shiryaev-Roberts sums of bets, begun anew after each page.

    Parameters
    ----------
    log_e : ndarray of float, shape (days, bets)
        Logarithms of e-values.
    log_weights : ndarray of float, shape (bets,)
        Logarithms of weights that sum to 1.
    log_limit : float
        Logarithm of the run length at which to page.

    Returns
    -------
    total : ndarray of float, shape (days,)
        Logarithm of the weighted sum after each day.
    parts : ndarray of float, shape (days, bets)
        Logarithm of each bet's weighted part.

    References
    ----------
    Shin, Ramdas & Rinaldo (2022), E-detectors, https://doi.org/10.51387/23-NEJSDS51
    """
    days, bets = log_e.shape
    total, parts = np.full(days, -np.inf), np.full((days, bets), -np.inf)
    running = np.full(bets, -np.inf)
    for day in range(days):
        running = np.logaddexp(0.0, running) + log_e[day]
        parts[day] = running + log_weights
        total[day] = np.logaddexp.reduce(parts[day]) if bets else -np.inf
        if total[day] >= log_limit:
            running = np.full(bets, -np.inf)
    return total, parts
