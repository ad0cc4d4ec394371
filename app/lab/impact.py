"""What an alert would cost a day: how much moved, how much it matters, what is at stake."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from app.lab.monitors.catalogue import MONITORS

Severity = Literal["benign", "watch", "page"]
SEVERITIES: tuple[Severity, ...] = ("benign", "watch", "page")


@dataclass(frozen=True)
class Stakes:
    """What a day of production is worth.

    Parameters
    ----------
    per_day : float
        Requests a day.
    worth : float
        What the model saves on each, against an answer that looks at nothing; in currency.
    below : float
        What each costs more when the first fallback answers.
    cost : float
        Usual cost of each.
    swing : float
        What the other decision would change on each, on average.
    loss : float
        Usual mean loss.
    importance : mapping of str to float
        Share of each input in the answers.
    shares : mapping of str to float
        Share of the requests in each slice under watch.
    watch_share, page_share : float
        Of the usual cost of a day: from what impact on an alert is worth watching, and a page.
    """

    per_day: float
    worth: float
    below: float
    cost: float
    swing: float
    loss: float
    importance: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    watch_share: float = 0.02
    page_share: float = 0.1

    @property
    def usual(self) -> float:
        """What a day usually costs, in currency."""
        return self.per_day * self.cost


Weigh = Callable[[str, float, float, float | None, Stakes], float]


def _of_column(name: str, value: float, usual: float, moved: float | None, at: Stakes) -> float:
    """Share of the rows that moved, times the weight of the column, times what the model is worth."""
    share = abs(value - usual) if moved is None else moved
    return share * at.importance.get(name, 0.0) * at.worth


def _of_all(name: str, value: float, usual: float, moved: float | None, at: Stakes) -> float:
    share = abs(value - usual) if moved is None else moved
    return share * at.worth


def _of_decisions(name: str, value: float, usual: float, moved: float | None, at: Stakes) -> float:
    return abs(value - usual) * at.swing


def _fallback(name: str, value: float, usual: float, moved: float | None, at: Stakes) -> float:
    return max(value - usual, 0.0) * at.below


def _unanswered(name: str, value: float, usual: float, moved: float | None, at: Stakes) -> float:
    return max(value - usual, 0.0) * at.worth


def _volume(name: str, value: float, usual: float, moved: float | None, at: Stakes) -> float:
    return max(1.0 - float(np.exp(value - usual)), 0.0) * at.worth


def _loss(name: str, value: float, usual: float, moved: float | None, at: Stakes) -> float:
    if at.loss <= 0:
        return 0.0
    return max(value - usual, 0.0) / at.loss * abs(at.cost)


def _money(name: str, value: float, usual: float, moved: float | None, at: Stakes) -> float:
    return max(value - usual, 0.0) / 1000


def _stale(name: str, value: float, usual: float, moved: float | None, at: Stakes) -> float:
    """A value twice as old as usual says half as much; the column weighs what it weighs."""
    weight = at.importance.get(name, 0.0)
    return max(1.0 - float(np.exp(usual - value)), 0.0) * weight * at.worth


def _slice(name: str, value: float, usual: float, moved: float | None, at: Stakes) -> float:
    """The signal of a slice is named "slice: what"."""
    slice_name, _, kind = name.rpartition(": ")
    share = at.shares.get(slice_name, 0.0)
    if kind.startswith("cost"):
        return max(value - usual, 0.0) / 1000 * share
    if kind.startswith("share"):
        return max(usual - value, 0.0) * at.worth
    if kind.startswith("missing"):
        return min(abs(value - usual), 1.0) * share * at.worth
    return min(abs(value - usual), 1.0) * share * at.swing


def _nothing(name: str, value: float, usual: float, moved: float | None, at: Stakes) -> float:
    return 0.0


_WEIGHS: Mapping[str, Weigh] = {
    "volume": _volume,
    "failures": _unanswered,
    "fallback": _fallback,
    "latency": _nothing,
    "versions": _of_all,
    "complaints": _nothing,
    "charge": _money,
    "waiting": _nothing,
    "freshness": _stale,
    "domain": _of_all,
    "mean_prediction": _of_all,
    "prediction_drift": _of_all,
    "acted": _of_decisions,
    "skew": _of_all,
    "estimated": _loss,
    "labels": _nothing,
    "target": _nothing,
    "loss": _loss,
    "calibration": _of_decisions,
    "cost": _money,
    "cohort": _slice,
    "cohort_cost": _slice,
}


def impact_of(
    monitor: str, name: str, value: float, usual: float, moved: float | None, stakes: Stakes
) -> float:
    """Return what a change is expected to cost.

    Parameters
    ----------
    monitor, name : str
        Whose signal it is.
    value, usual : float
        Of the signal.
    moved : float or None
        Share of the rows that moved beyond what usually does, where it is known.
    stakes : Stakes

    Returns
    -------
    float
        Currency a day. Of inputs: drift × importance × what the model is worth, an upper bound of
        what can be lost by them; of costs: what is really lost. 0 where a change costs nothing by
        itself, such as late labels.
    """
    return stakes.per_day * _WEIGHS.get(monitor, _of_column)(name, value, usual, moved, stakes)


def severity_of(monitor: str, impact: float, stakes: Stakes) -> Severity:
    """Return how an alert is graded.

    Parameters
    ----------
    monitor : str
    impact : float
        Currency a day.
    stakes : Stakes

    Returns
    -------
    {"benign", "watch", "page"}
        By what it costs, and at least what the monitor says: some things blind you first.
    """
    usual = abs(stakes.usual)
    found: Severity = "benign"
    if impact >= stakes.watch_share * usual and impact > 0:
        found = "watch"
    if impact >= stakes.page_share * usual and impact > 0:
        found = "page"
    least = MONITORS[monitor].least
    return max(found, least, key=SEVERITIES.index)
