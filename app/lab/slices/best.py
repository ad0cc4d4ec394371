"""The best single condition on a column, given the rows that other conditions leave."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from app.lab.slices.ground import Ground

Choice = tuple[int, np.ndarray]


def sums_of(ground: Ground, column: int, rows: np.ndarray | None) -> np.ndarray:
    """Return rows, sum of losses and of squared losses of each bin or level.

    Parameters
    ----------
    ground : Ground
    column : int
    rows : ndarray of int or None
        Rows that the other conditions leave; None for all.

    Returns
    -------
    ndarray of float, shape (3, size + 2)
    """
    width = ground.columns[column].size + 2
    codes = ground.codes[:, column] if rows is None else ground.codes[rows, column]
    cells = codes.astype(np.intp)
    loss, square = ground.loss, ground.square
    if rows is not None:
        loss, square = loss[rows], square[rows]
    sums = np.empty((3, width))
    sums[0] = np.bincount(cells, minlength=width)
    sums[1] = np.bincount(cells, loss, minlength=width)
    sums[2] = np.bincount(cells, square, minlength=width)
    return sums


def best_choice(ground: Ground, column: int, sums: np.ndarray) -> tuple[float, np.ndarray] | None:
    """Return the best condition on one column, and its score less its price.

    Bins are taken as an interval. Levels are sorted by their mean loss, and the best set is one of
    the first ones in that order (linear-time subset scanning).

    Parameters
    ----------
    ground : Ground
    column : int
    sums : ndarray of float, shape (3, size + 2)
        As from `sums_of`.

    Returns
    -------
    tuple of float and ndarray of bool, shape (size + 2,), or None
        None when no condition has enough rows and a loss above the mean.

    References
    ----------
    Neill (2012), https://doi.org/10.1111/j.1467-9868.2011.01014.x
    """
    part = ground.columns[column]
    found = [_missing(ground, column, sums)] if part.missing else []
    found.append(_interval(ground, column, sums) if part.ordered else _set(ground, column, sums))
    known = [item for item in found if item is not None]
    return max(known, key=lambda item: item[0]) if known else None


def _missing(ground: Ground, column: int, sums: np.ndarray) -> tuple[float, np.ndarray] | None:
    size = ground.columns[column].size
    chosen = np.zeros(size + 2, dtype=bool)
    chosen[size] = True
    net = float(ground.score(*sums[:, [size]])[0]) - ground.price(column, chosen)
    return (net, chosen) if np.isfinite(net) else None


@lru_cache(maxsize=256)
def _ends(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All intervals of some bins: where each starts and ends, and on how many sides it is cut."""
    low, high = np.triu_indices(size + 1, 1)
    return low, high, (low > 0).astype(int) + (high < size)


def _interval(ground: Ground, column: int, sums: np.ndarray) -> tuple[float, np.ndarray] | None:
    size = ground.columns[column].size
    below = np.zeros((3, size + 1))
    np.cumsum(sums[:, :size], axis=1, out=below[:, 1:])
    low, high, sides = _ends(size)
    net = ground.score(*(below.take(high, axis=1) - below.take(low, axis=1)))
    net -= ground.side_prices(column)[sides]
    best = int(net.argmax())
    if not np.isfinite(net[best]):
        return None
    chosen = np.zeros(size + 2, dtype=bool)
    chosen[low[best] : high[best]] = True
    return float(net[best]), chosen


def _set(ground: Ground, column: int, sums: np.ndarray) -> tuple[float, np.ndarray] | None:
    size = ground.columns[column].size
    count, total, _ = sums[:, :size]
    means = np.divide(total, count, out=np.full(size, -np.inf), where=count > 0)
    order = np.argsort(-means, kind="stable")
    sorted_sums = sums[:, order]
    score = ground.score(*np.concatenate([sorted_sums, np.cumsum(sorted_sums, axis=1)], axis=1))
    net = score - ground.set_prices(column)
    net[size:][np.cumsum(sorted_sums[0]) == count.sum()] = -np.inf
    best = int(net.argmax())
    if not np.isfinite(net[best]):
        return None
    chosen = np.zeros(size + 2, dtype=bool)
    chosen[order[: best - size + 1] if best >= size else order[best]] = True
    return float(net[best]), chosen
