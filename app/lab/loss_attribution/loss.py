"""One door to what columns made of a loss."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.cost import Costs, ListCosts
from app.lab.loss_attribution.classes import of_classes
from app.lab.loss_attribution.line import along_line, one_sided
from app.lab.loss_attribution.pairs import pair_parts
from app.lab.loss_attribution.parts import LossAttribution, named
from app.lab.loss_attribution.worth import Terms, steps, worth_of
from app.lab.rungs.rung import Fitted
from app.lab.shapley import Attribution, explain

LOSSES = {
    "log_loss": ("binary",),
    "multi_log_loss": ("multiclass",),
    "squared_error": ("binary", "regression"),
    "absolute_error": ("binary", "regression"),
    "cost": ("binary", "multiclass", "regression"),
    "pair_loss": ("ranking",),
}


def default_loss(form: str, ranking: bool = False) -> str:
    """Return the loss that is attributed unless another is asked for.

    Parameters
    ----------
    form : {"binary", "multiclass", "regression"}
    ranking : bool

    Returns
    -------
    str
    """
    if ranking:
        return "pair_loss"
    return {"binary": "log_loss", "multiclass": "multi_log_loss"}.get(form, "absolute_error")


def attribute_loss(
    fitted: Fitted,
    frame: pd.DataFrame,
    background: pd.DataFrame,
    columns: tuple[str, ...],
    y: np.ndarray,
    loss: str,
    *,
    found: Attribution | None = None,
    costs: Costs | None = None,
    threshold: float = float("nan"),
    stakes: np.ndarray | None = None,
    queries: np.ndarray | None = None,
) -> LossAttribution:
    """Split the loss of each row into what each column made of it.

    Parameters
    ----------
    fitted : Fitted
    frame : DataFrame, n rows
    background : DataFrame
        See `app.lab.shapley.explain`.
    columns : tuple of str
    y : ndarray of float, shape (n,)
        The target; number of the class for several classes.
    loss : str
        Key of `LOSSES`.
    found : Attribution, optional
        Of the same rows; it is used again where it serves.
    costs, threshold, stakes
        For ``"cost"``: see `app.lab.champion.decision_cost`.
    queries : ndarray of int, shape (n,), optional
        For ``"pair_loss"``.

    Returns
    -------
    LossAttribution
        Base loss plus values is the row's loss, exactly.

    Raises
    ------
    ValueError
        If the loss is not known, or does not belong to this kind of prediction.

    References
    ----------
    Lundberg et al. (2020), https://doi.org/10.1038/s42256-019-0138-9
    Sundararajan & Najmi (2020), https://arxiv.org/abs/1908.08474
    """
    _check(loss, fitted.form, queries, costs)
    if fitted.form == "multiclass":
        terms = Terms(y, costs, threshold, stakes)
        return of_classes(fitted, frame, background, columns, loss, found, terms)
    if found is None:
        found = explain(fitted, frame, background, columns)
    if loss == "pair_loss":
        assert queries is not None
        values, bases = pair_parts(found.values, y, queries)
        return named(found, values, bases, loss)
    worth = worth_of(fitted, found, loss, Terms(y, costs, threshold, stakes))
    bases = worth(found.bases)
    if steps(fitted, loss, costs):
        values = one_sided(found.values, worth(found.output) - bases)
    else:
        values = along_line(found.values, found.bases, worth)
    return named(found, values, bases, loss)


def _check(loss: str, form: str, queries: np.ndarray | None, costs: Costs | None) -> None:
    if loss not in LOSSES:
        raise ValueError(f"loss is {loss!r}; allowed are {', '.join(LOSSES)}")
    kind = "ranking" if loss == "pair_loss" and queries is not None else form
    if kind not in LOSSES[loss]:
        fits = [key for key, kinds in LOSSES.items() if form in kinds]
        more = " (pair_loss needs queries)" if loss == "pair_loss" else ""
        raise ValueError(
            f"loss is {loss!r}, which is not for a {form} prediction{more}; take one of "
            f"{', '.join(fits)}"
        )
    if loss == "cost" and (costs is None or isinstance(costs, ListCosts)):
        raise ValueError(
            "the cost of a single row is not known: costs are missing or belong to whole lists; "
            "take another loss"
        )
