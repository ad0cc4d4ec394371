"""Losses over several classes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.champion import decided, decision_cost
from app.lab.loss_attribution.line import along_line, one_sided
from app.lab.loss_attribution.parts import LossAttribution, named
from app.lab.loss_attribution.softmax import softmax, softmax_parts
from app.lab.loss_attribution.worth import Terms, surprise
from app.lab.rungs.linear import LinearModel
from app.lab.rungs.rung import EncodedModel, Fitted
from app.lab.shapley import Attribution, explain


def of_classes(
    fitted: Fitted,
    frame: pd.DataFrame,
    background: pd.DataFrame,
    columns: tuple[str, ...],
    loss: str,
    found: Attribution | None,
    terms: Terms,
) -> LossAttribution:
    """Split a loss over several classes.

    Parameters
    ----------
    fitted, frame, background, columns, loss, found
        As in `attribute_loss`.
    terms : Terms

    Returns
    -------
    LossAttribution
    """
    if loss == "cost":
        return _review_cost(fitted, frame, background, columns, found, terms)
    about = terms.y.astype(np.int64)
    first = found if found is not None else explain(fitted, frame.head(1), background, columns)
    if first.unit == "probability":
        if found is None or found.classes is None or (found.classes != about).any():
            found = explain(fitted, frame, background, columns, about)
        bases = surprise(found.bases)
        return named(found, along_line(found.values, found.bases, surprise), bases, loss)
    told = fitted.predict(frame)
    size = told.shape[1]
    each = [explain(fitted, frame, background, columns, about=c) for c in range(size)]
    values = np.stack([one.values for one in each])
    bases = np.stack([one.bases for one in each], axis=1)
    parts, start = softmax_parts(values, bases, about, told, _seen(fitted, size))
    return named(each[0], parts, start, loss)


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
    return named(found, one_sided(found.values, after - before), before, "cost")


def _seen(fitted: Fitted, size: int) -> np.ndarray:
    """Return which classes were among the training rows, shape (size,)."""
    model = fitted.predictor
    assert isinstance(model, EncodedModel | LinearModel)
    found = np.zeros(size, dtype=bool)
    found[np.asarray(model.model.classes_, dtype=np.int64)] = True
    return found
