"""The rung that goes on, with how it decides and what it answered on rows it never saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.cost import AsymmetricCosts, BinaryCosts, asymmetric_cost, binary_cost
from app.lab.rungs import Fitted


@dataclass(frozen=True)
class Champion:
    """A fitted rung and its decision.

    Parameters
    ----------
    fitted : Fitted
        Fitted on all training rows.
    out_of_fold : ndarray of float, shape (n kept rows,)
        Predictions of training rows by folds that did not see them, NaN elsewhere.
    threshold : float
        Act from this probability on; NaN for regression.
    costs : BinaryCosts or AsymmetricCosts
    """

    fitted: Fitted
    out_of_fold: np.ndarray
    threshold: float
    costs: BinaryCosts | AsymmetricCosts

    def acts(self, prediction: np.ndarray) -> np.ndarray:
        """Return where it acts.

        Parameters
        ----------
        prediction : ndarray of float, shape (n,)

        Returns
        -------
        ndarray of bool, shape (n,)
            All False for regression.
        """
        if not isinstance(self.costs, BinaryCosts):
            return np.zeros(len(prediction), dtype=bool)
        return prediction >= self.threshold

    def cost(self, y: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return what each decision costs.

        Parameters
        ----------
        y, prediction : ndarray of float, shape (n,)

        Returns
        -------
        ndarray of float, shape (n,)
            In currency.
        """
        return decision_cost(self.costs, y, prediction, self.threshold)


def decision_cost(
    costs: BinaryCosts | AsymmetricCosts,
    y: np.ndarray,
    prediction: np.ndarray,
    threshold: float,
) -> np.ndarray:
    """Return the cost of every decision under either kind of costs.

    Parameters
    ----------
    costs : BinaryCosts or AsymmetricCosts
    y, prediction : ndarray of float, shape (n,)
    threshold : float
        Only used for binary costs.

    Returns
    -------
    ndarray of float, shape (n,)
    """
    if isinstance(costs, BinaryCosts):
        return binary_cost(y, prediction >= threshold, costs)
    return asymmetric_cost(y, prediction, costs)
