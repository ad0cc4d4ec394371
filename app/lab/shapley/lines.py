"""Shapley values of linear models, in closed form."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.rungs.linear import LinearModel
from app.lab.shapley.asked import About, classes_asked
from app.lab.shapley.attribution import Attribution, attribution


def explain_line(
    model: LinearModel, frame: pd.DataFrame, background: pd.DataFrame, about: About
) -> Attribution:
    """Split the output of a linear model: weight times distance from the mean row.

    Parameters
    ----------
    model : LinearModel
    frame : DataFrame, n rows
    background : DataFrame
        Training rows whose mean is the start.
    about : int, ndarray or None
        See `app.lab.shapley.explain`.

    Returns
    -------
    Attribution

    References
    ----------
    Strumbelj & Kononenko (2014), https://doi.org/10.1007/s10115-013-0679-x
    """
    encoder = model.design.encoder
    encoded = encoder.transform(frame)
    design = model.design.matrix(encoded)
    center = model.design.matrix(encoder.transform(background)).mean(axis=0)
    weights = np.atleast_2d(model.model.coef_)
    starts = np.atleast_1d(model.model.intercept_)
    asked = None
    line = np.zeros(len(frame), dtype=int)
    if model.form == "multiclass":
        told = (
            model.predict_matrix(encoded)
            if about is None and len(frame)
            else np.zeros((len(frame), model.size))
        )
        asked = classes_asked(about, told)
        weights, starts = _a_line_each(model, weights, starts)
        line = np.asarray(asked)
    parts = (design - center) * weights[line]
    bases = (starts + weights @ center)[line]
    unit = "target" if model.form == "regression" else "log-odds"
    sources = tuple(model.design.sources())
    found = attribution(
        sources, parts, bases, unit, "closed form of the linear model", classes=asked
    )
    return found.folded(tuple(dict.fromkeys(sources)), sources)


def _a_line_each(
    model: LinearModel, weights: np.ndarray, starts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and intercept of every class, zero for one that was never seen."""
    if len(weights) == 1:
        # Two classes share one line.
        weights, starts = np.vstack([-weights, weights]), np.r_[-starts, starts]
    known = model.model.classes_.astype(int)
    all_weights, all_starts = np.zeros((model.size, weights.shape[1])), np.zeros(model.size)
    all_weights[known], all_starts[known] = weights, starts
    return all_weights, all_starts
