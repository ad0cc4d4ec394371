"""A loss as a function of the output that is explained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.champion import decision_cost
from app.lab.cost import AsymmetricCosts, Costs
from app.lab.loss_attribution.line import Worth
from app.lab.metrics import TINY, loss_of
from app.lab.recalibration import Calibrated, Isotonic
from app.lab.rungs.rung import Fitted
from app.lab.shapley import Attribution


@dataclass(frozen=True)
class Terms:
    """What a loss needs beside the prediction.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
    costs : Costs, optional
    threshold : float
    stakes : ndarray of float, shape (n,), optional
        What a miss of each row would cost.
    """

    y: np.ndarray
    costs: Costs | None = None
    threshold: float = float("nan")
    stakes: np.ndarray | None = None


def steps(fitted: Fitted, loss: str, costs: Costs | None) -> bool:
    """Say whether the loss jumps: at a threshold, or with a map that rises in steps.

    Parameters
    ----------
    fitted : Fitted
    loss : str
    costs : Costs or None

    Returns
    -------
    bool
    """
    if loss == "cost":
        return not isinstance(costs, AsymmetricCosts)
    model = fitted.predictor
    return isinstance(model, Calibrated) and isinstance(model.mapped, Isotonic)


def worth_of(fitted: Fitted, found: Attribution, loss: str, terms: Terms) -> Worth:
    """Return the loss of each row as a function of the output that was explained.

    Parameters
    ----------
    fitted : Fitted
    found : Attribution
    loss : str
    terms : Terms

    Returns
    -------
    callable
        Takes outputs of shape (n,), returns losses of shape (n,).
    """
    model, y = fitted.predictor, terms.y
    mapped = model.mapped.apply if isinstance(model, Calibrated) else None
    if loss == "log_loss" and found.unit == "log-odds" and mapped is None:
        sign, most = np.where(y == 1, -1.0, 1.0), loss_of("binary", y, 1 - y)
        return lambda output: np.minimum(np.logaddexp(0.0, sign * output), most)

    def prediction(output: np.ndarray) -> np.ndarray:
        said = predicted(output, found.unit)
        return said if mapped is None else mapped(said)

    if loss == "log_loss":
        return lambda output: loss_of("binary", y, prediction(output))
    if loss == "squared_error":
        return lambda output: (prediction(output) - y) ** 2
    if loss == "absolute_error":
        return lambda output: np.abs(prediction(output) - y)
    assert terms.costs is not None
    costs = terms.costs
    return lambda output: decision_cost(
        costs, y, prediction(output), terms.threshold, None, terms.stakes
    )


def predicted(output: np.ndarray, unit: str) -> np.ndarray:
    """Return the prediction that belongs to an explained output.

    Parameters
    ----------
    output : ndarray of float, shape (n,)
    unit : str
        Of the attribution.

    Returns
    -------
    ndarray of float, shape (n,)

    Raises
    ------
    ValueError
        For a score, which has no unit of the target.
    """
    if unit == "score":
        raise ValueError("the score of an item has no unit; take pair_loss, with queries")
    if unit == "log-odds":
        return np.asarray(1 / (1 + np.exp(-np.clip(output, -700, 700))))
    return np.exp(output) if unit == "log of the target" else output


def surprise(probability: np.ndarray) -> np.ndarray:
    """Return the log loss of the probability that was given to what happened.

    Parameters
    ----------
    probability : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)
        At most -log(1e-15).
    """
    return np.asarray(-np.log(np.clip(probability, TINY, 1.0)))
