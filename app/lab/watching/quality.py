"""How good is the model now, before labels come? Estimated from its own calibrated confidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression

from app.lab.estimate import Estimate
from app.lab.watching.domain import density_ratio
from app.lab.watching.label_metric import Costs, QualityMetric, Rows, expected_metric

LEAST_ROWS = 50
SCORE = "__score__"


@dataclass(frozen=True)
class QualityEstimator:
    """Estimates the quality of a yes-or-no model on rows without labels.

    Parameters
    ----------
    y, score : ndarray of float, shape (n,)
        Label and predicted probability of reference rows the model was not fitted on.
    frame : DataFrame, n rows, or None
        Their inputs, to follow a shift of the inputs.
    threshold : float
        Probability from which the model acts.
    costs : Costs
    map_of : IsotonicRegression
        From what the model says to how often it came true on the reference.
    """

    y: np.ndarray
    score: np.ndarray
    frame: pd.DataFrame | None
    threshold: float
    costs: Costs
    map_of: IsotonicRegression

    def chances(
        self,
        score: np.ndarray,
        frame: pd.DataFrame | None = None,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, float]:
        """Return the probability of each label, and how many reference rows it rests on.

        Parameters
        ----------
        score : ndarray of float, shape (n,)
        frame : DataFrame, n rows, optional
            Inputs of these rows: the reference is weighted to look like them first.
        rng : Generator, optional
            Needed with a frame.

        Returns
        -------
        chance : ndarray of float, shape (n,)
        rows : float
            Reference rows, or their effective number where they are weighted.
        """
        if frame is None or self.frame is None or len(frame) < LEAST_ROWS or rng is None:
            return np.asarray(self.map_of.predict(score)), float(len(self.y))
        weight = density_ratio(
            self.frame.assign(**{SCORE: self.score}), frame.assign(**{SCORE: score}), rng
        )
        effective = float(weight.sum() ** 2 / (weight**2).sum())
        return np.asarray(_mapped(self.score, self.y, weight).predict(score)), effective

    def estimate(
        self,
        score: np.ndarray,
        metric: QualityMetric,
        frame: pd.DataFrame | None = None,
        rng: np.random.Generator | None = None,
    ) -> Estimate:
        """Return the expected metric of rows whose labels are not known.

        Parameters
        ----------
        score : ndarray of float, shape (n,)
            What the model says of each row, in [0, 1].
        metric : str
        frame : DataFrame, n rows, optional
            Inputs of these rows. Without them (confidence-based estimation) calibration must not
            change; with them (probabilistic adaptation) it may, as the inputs do.
        rng : Generator, optional
            Needed with a frame.

        Returns
        -------
        Estimate
            The interval holds the chance of the labels to come and of the reference.
            **Assumes that labels given the inputs are as on the reference.** When that changes
            (concept shift) the estimate stays as it was and is wrong: only labels tell.

        References
        ----------
        NannyML, confidence-based performance estimation,
        https://nannyml.readthedocs.io/en/stable/how_it_works/performance_estimation.html;
        Białek et al. (2024), probabilistic adaptive performance estimation,
        https://arxiv.org/abs/2401.08348
        """
        return self.estimates(score, (metric,), frame, rng)[metric]

    def estimates(
        self,
        score: np.ndarray,
        metrics: tuple[QualityMetric, ...],
        frame: pd.DataFrame | None = None,
        rng: np.random.Generator | None = None,
    ) -> dict[str, Estimate]:
        """Return several metrics of the same rows; see `estimate`.

        Parameters
        ----------
        score : ndarray of float, shape (n,)
        metrics : tuple of str
        frame : DataFrame, optional
        rng : Generator, optional

        Returns
        -------
        dict of str to Estimate
        """
        score = np.asarray(score, dtype=float)
        chance, rested = self.chances(score, frame, rng)
        now = Rows(chance, score, score >= self.threshold, self.costs)
        own = np.asarray(self.map_of.predict(self.score))
        past = Rows(own, self.score, self.score >= self.threshold, self.costs)
        weighted = frame is not None and self.frame is not None
        method = "confidence, adapted to the inputs" if weighted else "confidence"
        found = {}
        for metric in metrics:
            value, variance = expected_metric(metric, now)
            reference = expected_metric(metric, past)[1] * len(self.y) / max(rested, 1.0)
            reach = 1.96 * float(np.sqrt(variance + reference))
            low, high = value - reach, value + reach
            if metric not in ("expected_cost", "log_loss"):
                low, high = max(0.0, low), min(1.0, high)
            some = np.isfinite(value)
            found[str(metric)] = Estimate(
                value, low if some else None, high if some else None, len(score), 0.95, method
            )
        return found


def fit_quality(
    y: np.ndarray,
    score: np.ndarray,
    threshold: float = 0.5,
    frame: pd.DataFrame | None = None,
    costs: Costs | None = None,
) -> QualityEstimator:
    """Learn on labelled reference rows what the model's confidence means.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
        1 or 0; rows with an unknown label (NaN) are left out.
    score : ndarray of float, shape (n,)
        Predicted probability, in [0, 1].
    threshold : float
    frame : DataFrame, n rows, optional
        Inputs, to follow shifts of the inputs.
    costs : Costs, optional

    Returns
    -------
    QualityEstimator

    Raises
    ------
    ValueError
        With fewer than 50 labelled rows, or labels of one kind only.
    """
    y, score = np.asarray(y, dtype=float), np.asarray(score, dtype=float)
    known = np.isfinite(y) & np.isfinite(score)
    if known.sum() < LEAST_ROWS or len(np.unique(y[known])) < 2:
        raise ValueError(
            f"the reference has {int(known.sum())} labelled rows of "
            f"{len(np.unique(y[known]))} kinds; at least {LEAST_ROWS} of both kinds are needed"
        )
    rows = None if frame is None else frame.loc[known].reset_index(drop=True)
    model = _mapped(score[known], y[known], None)
    return QualityEstimator(y[known], score[known], rows, threshold, costs or Costs(), model)


def _mapped(score: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> IsotonicRegression:
    model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    return model.fit(score, y, sample_weight=weight)
