"""The quality of a model of several classes, estimated before labels come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from sklearn.isotonic import IsotonicRegression

from app.lab.estimate import Estimate
from app.lab.watching.label_metric import Costs, Rows, expected_metric

ClassMetric = Literal["accuracy", "f1_macro", "roc_auc_macro"]
LEAST_ROWS = 50


@dataclass(frozen=True)
class ClassEstimator:
    """Estimates the quality of a model of several classes on rows without labels.

    Parameters
    ----------
    maps : tuple of IsotonicRegression
        One a class: from its predicted probability to how often it came true.
    rows : int
        Labelled reference rows.
    """

    maps: tuple[IsotonicRegression, ...]
    rows: int

    def chances(self, prediction: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities that sum to 1.

        Parameters
        ----------
        prediction : ndarray of float, shape (n, classes)

        Returns
        -------
        ndarray of float, shape (n, classes)
        """
        found = np.column_stack([m.predict(prediction[:, k]) for k, m in enumerate(self.maps)])
        total = found.sum(axis=1, keepdims=True)
        return np.where(total > 0, found / np.where(total > 0, total, 1.0), prediction)

    def estimate(self, prediction: np.ndarray, metric: ClassMetric) -> Estimate:
        """Return the expected metric of rows whose labels are not known.

        Parameters
        ----------
        prediction : ndarray of float, shape (n, classes)
        metric : {"accuracy", "f1_macro", "roc_auc_macro"}

        Returns
        -------
        Estimate
            Macro metrics are means over the classes that occur, their interval by the mean of the
            standard errors, which is wide rather than narrow. **Assumes that labels given the
            prediction are as on the reference**; concept shift makes it wrong unseen.

        References
        ----------
        NannyML, https://nannyml.readthedocs.io/en/stable/how_it_works/performance_estimation.html
        """
        chance = self.chances(prediction)
        picked = prediction.argmax(axis=1)
        n = len(prediction)
        if metric == "accuracy":
            p = chance[np.arange(n), picked]
            error = float(np.sqrt((p * (1 - p)).sum()) / max(n, 1))
            value = float(p.mean()) if n else float("nan")
            return self._with_interval(value, error, n)
        key = "f1" if metric == "f1_macro" else "roc_auc"
        found = [
            expected_metric(key, Rows(chance[:, k], prediction[:, k], picked == k, Costs()))
            for k in range(chance.shape[1])
        ]
        known = [(v, e) for v, e in found if np.isfinite(v) and np.isfinite(e)]
        if not known:
            return Estimate(float("nan"), None, None, n)
        value = float(np.mean([v for v, _ in known]))
        return self._with_interval(value, float(np.mean([np.sqrt(e) for _, e in known])), n)

    def _with_interval(self, value: float, error: float, n: int) -> Estimate:
        # The calibration was itself learned on so many rows.
        reach = 1.96 * error * float(np.sqrt(1 + n / self.rows))
        low, high = max(0.0, value - reach), min(1.0, value + reach)
        return Estimate(value, low, high, n, 0.95, "confidence")


def fit_class_quality(y: np.ndarray, prediction: np.ndarray) -> ClassEstimator:
    """Learn on labelled reference rows what the confidence in each class means.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
        Number of the class; rows with an unknown label (NaN) are left out.
    prediction : ndarray of float, shape (n, classes)

    Returns
    -------
    ClassEstimator

    Raises
    ------
    ValueError
        With fewer than 50 labelled rows.
    """
    known = np.isfinite(np.asarray(y, dtype=float))
    if known.sum() < LEAST_ROWS:
        raise ValueError(
            f"the reference has {int(known.sum())} labelled rows; at least {LEAST_ROWS} are needed"
        )
    y, prediction = np.asarray(y)[known].astype(int), prediction[known]
    maps = tuple(
        IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(
            prediction[:, k], (y == k).astype(float)
        )
        for k in range(prediction.shape[1])
    )
    return ClassEstimator(maps, int(known.sum()))
