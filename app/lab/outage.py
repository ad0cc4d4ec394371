"""What an outage costs: the decisions it touches times what each is worse by."""

from __future__ import annotations

from dataclasses import dataclass

from app.lab.capacity import Volume
from app.lab.estimate import Estimate


@dataclass(frozen=True)
class Outage:
    """What an outage of one length costs under one fallback.

    Parameters
    ----------
    minutes : float
    decisions : float
        How many it touches, beginning in busy hours at the mean rate.
    taken : float
        How many of them the fallback takes; the rest stays undone.
    extra : Estimate
        Cost beyond the full model, in currency.
    """

    minutes: float
    decisions: float
    taken: float
    extra: Estimate


def outage(
    minutes: float,
    volume: Volume,
    worse_by: Estimate,
    undone_by: Estimate | None = None,
    per_hour: float = 0.0,
) -> Outage:
    """Return what an outage costs.

    Parameters
    ----------
    minutes : float
        From 0 to a day.
    volume : Volume
    worse_by : Estimate
        Extra cost of 1,000 decisions by the fallback against the full model.
    undone_by : Estimate, optional
        Extra cost of 1,000 decisions that nobody takes, for a fallback of limited capacity.
    per_hour : float
        Decisions an hour that the fallback takes at most; 0 for all.

    Returns
    -------
    Outage
        The ends of the interval add up as if both parts erred the same way: it is rather too
        wide than too narrow.
    """
    decisions = volume.within(minutes)
    taken = decisions
    if per_hour > 0 and undone_by is not None:
        taken = min(decisions, per_hour * minutes / 60)
    extra = _scaled(worse_by, taken / 1000)
    if undone_by is not None and taken < decisions:
        extra = _added(extra, _scaled(undone_by, (decisions - taken) / 1000))
    return Outage(minutes, decisions, taken, extra)


def _scaled(found: Estimate, by: float) -> Estimate:
    low = None if found.low is None else found.low * by
    high = None if found.high is None else found.high * by
    return Estimate(found.value * by, low, high, found.n, found.level, found.method)


def _added(a: Estimate, b: Estimate) -> Estimate:
    low = None if a.low is None or b.low is None else a.low + b.low
    high = None if a.high is None or b.high is None else a.high + b.high
    return Estimate(a.value + b.value, low, high, a.n, a.level, a.method)
