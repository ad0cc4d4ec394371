"""The rung that goes on, with how it decides and what it answered on rows it never saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.cost import (
    AsymmetricCosts,
    BinaryCosts,
    Costs,
    ListCosts,
    ReviewCosts,
    asymmetric_cost,
    binary_cost,
)
from app.lab.ranking import spread, success_at
from app.lab.rungs import Fitted


def known_rows(prediction: np.ndarray) -> np.ndarray:
    """Return which rows have a prediction.

    Parameters
    ----------
    prediction : ndarray of float, shape (n,) or (n, k)

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    finite = np.isfinite(prediction)
    return np.asarray(finite.all(axis=1) if finite.ndim == 2 else finite)


@dataclass(frozen=True)
class Decided:
    """One number a row that decides, and whether what it speaks of came true.

    Parameters
    ----------
    happened : ndarray of float, shape (n,)
        The target; for several classes 1.0 where the most likely class is right.
    score : ndarray of float, shape (n,)
        The prediction; for several classes the probability of the most likely one.
    """

    happened: np.ndarray
    score: np.ndarray


def decided(y: np.ndarray, prediction: np.ndarray) -> Decided:
    """Return what decides each row, and what came of it.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
    prediction : ndarray of float, shape (n,) or (n, k)

    Returns
    -------
    Decided
    """
    if prediction.ndim == 1:
        return Decided(y, prediction)
    right = (prediction.argmax(axis=1) == y).astype(float)
    return Decided(right, prediction.max(axis=1))


@dataclass(frozen=True)
class Champion:
    """A fitted rung and its decision.

    Parameters
    ----------
    fitted : Fitted
        Fitted on all training rows.
    out_of_fold : ndarray of float, shape (n kept rows,) or (n kept rows, k)
        Predictions of training rows by folds that did not see them, NaN elsewhere.
    threshold : float
        Act (or answer without a person) from this probability on; NaN where nothing is decided
        by a threshold.
    costs : Costs
    queries : ndarray of int, shape (n kept rows,), optional
        For lists.
    stakes : ndarray of float, shape (n kept rows,), optional
        What a miss of each row would cost, instead of the same for all.
    """

    fitted: Fitted
    out_of_fold: np.ndarray
    threshold: float
    costs: Costs
    queries: np.ndarray | None = None
    stakes: np.ndarray | None = None

    @property
    def has_threshold(self) -> bool:
        """Whether a threshold decides."""
        return isinstance(self.costs, BinaryCosts | ReviewCosts)

    def acts(self, prediction: np.ndarray) -> np.ndarray:
        """Return where it acts, or answers without a person.

        Parameters
        ----------
        prediction : ndarray of float, shape (n,) or (n, k)

        Returns
        -------
        ndarray of bool, shape (n,)
            All False where no threshold decides.
        """
        if not self.has_threshold:
            return np.zeros(len(prediction), dtype=bool)
        score = prediction if prediction.ndim == 1 else prediction.max(axis=1)
        return np.asarray(score >= self.threshold)

    def cost(self, y: np.ndarray, prediction: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Return what each decision costs.

        Parameters
        ----------
        y : ndarray of float, shape (n,)
        prediction : ndarray of float, shape (n,) or (n, k)
        at : ndarray of int, shape (n,)
            Which of the kept rows they are.

        Returns
        -------
        ndarray of float, shape (n,)
            In currency.
        """
        queries = None if self.queries is None else self.queries[at]
        stakes = None if self.stakes is None else self.stakes[at]
        return decision_cost(self.costs, y, prediction, self.threshold, queries, stakes)


def decision_cost(
    costs: Costs,
    y: np.ndarray,
    prediction: np.ndarray,
    threshold: float,
    queries: np.ndarray | None = None,
    stakes: np.ndarray | None = None,
) -> np.ndarray:
    """Return the cost of every decision under any kind of costs.

    Parameters
    ----------
    costs : Costs
    y : ndarray of float, shape (n,)
    prediction : ndarray of float, shape (n,) or (n, k)
    threshold : float
        Only used where a threshold decides.
    queries : ndarray of int, shape (n,), optional
        For lists: one decision a query, spread over its rows.
    stakes : ndarray of float, shape (n,), optional
        What a miss of each row would cost, instead of the same for all.

    Returns
    -------
    ndarray of float, shape (n,)
    """
    if isinstance(costs, AsymmetricCosts):
        return asymmetric_cost(y, prediction, costs)
    if isinstance(costs, ListCosts):
        if queries is None:
            raise ValueError("the cost of lists needs the query of every row")
        served = success_at(y, prediction, queries, costs.top, costs.relevant_from)
        return spread(costs.failed * (1 - served), queries)
    view = decided(y, prediction)
    plain = costs.as_binary() if isinstance(costs, ReviewCosts) else costs
    return binary_cost(view.happened, view.score >= threshold, plain, stakes)
