"""The loss of a list, pair by pair: an item that stands above a better one."""

from __future__ import annotations

import numpy as np


def pair_parts(
    values: np.ndarray, y: np.ndarray, queries: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Share each item's mean pairwise logistic loss among the columns.

    An item is compared with every other of its list that has another grade. The base is the loss
    of a coin, log 2; an item that has no such pair has none.

    Parameters
    ----------
    values : ndarray of float, shape (n, p)
        Contributions to the score.
    y : ndarray of float, shape (n,)
        Grade.
    queries : ndarray of int, shape (n,)
        Which list each row stands in.

    Returns
    -------
    values : ndarray of float, shape (n, p)
    bases : ndarray of float, shape (n,)

    References
    ----------
    Burges et al. (2005), https://doi.org/10.1145/1102351.1102363
    """
    found, bases = np.zeros(values.shape), np.zeros(len(y))
    order = np.argsort(queries, kind="stable")
    edges = np.flatnonzero(np.diff(queries[order])) + 1
    for rows in np.split(order, edges):
        found[rows], bases[rows] = _list(values[rows], y[rows])
    return found, bases


def _list(values: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    score = values.sum(axis=1)
    gap = score[:, None] - score[None, :]
    better = np.sign(y[:, None] - y[None, :])
    pairs = np.abs(better).sum(axis=1)
    share = np.abs(better) / np.maximum(pairs, 1)[:, None]
    change = np.logaddexp(0.0, -better * gap) - np.log(2)
    near = np.abs(gap) < 1e-6
    # Between two equal scores the loss falls by half of what the better one gains.
    slope = np.where(near, -better / 2 + gap / 8, change / np.where(near, 1.0, gap))
    weight = share * slope
    own = weight.sum(axis=1)[:, None] * values
    return own - weight @ values, np.where(pairs > 0, np.log(2), 0.0)
