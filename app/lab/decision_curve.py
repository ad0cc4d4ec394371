"""Net benefit: what acting brings over the whole range of what a mistake may cost."""

from __future__ import annotations

import numpy as np


def net_benefit(y: np.ndarray, probability: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Return the net benefit of acting from each probability on.

    Parameters
    ----------
    y, probability : ndarray of float, shape (n,)
    thresholds : ndarray of float, shape (t,)
        In [0, 1): from which probability on it would pay to act.

    Returns
    -------
    ndarray of float, shape (t,)
        Hits a row, less false alarms a row weighted by the odds of the threshold. Doing nothing
        is 0.

    References
    ----------
    Vickers & Elkin (2006), https://doi.org/10.1177/0272989X06295361
    """
    order = np.argsort(-probability, kind="stable")
    hits = np.concatenate([[0.0], np.cumsum(y[order])])
    acted = len(y) - np.searchsorted(probability[order][::-1], thresholds, side="left")
    false_alarms = acted - hits[acted]
    return np.asarray((hits[acted] - false_alarms * thresholds / (1 - thresholds)) / len(y))


def act_always(y: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Return the net benefit of acting on every row.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
    thresholds : ndarray of float, shape (t,)

    Returns
    -------
    ndarray of float, shape (t,)
    """
    rate = float(y.mean())
    return np.asarray(rate - (1 - rate) * thresholds / (1 - thresholds))
