"""What is learned from quiet days before anything is watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.monitors.domain import Discriminant, fit_discriminant
from app.lab.monitors.rolling import counts
from app.lab.monitors.view import View
from app.lab.stream import LEAST_PER_DAY, usual_width
from app.lab.watching.profile import ColumnCounts, Profile
from app.lab.watching.shape import ColumnShape, learn_shapes

BINS = 16
LEVELS = 20
SCORE_BINS = 20
SCORE = "score"
WIDTHS = {"day": 1, "week": 7, "month": 28}


@dataclass(frozen=True)
class Reference:
    """The past that every day is compared with.

    Parameters
    ----------
    shapes : mapping of str to ColumnShape
        Of the inputs.
    totals : mapping of str to ColumnCounts
        One chunk each: all quiet days together.
    score_shape, score_total
        The same of the prediction.
    slow : tuple of float
        Median and 99th percentile of the usual latency in milliseconds.
    version : int
        The version that should answer.
    loss_edges, loss_of : ndarray
        Mean loss by bins of the prediction: what is expected before labels are in.
    discriminant : Discriminant or None
        None where there are too few rows or no columns.
    feeds : mapping of str to float
        Median age of each source in hours.
    weights : mapping of str to float
        What each column matters, summing to 1.
    score_spread : float
        Usual standard deviation of the answers.
    window : int or None
        Compare with this many days before each day instead of with all of the past.
    width, label_width : int
        Days taken together for what is seen at once, and for what waits for labels.
    """

    shapes: Mapping[str, ColumnShape]
    totals: Mapping[str, ColumnCounts]
    score_shape: ColumnShape | None
    score_total: ColumnCounts | None
    slow: tuple[float, float]
    version: int
    loss_edges: np.ndarray
    loss_of: np.ndarray
    discriminant: Discriminant | None
    feeds: Mapping[str, float]
    weights: Mapping[str, float]
    score_spread: float
    window: int | None
    width: int
    label_width: int

    def expected_loss(self, score: np.ndarray) -> np.ndarray:
        """Return the loss expected of each row by its prediction alone.

        Parameters
        ----------
        score : ndarray of float, shape (n,)

        Returns
        -------
        ndarray of float, shape (n,)
            NaN where nothing was predicted.
        """
        bins = np.searchsorted(self.loss_edges, score, side="right")
        return np.where(np.isfinite(score), self.loss_of[bins], np.nan)


def learn_reference(
    past: View,
    weights: Mapping[str, float],
    window: int | None,
    chunk: str = "auto",
) -> Reference:
    """Learn what is usual from quiet days.

    Parameters
    ----------
    past : View
    weights : mapping of str to float
        Importance by column; pairs of the most important are looked at together.
    window : int or None
        Days to compare with; None for all of the past.
    chunk : {"auto", "day", "week", "month"}
        How many days are taken together.

    Returns
    -------
    Reference
    """
    rows = past.world.rows
    shapes = learn_shapes(rows, bins=BINS, levels=LEVELS)
    profile = Profile.of(rows, shapes)
    known = np.isfinite(past.score)
    scores = {SCORE: pd.Series(past.score[known])}
    score_shapes = (
        learn_shapes(pd.DataFrame(scores), bins=BINS, levels=LEVELS) if known.any() else {}
    )
    score_counts = Profile.of(scores, score_shapes).columns if score_shapes else {}
    edges, usual = _loss_by_score(past)
    latency = past.answers.latency_ms
    days = past.world.days
    width = width_of(past, chunk)
    return Reference(
        shapes,
        profile.columns,
        score_shapes.get(SCORE),
        score_counts.get(SCORE),
        (float(np.quantile(latency, 0.5)), float(np.quantile(latency, 0.99))),
        int(np.bincount(past.answers.version).argmax()),
        edges,
        usual,
        fit_discriminant(rows, shapes, weights),
        {name: float(np.median(ages)) for name, ages in past.world.feed_age_hours.items()},
        weights,
        max(float(past.score[known].std()), 1e-9) if known.any() else 1.0,
        window,
        width,
        max(width, usual_width(days)),
    )


def width_of(past: View, chunk: str) -> int:
    """Return over how many steps rows are taken together.

    Parameters
    ----------
    past : View
    chunk : {"auto", "day", "week", "month"}
        ``"auto"`` takes the narrowest with 15 rows in a typical window.

    Returns
    -------
    int
    """
    days = past.world.days
    offered = list(dict.fromkeys(max(1, round(w / days.length)) for w in WIDTHS.values()))
    if chunk != "auto":
        return max(1, round(WIDTHS[chunk] / days.length))
    rows = counts(past.place, days.count)
    for width in offered:
        window = np.convolve(rows, np.ones(width))[width - 1 : days.count]
        if len(window) and np.median(window) >= LEAST_PER_DAY:
            return width
    return offered[-1]


def _loss_by_score(past: View) -> tuple[np.ndarray, np.ndarray]:
    known = np.isfinite(past.score) & np.isfinite(past.loss)
    score, loss = past.score[known], past.loss[known]
    if not len(score):
        return np.empty(0), np.array([np.nan])
    bins = int(np.clip(len(score) // 30, 1, SCORE_BINS))
    edges = np.unique(np.quantile(score, np.linspace(0, 1, bins + 1)[1:-1]))
    places = np.searchsorted(edges, score, side="right")
    rows = np.bincount(places, minlength=len(edges) + 1)
    sums = np.bincount(places, weights=loss, minlength=len(edges) + 1)
    return edges, np.where(rows > 0, sums / np.maximum(rows, 1), loss.mean())
