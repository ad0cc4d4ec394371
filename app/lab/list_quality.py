"""Lists as they were ordered: how good each is, and which of two orders is better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.clustered import weighted
from app.lab.estimate import Estimate
from app.lab.ranking import ndcg, positions

CUT = 10
SAME = 1e-9


@dataclass(frozen=True)
class Lists:
    """One entry a list, in ascending order of the queries.

    Parameters
    ----------
    names : ndarray of int, shape (q,)
    size : ndarray of int, shape (q,)
        Items in the list.
    ndcg : ndarray of float, shape (q,)
        nDCG of the first ten items; NaN without an item of a grade above zero.
    answered : ndarray of bool, shape (q,)
        Whether the list holds a good item and its nDCG is known.
    served : ndarray of float, shape (q,)
        1.0 where a good item stands among those shown.
    first_good : ndarray of float, shape (q,)
        Place of the first good item, from 1; NaN without one.
    codes : ndarray of int, shape (q,)
        Block of the list, from 0.
    """

    names: np.ndarray
    size: np.ndarray
    ndcg: np.ndarray
    answered: np.ndarray
    served: np.ndarray
    first_good: np.ndarray
    codes: np.ndarray

    @property
    def count(self) -> int:
        """Number of lists."""
        return len(self.names)


def lists_of(
    y: np.ndarray,
    score: np.ndarray,
    queries: np.ndarray,
    blocks: np.ndarray,
    top: int,
    relevant_from: float,
) -> Lists:
    """Return how good the order of each list is.

    Parameters
    ----------
    y, score : ndarray of float, shape (n,)
    queries, blocks : ndarray of int, shape (n,)
        A list stands in the block of its first item.
    top : int
        Items that are shown.
    relevant_from : float
        Grade from which an item is good.

    Returns
    -------
    Lists
    """
    names, firsts, codes, size = np.unique(
        queries, return_index=True, return_inverse=True, return_counts=True
    )
    place = positions(score, queries)
    good = y >= relevant_from
    first = np.full(len(names), np.inf)
    np.minimum.at(first, codes[good], place[good] + 1.0)
    found = ndcg(y, score, queries, CUT)
    held = np.isfinite(first)
    return Lists(
        names,
        size,
        found,
        held & np.isfinite(found),
        (first <= top).astype(float),
        np.where(held, first, np.nan),
        np.unique(blocks[firsts], return_inverse=True)[1],
    )


@dataclass(frozen=True)
class ListShares:
    """Shares of the lists on which one order is better, the same or worse, and the mean gain."""

    better: Estimate
    same: Estimate
    worse: Estimate
    gain: Estimate


def compare_lists(mine: Lists, other: Lists) -> ListShares:
    """Return on how many lists one order is better than another.

    Parameters
    ----------
    mine, other : Lists
        Of the same rows.

    Returns
    -------
    ListShares
        Over the lists that hold a good item; intervals are robust to lists of one block.

    Raises
    ------
    ValueError
        If they are not the same lists.
    """
    if mine.count != other.count or (mine.names != other.names).any():
        raise ValueError("two orders can be compared on the same lists only")
    apart = np.nan_to_num(mine.ndcg) - np.nan_to_num(other.ndcg)

    def share(values: np.ndarray, share: bool = True) -> Estimate:
        ones = np.ones(mine.count)
        return weighted(values.astype(float), ones, mine.answered, mine.codes, share).estimate()

    return ListShares(
        share(apart > SAME),
        share(np.abs(apart) <= SAME),
        share(apart < -SAME),
        share(apart, share=False),
    )
