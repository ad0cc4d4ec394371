"""Which columns make the errors: Shapley values of the loss, from those of the prediction."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from app.lab.champion import decided, decision_cost
from app.lab.cost import AsymmetricCosts, Costs, ListCosts
from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap_mean
from app.lab.loss_path import Worth, along_line, one_sided
from app.lab.metrics import TINY
from app.lab.pair_loss import pair_parts
from app.lab.recalibration import Calibrated, Isotonic
from app.lab.rungs.linear import LinearModel
from app.lab.rungs.rung import EncodedModel, Fitted
from app.lab.shapley import Attribution, explain
from app.lab.softmax_loss import softmax, softmax_parts

MOST_LOSS = -np.log(TINY)
LOSSES = {
    "log_loss": ("binary",),
    "multi_log_loss": ("multiclass",),
    "squared_error": ("binary", "regression"),
    "absolute_error": ("binary", "regression"),
    "cost": ("binary", "multiclass", "regression"),
    "pair_loss": ("ranking",),
}
UNITS = {"squared_error": "target²", "absolute_error": "target", "cost": "currency"}


@dataclass(frozen=True)
class LossAttribution:
    """How much of each row's loss each column made.

    Parameters
    ----------
    columns : tuple of str
    values : ndarray of float, shape (n, p)
        Above zero where a column made the loss larger than it is without looking at any column,
        below where it made it smaller.
    bases : ndarray of float, shape (n,)
        Loss of the base prediction.
    loss : str
        Key of the loss.
    unit : str
    method : str
    """

    columns: tuple[str, ...]
    values: np.ndarray
    bases: np.ndarray
    loss: str
    unit: str
    method: str

    @property
    def total(self) -> np.ndarray:
        """Loss of each row, shape (n,)."""
        return np.asarray(self.bases + self.values.sum(axis=1))

    def rows(self, picked: np.ndarray) -> LossAttribution:
        """Return the attribution of some rows.

        Parameters
        ----------
        picked : ndarray of bool, shape (n,), or of int
        """
        return replace(self, values=self.values[picked], bases=self.bases[picked])


@dataclass(frozen=True)
class LossPart:
    """What a column adds to the loss over some rows.

    Parameters
    ----------
    column : str
    mean : Estimate
        Mean contribution: above zero the rows are worse off for it.
    harm : Estimate
        Mean of the contributions that made a loss larger, the others counted as zero.
    rank : int
        By ``mean``, the most harmful first.
    """

    column: str
    mean: Estimate
    harm: Estimate
    rank: int


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
        return _of_classes(fitted, frame, background, columns, loss, found, terms)
    if found is None:
        found = explain(fitted, frame, background, columns)
    if loss == "pair_loss":
        assert queries is not None
        values, bases = pair_parts(found.values, y, queries)
        return _named(found, values, bases, loss)
    worth = _worth(fitted, found, loss, Terms(y, costs, threshold, stakes))
    bases = worth(found.bases)
    if _steps(fitted, loss, costs):
        values = one_sided(found.values, worth(found.output) - bases)
    else:
        values = along_line(found.values, found.bases, worth)
    return _named(found, values, bases, loss)


def mean_loss_parts(
    found: LossAttribution,
    rng: np.random.Generator,
    mask: np.ndarray | None = None,
    blocks: np.ndarray | None = None,
) -> tuple[LossPart, ...]:
    """Return what each column adds to the loss over all rows, or over those of a slice.

    Parameters
    ----------
    found : LossAttribution
    rng : Generator
    mask : ndarray of bool, shape (n,), optional
    blocks : ndarray of int, shape (n,), optional
        Rows of one block are drawn together.

    Returns
    -------
    tuple of LossPart
        Most harmful first.
    """
    part = found if mask is None else found.rows(mask)
    inside = blocks if blocks is None or mask is None else blocks[mask]
    means = part.values.mean(axis=0) if len(part.values) else np.zeros(len(found.columns))
    order = np.argsort(-means, kind="stable")

    def mean(values: np.ndarray) -> Estimate:
        return bootstrap_mean(values, rng=rng, blocks=inside, rounds=300)

    return tuple(
        LossPart(
            found.columns[i],
            mean(part.values[:, i]),
            mean(np.maximum(part.values[:, i], 0.0)),
            rank,
        )
        for rank, i in enumerate(order, start=1)
    )


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


def _named(found: Attribution, values: np.ndarray, bases: np.ndarray, loss: str) -> LossAttribution:
    unit = UNITS.get(loss, "nats")
    return LossAttribution(
        found.columns, values, bases, loss, unit, f"{found.method}; rescaled to the loss"
    )


def _steps(fitted: Fitted, loss: str, costs: Costs | None) -> bool:
    """Say whether the loss jumps: at a threshold, or with a map that rises in steps."""
    if loss == "cost":
        return not isinstance(costs, AsymmetricCosts)
    model = fitted.predictor
    return isinstance(model, Calibrated) and isinstance(model.mapped, Isotonic)


def _worth(fitted: Fitted, found: Attribution, loss: str, terms: Terms) -> Worth:
    """Return the loss of each row as a function of the output that was explained."""
    model, y = fitted.predictor, terms.y
    mapped = model.mapped.apply if isinstance(model, Calibrated) else None
    if loss == "log_loss" and found.unit == "log-odds" and mapped is None:
        sign = np.where(y == 1, -1.0, 1.0)
        return lambda output: np.minimum(np.logaddexp(0.0, sign * output), MOST_LOSS)

    def prediction(output: np.ndarray) -> np.ndarray:
        said = predicted(output, found.unit)
        return said if mapped is None else mapped(said)

    if loss == "log_loss":
        return lambda output: _surprise(
            np.where(y == 1, prediction(output), 1 - prediction(output))
        )
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


def _surprise(probability: np.ndarray) -> np.ndarray:
    return np.asarray(-np.log(np.clip(probability, TINY, 1.0)))


def _of_classes(
    fitted: Fitted,
    frame: pd.DataFrame,
    background: pd.DataFrame,
    columns: tuple[str, ...],
    loss: str,
    found: Attribution | None,
    terms: Terms,
) -> LossAttribution:
    if loss == "cost":
        return _review_cost(fitted, frame, background, columns, found, terms)
    about = terms.y.astype(np.int64)
    if found is None or found.classes is None or (found.classes != about).any():
        found = explain(fitted, frame, background, columns, about)
    if found.unit == "probability":
        bases = _surprise(found.bases)
        return _named(found, along_line(found.values, found.bases, _surprise), bases, loss)
    told = fitted.predict(frame)
    size = told.shape[1]
    each = [explain(fitted, frame, background, columns, about=c) for c in range(size)]
    values = np.stack([one.values for one in each])
    bases = np.stack([one.bases for one in each], axis=1)
    parts, start = softmax_parts(values, bases, about, told, _seen(fitted, size))
    return _named(found, parts, start, loss)


def _review_cost(
    fitted: Fitted,
    frame: pd.DataFrame,
    background: pd.DataFrame,
    columns: tuple[str, ...],
    found: Attribution | None,
    terms: Terms,
) -> LossAttribution:
    """Split what it costs to answer, or to hand over, by how sure the predicted class is made."""
    told = fitted.predict(frame)
    top = told.argmax(axis=1) if len(told) else np.zeros(0, dtype=np.int64)
    if found is None or found.classes is None or (found.classes != top).any():
        found = explain(fitted, frame, background, columns, top)
    sure = found.bases
    if found.unit != "probability" and len(told):
        some = frame.head(1)
        bases = np.array(
            [explain(fitted, some, background, columns, about=c).base for c in range(told.shape[1])]
        )
        sure = softmax(bases[None], _seen(fitted, told.shape[1]))[0][top]
    assert terms.costs is not None
    right = decided(terms.y, told).happened if len(told) else terms.y
    before = decision_cost(terms.costs, right, sure, terms.threshold)
    after = decision_cost(terms.costs, right, told.max(axis=1, initial=0), terms.threshold)
    return _named(found, one_sided(found.values, after - before), before, "cost")


def _seen(fitted: Fitted, size: int) -> np.ndarray:
    """Return which classes were among the training rows, shape (size,)."""
    model = fitted.predictor
    assert isinstance(model, EncodedModel | LinearModel)
    found = np.zeros(size, dtype=bool)
    found[np.asarray(model.model.classes_, dtype=np.int64)] = True
    return found
