"""What mistakes cost, and the decision that costs least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class BinaryCosts:
    """Cost of one decision in currency, by what was done and what happened.

    Parameters
    ----------
    false_alarm : float
        Acted, and it did not happen.
    miss : float
        Did not act, and it happened.
    hit : float
        Acted, and it happened.
    correct_rejection : float
        Did not act, and it did not happen.
    """

    false_alarm: float
    miss: float
    hit: float = 0.0
    correct_rejection: float = 0.0


@dataclass(frozen=True)
class AsymmetricCosts:
    """Cost per unit of error: ``over`` when predicted too high, ``under`` when too low."""

    over: float
    under: float


@dataclass(frozen=True)
class ReviewCosts:
    """Cost of one case that is answered by the model or handed to a person.

    Parameters
    ----------
    wrong : float
        The model answered, wrongly.
    review : float
        A person looked at the case.
    """

    wrong: float
    review: float

    def as_binary(self) -> BinaryCosts:
        """Return the same costs where acting is answering and it happens that it is right."""
        return BinaryCosts(self.wrong, self.review, hit=0.0, correct_rejection=self.review)


@dataclass(frozen=True)
class ListCosts:
    """Cost of one list without a good item at its top.

    Parameters
    ----------
    failed : float
    top : int
        Number of items that are shown.
    relevant_from : float
        Grade from which an item is good.
    """

    failed: float
    top: int
    relevant_from: float


Costs = BinaryCosts | AsymmetricCosts | ReviewCosts | ListCosts


@dataclass(frozen=True)
class Threshold:
    """Act when the probability is at least ``value`` (infinite: never act).

    Parameters
    ----------
    value : float
    cost_per_1000 : float
        Mean cost of 1,000 decisions on the rows it was chosen on.
    acted_share : float
        Share of those rows that are acted upon.
    """

    value: float
    cost_per_1000: float
    acted_share: float


def break_even_probability(costs: BinaryCosts) -> float:
    """Return the probability from which acting costs no more than waiting.

    Parameters
    ----------
    costs : BinaryCosts

    Returns
    -------
    float
        In [0, 1], or infinite when acting never pays.

    References
    ----------
    Elkan (2001), https://dl.acm.org/doi/10.5555/1642194.1642224
    """
    gain = costs.miss - costs.hit
    price = costs.false_alarm - costs.correct_rejection
    if gain <= 0:
        return float("inf")
    return max(0.0, price / (price + gain))


def binary_cost(
    y: np.ndarray, act: np.ndarray, costs: BinaryCosts, miss: np.ndarray | None = None
) -> np.ndarray:
    """Return the cost of every decision.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
        1.0 where it happened.
    act : ndarray of bool, shape (n,)
    costs : BinaryCosts
    miss : ndarray of float, shape (n,), optional
        What a miss of each row would cost, instead of the same for all.

    Returns
    -------
    ndarray of float, shape (n,)
        In currency.
    """
    happened = y == 1
    acted = np.where(happened, costs.hit, costs.false_alarm)
    waited = np.where(happened, costs.miss if miss is None else miss, costs.correct_rejection)
    return np.where(act, acted, waited).astype(float)


def best_threshold(
    y: np.ndarray,
    probability: np.ndarray,
    costs: BinaryCosts,
    capacity_share: float | None = None,
    miss: np.ndarray | None = None,
) -> Threshold:
    """Return the threshold with the lowest mean cost on some rows.

    Parameters
    ----------
    y, probability : ndarray of float, shape (n,)
        Validation rows, never test rows.
    costs : BinaryCosts
    capacity_share : float, optional
        At most this share of the rows may be acted upon, in [0, 1].
    miss : ndarray of float, shape (n,), optional
        What a miss of each row would cost, instead of the same for all.

    Returns
    -------
    Threshold
        Rows of equal probability are treated alike; halfway between two probabilities.

    Raises
    ------
    ValueError
        If there are no rows.
    """
    if len(y) == 0:
        raise ValueError("a threshold cannot be chosen on 0 rows; make the training part larger")
    order = np.argsort(-probability, kind="stable")
    p, happened = probability[order], y[order] == 1
    acting = np.where(happened, costs.hit, costs.false_alarm)
    each = costs.miss if miss is None else miss[order]
    waiting = np.where(happened, each, costs.correct_rejection)
    change = np.cumsum(acting - waiting)
    total = float(waiting.sum())
    ends = np.flatnonzero(np.r_[p[1:] != p[:-1], True])
    if capacity_share is not None:
        ends = ends[(ends + 1) <= capacity_share * len(y)]
    best = _never(total, len(y))
    if len(ends):
        at = int(ends[np.argmin(change[ends])])
        cost = (total + float(change[at])) / len(y) * 1000
        if cost < best.cost_per_1000:
            following = p[at + 1] if at + 1 < len(p) else p[at]
            best = Threshold(float((p[at] + following) / 2), cost, (at + 1) / len(y))
    return best


def _never(total: float, n: int) -> Threshold:
    return Threshold(float("inf"), total / n * 1000, 0.0)


def cost_curve(
    y: np.ndarray, probability: np.ndarray, costs: BinaryCosts, points: int = 60
) -> tuple[np.ndarray, np.ndarray]:
    """Return the cost of 1,000 decisions by threshold.

    Parameters
    ----------
    y, probability : ndarray of float, shape (n,)
    costs : BinaryCosts
    points : int
        Number of thresholds, spread over the quantiles of the probabilities.

    Returns
    -------
    thresholds, cost_per_1000 : ndarray of float, shape (<= points,)
    """
    thresholds = np.unique(np.quantile(probability, np.linspace(0, 1, points)))
    cost = [1000 * binary_cost(y, probability >= t, costs).mean() for t in thresholds]
    return thresholds, np.array(cost)


def asymmetric_cost(y: np.ndarray, prediction: np.ndarray, costs: AsymmetricCosts) -> np.ndarray:
    """Return the cost of every prediction.

    Parameters
    ----------
    y, prediction : ndarray of float, shape (n,)
    costs : AsymmetricCosts

    Returns
    -------
    ndarray of float, shape (n,)
        In currency.
    """
    error = prediction - y
    cost = np.where(error > 0, costs.over * error, -costs.under * error)
    return np.asarray(cost, dtype=float)


def cost_quantile(costs: AsymmetricCosts) -> float:
    """Return the quantile of the target that is cheapest to predict.

    Parameters
    ----------
    costs : AsymmetricCosts

    Returns
    -------
    float
        In [0, 1]; 0.5 when both costs are zero.

    References
    ----------
    Koenker & Bassett (1978), https://doi.org/10.2307/1913643
    """
    both = costs.over + costs.under
    return costs.under / both if both > 0 else 0.5
