"""Signs that a row is worth reading: one number a row, the higher the more; NaN for no candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.lab.champion import Champion, decided, known_rows
from app.lab.cost import BinaryCosts, ListCosts, ReviewCosts, binary_cost
from app.lab.label_noise import usual_miss
from app.lab.ranking import ndcg, positions

ALIKE = 1e-9


def avoidable_cost(
    champion: Champion, y: np.ndarray, prediction: np.ndarray, at: np.ndarray
) -> np.ndarray:
    """Return what each decision cost beyond the best decision for that row.

    Parameters
    ----------
    champion : Champion
    y : ndarray of float, shape (n,)
    prediction : ndarray of float, shape (n,) or (n, k)
    at : ndarray of int, shape (n,)
        Which of the kept rows they are.

    Returns
    -------
    ndarray of float, shape (n,)
        In currency, at least 0. Its mean is what a perfect answer would save: no remedy of the
        errors can gain more.
    """
    cost = champion.cost(y, prediction, at)
    least = np.zeros(len(y))
    if isinstance(champion.costs, BinaryCosts):
        stakes = None if champion.stakes is None else champion.stakes[at]
        acting = binary_cost(y, np.ones(len(y), dtype=bool), champion.costs, stakes)
        waiting = binary_cost(y, np.zeros(len(y), dtype=bool), champion.costs, stakes)
        least = np.minimum(acting, waiting)
    elif isinstance(champion.costs, ListCosts):
        least = champion.cost(y, y, at)
    return np.asarray(np.maximum(cost - least, 0.0), dtype=float)


def decides(champion: Champion, prediction: np.ndarray) -> np.ndarray:
    """Return what each answer comes to: acted or not, the class, or the number itself.

    Parameters
    ----------
    champion : Champion
    prediction : ndarray of float, shape (n,) or (n, k)

    Returns
    -------
    ndarray of float, shape (n,)
        NaN where there is no answer.
    """
    known = known_rows(prediction)
    if prediction.ndim == 2:
        found = np.nan_to_num(prediction).argmax(axis=1).astype(float)
    elif isinstance(champion.costs, BinaryCosts):
        found = champion.acts(prediction).astype(float)
    else:
        found = prediction.astype(float)
    return np.where(known, found, np.nan)


def went_wrong(champion: Champion, y: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Return which answers were wrong; a number is wrong when it is off more than usual.

    Parameters
    ----------
    champion : Champion
    y : ndarray of float, shape (n,)
    prediction : ndarray of float, shape (n,) or (n, k)

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    if prediction.ndim == 2 or isinstance(champion.costs, BinaryCosts):
        return np.asarray(decides(champion, prediction) != y)
    miss = np.abs(prediction - y)
    return np.asarray(miss > np.median(miss)) if len(miss) else np.zeros(0, dtype=bool)


def sure_and_wrong(champion: Champion, y: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Return how sure each wrong answer was.

    Parameters
    ----------
    champion : Champion
    y : ndarray of float, shape (n,)
    prediction : ndarray of float, shape (n,) or (n, k)

    Returns
    -------
    ndarray of float, shape (n,)
        Of a probability how far beyond the threshold it lies, as a share of the way to 0 or 1, so
        that misses and false alarms are found alike; of classes the probability of the wrong one;
        of a number its miss in usual misses for such an answer.
    """
    if prediction.ndim == 1 and not isinstance(champion.costs, BinaryCosts):
        return np.asarray(np.abs(y - prediction) / usual_miss(y, prediction))
    wrong = went_wrong(champion, y, prediction)
    if prediction.ndim == 2:
        return np.where(wrong, prediction.max(axis=1), np.nan)
    at = float(np.clip(champion.threshold, 0.0, 1.0))
    above = (prediction - at) / max(1 - at, ALIKE)
    below = (at - prediction) / max(at, ALIKE)
    return np.where(wrong, np.maximum(above, below), np.nan)


def near_boundary(champion: Champion, y: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Return how near each answer came to the other decision.

    Parameters
    ----------
    champion : Champion
    y : ndarray of float, shape (n,)
    prediction : ndarray of float, shape (n,) or (n, k)

    Returns
    -------
    ndarray of float, shape (n,)
        At most 0; all NaN where nothing decides between two (numbers, a threshold out of reach).
    """
    nothing = np.full(len(y), np.nan)
    if prediction.ndim == 2 and not isinstance(champion.costs, ReviewCosts):
        two = np.sort(prediction, axis=1)[:, -2:]
        return np.asarray(two[:, 0] - two[:, 1])
    if not champion.has_threshold or not np.isfinite(champion.threshold):
        return nothing
    return np.asarray(-np.abs(decided(y, prediction).score - champion.threshold))


def disagreement(
    champion: Champion,
    prediction: np.ndarray,
    others: Sequence[tuple[Champion, np.ndarray]],
) -> np.ndarray:
    """Return how far the other rungs are from each answer.

    Parameters
    ----------
    champion : Champion
    prediction : ndarray of float, shape (n,) or (n, k)
    others : sequence of (Champion, ndarray)
        Other rungs and what they answered out of fold on the same rows.

    Returns
    -------
    ndarray of float, shape (n,)
        Share of the other rungs that decide otherwise, in [0, 1]; of numbers their mean distance
        in units of the spread of the answers. NaN where no other rung answered or all agree.
    """
    mine = decides(champion, prediction)
    if not others:
        return np.full(len(mine), np.nan)
    theirs = np.vstack([decides(rung, answer) for rung, answer in others])
    known = np.isfinite(theirs)
    numbers = prediction.ndim == 1 and not isinstance(champion.costs, BinaryCosts)
    spread = float(np.std(prediction)) or 1.0
    apart = np.abs(theirs - mine) / spread if numbers else (theirs != mine).astype(float)
    total = np.where(known, apart, 0.0).sum(axis=0)
    share = total / np.maximum(known.sum(axis=0), 1)
    return np.where(share > 0, share, np.nan)


@dataclass(frozen=True)
class ListSigns:
    """What is known of every list; each stands for itself with the item that came first.

    Parameters
    ----------
    first : ndarray of int, shape (m,)
        Row of the item on top of each list, lists in ascending order of their number.
    answer : ndarray of int, shape (m,)
        Row of the best-placed good item, -1 without one.
    place : ndarray of int, shape (n,)
        Place of every row in its list, from 0.
    served : ndarray of bool, shape (m,)
        Whether a good item stands among the first ``top``.
    gap : ndarray of float, shape (m,)
        Score of the first item minus that of the best-placed good one; NaN without one.
    quality : ndarray of float, shape (m,)
        nDCG@10, NaN without a grade above zero.
    """

    first: np.ndarray
    answer: np.ndarray
    place: np.ndarray
    served: np.ndarray
    gap: np.ndarray
    quality: np.ndarray


def list_signs(
    y: np.ndarray, score: np.ndarray, queries: np.ndarray, top: int, relevant_from: float
) -> ListSigns:
    """Return what is known of every list.

    Parameters
    ----------
    y, score : ndarray of float, shape (n,)
    queries : ndarray of int, shape (n,)
    top : int
        Items that are shown.
    relevant_from : float
        Grade from which an item is good.

    Returns
    -------
    ListSigns
    """
    place = positions(score, queries)
    codes = np.unique(queries, return_inverse=True)[1]
    size = int(codes.max()) + 1 if len(codes) else 0
    first = np.zeros(size, dtype=np.int64)
    first[codes[place == 0]] = np.flatnonzero(place == 0)
    answer = np.full(size, -1, dtype=np.int64)
    good = np.flatnonzero(y >= relevant_from)
    # The best-placed one is written last.
    good = good[np.argsort(-place[good], kind="stable")]
    answer[codes[good]] = good
    known = answer >= 0
    gap = np.where(known, score[first] - score[answer], np.nan)
    served = known & (place[answer] < top)
    return ListSigns(first, answer, place, served, gap, ndcg(y, score, queries, 10))
