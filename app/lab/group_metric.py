"""The metrics that can be told group by group, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from app.lab.outcomes import Outcomes

# Values and weights a row: a metric is their weighted mean over the rows of a group.
Counted = Callable[[Outcomes], tuple[np.ndarray, np.ndarray]]
YES_OR_NO = ("binary", "ranking")
DECIDED = ("binary", "multiclass", "ranking")
ALL = ("binary", "multiclass", "regression", "ranking")


@dataclass(frozen=True)
class GroupMetric:
    """One metric that can be told group by group.

    Parameters
    ----------
    key, title : str
    unit : {"share", "currency", "target", ""}
    forms : tuple of str
        Kinds of problem it is told for.
    explanation : str
        One plain sentence.
    counted : callable
        Takes the outcomes; returns values and weights, each of shape (n,).
    share : bool
        Whether it is a share of counted rows.
    """

    key: str
    title: str
    unit: str
    forms: tuple[str, ...]
    explanation: str
    counted: Counted
    share: bool = True


def _every(o: Outcomes) -> np.ndarray:
    return np.ones(o.size)


def _off(o: Outcomes) -> np.ndarray:
    return np.asarray(o.prediction - o.y)


GROUP_METRICS: Mapping[str, GroupMetric] = {
    m.key: m
    for m in (
        GroupMetric(
            "base_rate",
            "Base rate",
            "share",
            YES_OR_NO,
            "Share of the rows in which it happened.",
            lambda o: (o.happened, _every(o)),
        ),
        GroupMetric(
            "mean_outcome",
            "Mean outcome",
            "target",
            ("regression",),
            "Mean of the target.",
            lambda o: (o.y, _every(o)),
            share=False,
        ),
        GroupMetric(
            "accuracy",
            "Right (accuracy)",
            "share",
            ("multiclass",),
            "Share of the rows whose likeliest class is right, answered alone or not.",
            lambda o: (o.happened, _every(o)),
        ),
        GroupMetric(
            "selection_rate",
            "Acted upon (selection rate)",
            "share",
            DECIDED,
            "Share of the rows that are acted upon; answered without a person for several classes; "
            "shown at the top for lists.",
            lambda o: (o.acts.astype(float), _every(o)),
        ),
        GroupMetric(
            "precision",
            "Right where acted (precision)",
            "share",
            DECIDED,
            "Share of the rows acted upon in which it happened.",
            lambda o: (o.happened, o.acts.astype(float)),
        ),
        GroupMetric(
            "recall",
            "Caught (recall)",
            "share",
            YES_OR_NO,
            "Share of the cases that happened which were acted upon; the true positive rate.",
            lambda o: (o.acts.astype(float), o.happened),
        ),
        GroupMetric(
            "false_alarm_rate",
            "False alarms",
            "share",
            ("binary",),
            "Share of the rows in which nothing happened that were acted upon all the same; the "
            "false positive rate.",
            lambda o: (o.acts.astype(float), 1 - o.happened),
        ),
        GroupMetric(
            "calibration_gap",
            "Predicted minus happened",
            "share",
            ("binary", "multiclass"),
            "Mean prediction minus mean outcome: above zero the predictions are too high.",
            lambda o: (o.score - o.happened, _every(o)),
            share=False,
        ),
        GroupMetric(
            "bias",
            "Mean error (bias)",
            "target",
            ("regression",),
            "Mean of prediction minus actual: above zero is too high.",
            lambda o: (_off(o), _every(o)),
            share=False,
        ),
        GroupMetric(
            "absolute_error",
            "Mean absolute error",
            "target",
            ("regression",),
            "How far off a prediction is on average.",
            lambda o: (np.abs(_off(o)), _every(o)),
            share=False,
        ),
        GroupMetric(
            "ndcg",
            "nDCG@10",
            "",
            ("ranking",),
            "How close the order is to the best one; a list counts by its share of the group.",
            lambda o: o.list_quality,
            share=False,
        ),
        GroupMetric(
            "cost",
            "Cost per decision",
            "currency",
            ALL,
            "Mean cost of a decision under the costs of the framing.",
            lambda o: (o.cost, _every(o)),
            share=False,
        ),
    )
}


def metrics_for(form: str) -> tuple[GroupMetric, ...]:
    """Return the metrics that are told for a kind of problem.

    Parameters
    ----------
    form : {"binary", "multiclass", "regression", "ranking"}

    Returns
    -------
    tuple of GroupMetric
    """
    return tuple(m for m in GROUP_METRICS.values() if form in m.forms)
