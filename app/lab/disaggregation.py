"""Metrics group by group, and the gaps between groups, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from app.lab.calibration import Bin
from app.lab.clustered import (
    FEWEST_COUNTED,
    LEVEL,
    SMALL,
    Weighted,
    difference,
    ratio,
    weighted,
)
from app.lab.estimate import Estimate
from app.lab.group_metric import GROUP_METRICS, GroupMetric, metrics_for
from app.lab.intervals import holm
from app.lab.outcomes import Outcomes

REST = "the rest"
SURE = 0.05


@dataclass(frozen=True)
class Group:
    """One group of rows with its metrics by key."""

    name: str
    n: int
    values: Mapping[str, Estimate]


@dataclass(frozen=True)
class Contrast:
    """One group against another, or against all other rows.

    Parameters
    ----------
    metric, group, other : str
    difference : Estimate
        Group minus other, at 95 %, not corrected.
    p_value : float
        Two-sided, corrected by Holm for everything compared; NaN when n is too small to say.
    """

    metric: str
    group: str
    other: str
    difference: Estimate
    p_value: float

    @property
    def proven(self) -> bool:
        """Whether it holds after correction."""
        return self.p_value < SURE


@dataclass(frozen=True)
class Gap:
    """The gap of one metric between two groups.

    Parameters
    ----------
    metric, high, low : str
        Groups with the higher and the lower value.
    difference : Estimate
        High minus low; its interval allows for all pairs of groups (Bonferroni).
    ratio : Estimate or None
        Low over high, for shares.
    p_value : float
        Corrected by Holm for all pairs and metrics.
    """

    metric: str
    high: str
    low: str
    difference: Estimate
    ratio: Estimate | None
    p_value: float

    @property
    def proven(self) -> bool:
        """Whether it holds after correction."""
        return self.p_value < SURE


@dataclass(frozen=True)
class Disaggregation:
    """Metrics by group and what differs between groups.

    Parameters
    ----------
    groups : tuple of Group
    gaps : tuple of Gap
        For each metric the two groups furthest apart: max minus min over the groups.
    proven : tuple of Gap
        For each metric with any, the widest gap that holds after correction.
    rest : tuple of Contrast
        Every group against all other rows.
    """

    groups: tuple[Group, ...]
    gaps: tuple[Gap, ...]
    proven: tuple[Gap, ...]
    rest: tuple[Contrast, ...]

    def value(self, group: str, metric: str) -> Estimate:
        """Return one metric of one group."""
        return next(g for g in self.groups if g.name == group).values[metric]

    def gap(self, metric: str) -> Gap | None:
        """Return the widest gap of a metric, None when fewer than two groups can be told."""
        return next((g for g in self.gaps if g.metric == metric), None)

    def proven_gap(self, metric: str) -> Gap | None:
        """Return the widest gap of a metric that holds after correction, None without one."""
        return next((g for g in self.proven if g.metric == metric), None)

    def against_rest(self, group: str, metric: str) -> Contrast | None:
        """Return one group against all other rows."""
        return next((c for c in self.rest if c.group == group and c.metric == metric), None)


def too_small(found: Estimate) -> bool:
    """Return whether a number is withheld because its n is too small.

    Parameters
    ----------
    found : Estimate

    Returns
    -------
    bool
    """
    return found.method.startswith(SMALL)


def disaggregate(
    outcomes: Outcomes,
    groups: Mapping[str, np.ndarray],
    metrics: Sequence[str] | None = None,
    families: int = 1,
) -> Disaggregation:
    """Tell metrics group by group, and what differs between groups.

    Shares get Wilson intervals, means t intervals, both robust to rows of one block being alike;
    differences allow for blocks that groups have in common.

    Parameters
    ----------
    outcomes : Outcomes, n rows
    groups : mapping of str to ndarray of bool, shape (n,)
        May overlap (slices) or not (levels of a column).
    metrics : sequence of str, optional
        Keys of `GROUP_METRICS`; those of the kind of problem when left out.
    families : int
        How many such comparisons are made in all (columns): p values and the intervals of gaps
        allow for their number, too.

    Returns
    -------
    Disaggregation
        A group with fewer than 30 rows, 10 counted ones or 5 blocks gets no number.

    Raises
    ------
    KeyError
        If a metric is not known.

    References
    ----------
    Barocas, Hardt & Narayanan, Fairness and Machine Learning, https://fairmlbook.org
    Definitions of the gaps as in fairlearn, https://fairlearn.org/main/user_guide/assessment
    """
    known = metrics_for(outcomes.form)
    wanted = known if metrics is None else tuple(GROUP_METRICS[key] for key in metrics)
    codes = np.unique(outcomes.blocks, return_inverse=True)[1]
    inside: dict[str, dict[str, Weighted]] = {name: {} for name in groups}
    outside: dict[str, dict[str, Weighted]] = {name: {} for name in groups}
    for metric in wanted:
        values, weights = metric.counted(outcomes)
        for name, mask in groups.items():
            inside[name][metric.key] = weighted(values, weights, mask, codes, metric.share)
            outside[name][metric.key] = weighted(values, weights, ~mask, codes, metric.share)
    told = tuple(
        Group(name, int(mask.sum()), {k: w.estimate() for k, w in inside[name].items()})
        for name, mask in groups.items()
    )
    gaps, proven = _gaps(inside, wanted, families)
    return Disaggregation(told, gaps, proven, _against_rest(inside, outside, families))


def _gaps(
    inside: Mapping[str, Mapping[str, Weighted]], metrics: Sequence[GroupMetric], families: int
) -> tuple[tuple[Gap, ...], tuple[Gap, ...]]:
    found: list[Gap] = []
    for metric in metrics:
        telling = [name for name in inside if not inside[name][metric.key].small]
        pairs = list(combinations(telling, 2))
        for pair in pairs:
            level = 1 - (1 - LEVEL) / (families * len(pairs))
            found.append(_gap(metric, pair, inside, level))
    corrected = np.minimum(families * holm([gap.p_value for gap in found]), 1.0)
    sure = [
        Gap(g.metric, g.high, g.low, g.difference, g.ratio, float(p))
        for g, p in zip(found, corrected, strict=True)
    ]
    return _widest(sure), _widest([g for g in sure if g.proven])


def _gap(
    metric: GroupMetric,
    pair: tuple[str, str],
    inside: Mapping[str, Mapping[str, Weighted]],
    level: float,
) -> Gap:
    low, high = sorted(pair, key=lambda name: inside[name][metric.key].value)
    a, b = inside[high][metric.key], inside[low][metric.key]
    apart, p = difference(a, b, level)
    return Gap(metric.key, high, low, apart, ratio(b, a, level) if metric.share else None, p)


def _widest(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    best: dict[str, Gap] = {}
    for gap in gaps:
        if gap.metric not in best or gap.difference.value > best[gap.metric].difference.value:
            best[gap.metric] = gap
    return tuple(best.values())


def _against_rest(
    inside: Mapping[str, Mapping[str, Weighted]],
    outside: Mapping[str, Mapping[str, Weighted]],
    families: int,
) -> tuple[Contrast, ...]:
    found = [
        (metric, name, *difference(one, outside[name][metric]))
        for name, values in inside.items()
        for metric, one in values.items()
    ]
    corrected = np.minimum(families * holm([p for *_, p in found]), 1.0)
    return tuple(
        Contrast(metric, name, REST, apart, float(p))
        for (metric, name, apart, _), p in zip(found, corrected, strict=True)
    )


def group_calibration(outcomes: Outcomes, mask: np.ndarray, bins: int = 5) -> tuple[Bin, ...]:
    """Return what happened by what was predicted, for the rows of one group.

    Parameters
    ----------
    outcomes : Outcomes, n rows
    mask : ndarray of bool, shape (n,)
    bins : int
        At most this many, of about equal count; equal predictions share a bin.

    Returns
    -------
    tuple of Bin
        With intervals that are robust to rows of one block being alike. Empty for lists, whose
        scores have no unit, and for fewer than ten rows a bin.
    """
    if outcomes.form == "ranking" or mask.sum() < bins * FEWEST_COUNTED:
        return ()
    score, happened = outcomes.score, outcomes.happened
    codes = np.unique(outcomes.blocks, return_inverse=True)[1]
    edges = np.unique(np.quantile(score[mask], np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.where(mask, np.searchsorted(edges, score, side="right"), -1)
    share, ones = outcomes.form != "regression", np.ones(outcomes.size)
    found = []
    for number in np.unique(place[mask]):
        rows = place == number
        told = replace(weighted(happened, ones, rows, codes, share), small="")
        found.append(Bin(float(score[rows].mean()), told.estimate()))
    return tuple(found)
