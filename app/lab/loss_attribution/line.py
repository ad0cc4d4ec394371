"""How a change of the loss is shared among the columns that moved the prediction."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

# Outputs so close that a difference of losses is mostly rounding.
CLOSE = 1e-6
STEP = 1e-5

Worth = Callable[[np.ndarray], np.ndarray]


def along_line(values: np.ndarray, bases: np.ndarray, worth: Worth) -> np.ndarray:
    """Share the change of a loss along the straight way from the base to the output.

    On that way each column contributes its value times the mean slope of the loss, so the shares add
    up to the change of the loss (they are Aumann-Shapley values of the loss).

    Parameters
    ----------
    values : ndarray of float, shape (n, p)
        Contributions to the output.
    bases : ndarray of float, shape (n,)
    worth : callable
        Loss of each row by its output; continuous.

    Returns
    -------
    ndarray of float, shape (n, p)

    References
    ----------
    Aumann & Shapley (1974), Values of Non-Atomic Games
    Sundararajan & Najmi (2020), https://arxiv.org/abs/1908.08474
    """
    output = bases + values.sum(axis=1)
    gap, change = output - bases, worth(output) - worth(bases)
    near = np.abs(gap) <= CLOSE * (1 + np.abs(bases))
    slope = change / np.where(near, 1.0, gap)
    if near.any():
        middle = (output + bases) / 2
        step = STEP * (1 + np.abs(middle))
        slope = np.where(near, (worth(middle + step) - worth(middle - step)) / (2 * step), slope)
    return rounded_off(values * slope[:, None], change)


def one_sided(values: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Share a step of a loss among the columns that pushed the way the output went.

    Parameters
    ----------
    values : ndarray of float, shape (n, p)
        Contributions to the output.
    change : ndarray of float, shape (n,)
        Of the loss, from base to output.

    Returns
    -------
    ndarray of float, shape (n, p)
    """
    way = np.sign(values.sum(axis=1))[:, None]
    pushed = np.maximum(values * way, 0.0)
    # Where pushes cancel to nothing, all that pushed at all share.
    pushed = np.where(pushed.sum(axis=1, keepdims=True) > 0, pushed, np.abs(values))
    return _shared(pushed, change)


def rounded_off(values: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return shares that add up to the change, the rounding spread by their size.

    Parameters
    ----------
    values : ndarray of float, shape (n, p)
    change : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of float, shape (n, p)
    """
    return np.asarray(values + _shared(np.abs(values), change - values.sum(axis=1)))


def _shared(weights: np.ndarray, amount: np.ndarray) -> np.ndarray:
    whole = weights.sum(axis=1)
    return np.asarray(weights * (amount / np.where(whole > 0, whole, 1.0))[:, None])
