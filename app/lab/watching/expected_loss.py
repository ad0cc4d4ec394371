"""The mean loss of a model, estimated before labels come, by a model of the loss itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

from app.lab.estimate import Estimate
from app.lab.watching.matrix import category_mask, matrix_of, shapes_of
from app.lab.watching.shape import Shapes

LEAST_ROWS = 100
MOST_ROWS = 50_000
SCORE = "__score__"


@dataclass(frozen=True)
class LossEstimator:
    """Estimates the mean loss of any model on rows without labels.

    Parameters
    ----------
    model : HistGradientBoostingRegressor
        From inputs and prediction to the loss.
    shapes : dict of str to ColumnShape
    bias : float
        Mean of what the model missed on reference rows it was not fitted on.
    spread : float
        Standard deviation of that.
    usual : float
        Mean loss of the reference.
    rows : int
    """

    model: HistGradientBoostingRegressor
    shapes: Shapes
    bias: float
    spread: float
    usual: float
    rows: int

    def by_row(self, frame: pd.DataFrame, prediction: np.ndarray | None) -> np.ndarray:
        """Return the expected loss of each row.

        Parameters
        ----------
        frame : DataFrame, n rows
        prediction : ndarray of float, shape (n,), or None
            None where it is a column of the frame already, as in `fit_loss`.

        Returns
        -------
        ndarray of float, shape (n,)
        """
        if not len(frame):
            return np.empty(0)
        x = matrix_of(_with(frame, prediction), self.shapes)
        return np.asarray(self.model.predict(x)) + self.bias

    def estimate(self, frame: pd.DataFrame, prediction: np.ndarray | None) -> Estimate:
        """Return the expected mean loss of rows whose labels are not known.

        Parameters
        ----------
        frame : DataFrame, n rows
        prediction : ndarray of float, shape (n,), or None

        Returns
        -------
        Estimate
            The interval holds the chance of the labels to come and of the reference, the spread
            of the loss growing with its mean. **Assumes that labels given the inputs are as on
            the reference**, and inputs within what the reference held.

        References
        ----------
        NannyML, direct loss estimation,
        https://nannyml.readthedocs.io/en/stable/how_it_works/performance_estimation.html
        """
        found = self.by_row(frame, prediction)
        n = len(found)
        if not n:
            return Estimate(float("nan"), None, None, 0)
        value = float(found.mean())
        wider = max(1.0, value / self.usual) if self.usual > 0 else 1.0
        reach = 1.96 * self.spread * wider * float(np.sqrt(1 / n + 1 / self.rows))
        return Estimate(value, value - reach, value + reach, n, 0.95, "model of the loss")


def _with(frame: pd.DataFrame, prediction: np.ndarray | None) -> pd.DataFrame:
    return frame if prediction is None else frame.assign(**{SCORE: prediction})


def fit_loss(
    frame: pd.DataFrame,
    prediction: np.ndarray | None,
    loss: np.ndarray,
    rng: np.random.Generator,
) -> LossEstimator:
    """Learn on labelled reference rows where the loss is high.

    Parameters
    ----------
    frame : DataFrame, n rows
    prediction : ndarray of float, shape (n,), or None
        Of rows the watched model was not fitted on; None where it is a column of the frame.
    loss : ndarray of float, shape (n,)
        Rows with an unknown loss (NaN) are left out.
    rng : Generator
        Draws the rows that are used, and the half that is kept to check.

    Returns
    -------
    LossEstimator

    Raises
    ------
    ValueError
        With fewer than 100 known losses.
    """
    known = np.flatnonzero(np.isfinite(loss))
    if len(known) < LEAST_ROWS:
        raise ValueError(
            f"the reference has {len(known)} rows with a loss; at least {LEAST_ROWS} are needed"
        )
    if len(known) > MOST_ROWS:
        known = np.sort(rng.choice(known, MOST_ROWS, replace=False))
    rows = _with(frame, prediction).iloc[known]
    shapes, y = shapes_of(rows), loss[known]
    x = matrix_of(rows, shapes)
    if not shapes:
        x, shapes = np.zeros((len(rows), 1)), {}
    part = rng.permutation(len(y)) % 2
    missed = np.empty(len(y))
    for half in (0, 1):
        fitted = _model(shapes, rng).fit(x[part != half], y[part != half])
        missed[part == half] = y[part == half] - fitted.predict(x[part == half])
    model = _model(shapes, rng).fit(x, y)
    return LossEstimator(
        model, shapes, float(missed.mean()), float(missed.std()), float(y.mean()), len(y)
    )


def _model(shapes: Shapes, rng: np.random.Generator) -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(
        max_iter=60,
        max_leaf_nodes=12,
        learning_rate=0.1,
        min_samples_leaf=30,
        max_bins=64,
        l2_regularization=1.0,
        early_stopping=False,
        categorical_features=category_mask(shapes) if shapes else None,
        random_state=int(rng.integers(2**31)),
    )
