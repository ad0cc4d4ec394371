"""What it may mean to treat groups alike: one entry each, and none of them is the right one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.lab.disaggregation import Disaggregation, Gap


@dataclass(frozen=True)
class Criterion:
    """One meaning of alike.

    Parameters
    ----------
    key, title : str
    metrics : tuple of str
        Metrics whose gaps it looks at; the widest counts.
    forms : tuple of str
        Kinds of problem it is told for.
    means : str
        What it asks for, in one sentence.
    """

    key: str
    title: str
    metrics: tuple[str, ...]
    forms: tuple[str, ...]
    means: str

    def gap(self, found: Disaggregation) -> Gap | None:
        """Return the gap it looks at: a proven one where there is any, else the widest."""
        proven = [g for g in map(found.proven_gap, self.metrics) if g is not None]
        gaps = proven or [g for g in map(found.gap, self.metrics) if g is not None]
        return max(gaps, key=lambda g: g.difference.value, default=None)


CRITERIA: Mapping[str, Criterion] = {
    c.key: c
    for c in (
        Criterion(
            "demographic_parity",
            "Demographic parity",
            ("selection_rate",),
            ("binary", "multiclass", "ranking"),
            "Every group is acted upon (answered alone, shown) equally often, whatever happened.",
        ),
        Criterion(
            "equal_opportunity",
            "Equal opportunity",
            ("recall",),
            ("binary", "ranking"),
            "Of the cases that happened, equally many are caught in every group.",
        ),
        Criterion(
            "equalized_odds",
            "Equalised odds",
            ("recall", "false_alarm_rate"),
            ("binary",),
            "Cases are caught, and quiet rows alarmed, equally often; the wider gap counts.",
        ),
        Criterion(
            "predictive_parity",
            "Predictive parity",
            ("precision",),
            ("binary", "multiclass"),
            "Where it acts (answers), it is right equally often in every group.",
        ),
        Criterion(
            "calibration_by_group",
            "Calibration by group",
            ("calibration_gap",),
            ("binary", "multiclass"),
            "A prediction means the same in every group: neither too high nor too low for any.",
        ),
        Criterion(
            "accuracy_parity",
            "Accuracy parity",
            ("accuracy",),
            ("multiclass",),
            "The likeliest class is right equally often in every group.",
        ),
        Criterion(
            "equal_bias",
            "Equal bias",
            ("bias",),
            ("regression",),
            "Predictions lean up or down equally far in every group.",
        ),
        Criterion(
            "equal_error",
            "Equal error",
            ("absolute_error",),
            ("regression",),
            "Predictions are equally far off in every group.",
        ),
        Criterion(
            "equal_quality",
            "Equal quality of lists",
            ("ndcg",),
            ("ranking",),
            "Lists are equally well ordered for every group.",
        ),
        Criterion(
            "equal_cost",
            "Equal cost",
            ("cost",),
            ("binary", "multiclass", "regression", "ranking"),
            "A decision costs equally much in every group, by the costs of the framing.",
        ),
    )
}


def criteria_for(form: str) -> tuple[Criterion, ...]:
    """Return the meanings of alike that can be told for a kind of problem."""
    return tuple(c for c in CRITERIA.values() if form in c.forms)
