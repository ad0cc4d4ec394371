"""One door to the Shapley values of every rung."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from app.lab.recalibration import Calibrated
from app.lab.rungs.constant import Constant
from app.lab.rungs.linear import LinearModel
from app.lab.rungs.own_estimator import KIND as OWN
from app.lab.rungs.rung import EncodedModel, Fitted, Relative
from app.lab.shapley.asked import About, answered, classes_asked
from app.lab.shapley.attribution import Attribution, attribution
from app.lab.shapley.ensembles import explain_trees, forest_of
from app.lab.shapley.lines import explain_line
from app.lab.shapley.mixture import EncodedMixture, FrameMixture
from app.lab.shapley.sampling import explain_by_draws
from app.lab.shapley.subsets import BACKGROUND_ROWS, MOST_COLUMNS, explain_by_subsets


def explain(
    fitted: Fitted,
    frame: pd.DataFrame,
    background: pd.DataFrame,
    columns: tuple[str, ...],
    about: About = None,
) -> Attribution:
    """Split each prediction into contributions of the columns.

    Parameters
    ----------
    fitted : Fitted
    frame : DataFrame, n rows
        Rows to explain.
    background : DataFrame
        Training rows that stand for "not known"; used by linear models, rules and estimators of
        the user's own. At least one.
    columns : tuple of str
        Columns in the order of the result; those not used get zero.
    about : int, ndarray of int of shape (n,), or None
        Of several classes the one or ones to explain; the predicted one of each row by default.

    Returns
    -------
    Attribution
        The row's base plus its values is the row's output, exactly: log-odds before the softmax
        for boosting and linear models, the model's own answer for the others, before any map of
        probabilities.

    Raises
    ------
    ValueError
        Without background, with a column of the model that is not asked for, or about a class that
        there is not.

    References
    ----------
    Lundberg & Lee (2017), https://arxiv.org/abs/1705.07874
    Lundberg et al. (2020), https://doi.org/10.1038/s42256-019-0138-9
    """
    if not len(background):
        raise ValueError("background has no rows; give training rows that stand for 'not known'")
    if about is not None and fitted.form != "multiclass":
        raise ValueError(
            "about names a class, but this model has one output; leave about out to explain it"
        )
    found = _explain(fitted, frame, background, about)
    known = tuple(c for c in found.columns if c in columns)
    if known != found.columns:
        raise ValueError(
            f"the model uses {', '.join(sorted(set(found.columns) - set(columns)))}, which is not "
            "among the columns asked for; add it to columns"
        )
    return found.folded(columns, found.columns)


def prepare(fitted: Fitted) -> bool:
    """Read and check the trees of a rung, so that its rows are explained at once.

    Parameters
    ----------
    fitted : Fitted

    Returns
    -------
    bool
        Whether its trees are read; False where it is explained in another way.
    """
    model = fitted.predictor
    while isinstance(model, Calibrated | Relative):
        model = model.inner
    return isinstance(model, EncodedModel) and forest_of(model) is not None


def _explain(
    fitted: Fitted, frame: pd.DataFrame, background: pd.DataFrame, about: About
) -> Attribution:
    """Explain a rung behind whatever is wrapped around it."""
    model = fitted.predictor
    if isinstance(model, Calibrated):
        found = _explain(replace(fitted, predictor=model.inner), frame, background, about)
        return replace(found, method=f"{found.method}, before the map of probabilities")
    if isinstance(model, Relative):
        return _relative(fitted, model, frame, background)
    if isinstance(model, LinearModel):
        return explain_line(model, frame, background, about)
    if isinstance(model, EncodedModel):
        return _encoded(fitted, model, frame, background, about)
    return _rule(fitted, frame, background, about)


def _rule(
    fitted: Fitted, frame: pd.DataFrame, background: pd.DataFrame, about: About
) -> Attribution:
    if isinstance(fitted.predictor, Constant):
        told = fitted.predict(frame)
        asked = classes_asked(about, told)
        unit = "target" if fitted.form == "regression" else "probability"
        nothing = np.zeros((len(frame), 0))
        return attribution((), nothing, answered(told, asked), unit, "constant", classes=asked)
    mixture = FrameMixture(fitted, frame, background, BACKGROUND_ROWS, about)
    if len(fitted.inputs) > MOST_COLUMNS:
        return explain_by_draws(mixture, fitted.form)
    return explain_by_subsets(mixture, fitted.form)


def _encoded(
    fitted: Fitted,
    model: EncodedModel,
    frame: pd.DataFrame,
    background: pd.DataFrame,
    about: About,
) -> Attribution:
    if fitted.key == OWN.key and forest_of(model) is None:
        mixture = EncodedMixture(model, frame, background, about)
        return explain_by_draws(mixture, fitted.form)
    return explain_trees(model, frame, about)


def _relative(
    fitted: Fitted, model: Relative, frame: pd.DataFrame, background: pd.DataFrame
) -> Attribution:
    """Explain level times ratio in the unit of the target.

    The Shapley values of a product: each factor counts its change at the mean of the other's known
    and unknown value.
    """
    inputs = tuple(name for name in fitted.inputs if name != model.level)
    inner = replace(fitted, predictor=model.inner, inputs=inputs)
    found = _explain(inner, model.ratios(frame), model.ratios(background), None)
    levels = model.levels(frame)
    usual = float(model.levels(background).mean())
    middle = ((levels + usual) / 2)[:, None]
    pushed = (levels - usual) * (found.bases + found.values.sum(axis=1) / 2)
    error = None
    if found.error is not None:
        of_level = np.abs(levels - usual) * found.error.sum(axis=1) / 2
        error = np.column_stack([found.error * middle, of_level])
    return replace(
        found,
        columns=(*found.columns, model.level),
        values=np.column_stack([found.values * middle, pushed]),
        base=usual * found.base,
        bases=usual * found.bases,
        error=error,
        method=f"{found.method}, times the recent level by the product rule",
    )
