"""One sensitive column as it is looked at: its groups, their metrics, and how numbers read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.lab.disaggregation import Disaggregation, too_small
from app.lab.estimate import Estimate
from app.lab.group_metric import GROUP_METRICS
from app.lab.group_threshold import GroupThreshold
from app.record.number import readable

POINTS = "points"
PER = 1000


@dataclass(frozen=True)
class Looked:
    """One sensitive column with what was found over it."""

    column: str
    place: int
    groups: Mapping[str, np.ndarray]
    found: Disaggregation
    thresholds: tuple[GroupThreshold, ...]

    def left_out(self, metrics: tuple[str, ...]) -> str:
        """Name the groups of which one of the metrics cannot be told."""
        small = [
            group.name
            for group in self.found.groups
            if any(too_small(group.values[key]) for key in metrics)
        ]
        return ", ".join(small)


def scale_of(metric: str) -> float:
    """Return what a metric is multiplied with: points of a hundred, costs of a thousand decisions."""
    return {"share": 100.0, "currency": float(PER)}.get(GROUP_METRICS[metric].unit, 1.0)


def unit_of(metric: str, currency: str) -> str:
    """Return the unit in which a gap of a metric is told."""
    return {"share": POINTS, "currency": f"{currency} per 1,000"}.get(
        GROUP_METRICS[metric].unit, ""
    )


def scaled(value: float | None, metric: str) -> float | None:
    """Return a number of a metric in the unit in which it is told, None where it cannot be."""
    if value is None or not np.isfinite(value):
        return None
    return value * scale_of(metric)


def in_unit(found: Estimate, metric: str) -> Estimate:
    """Return an estimate in the unit in which it is told."""
    scale = scale_of(metric)
    low, high = (None if end is None else end * scale for end in (found.low, found.high))
    return Estimate(found.value * scale, low, high, found.n, found.level, found.method)


def told(found: Estimate, metric: str, currency: str) -> str:
    """Return an estimate of a gap in words, with its interval."""
    value, low, high = (scaled(v, metric) for v in (found.value, found.low, found.high))
    if value is None:
        return "too few rows"
    unit = unit_of(metric, currency)
    words = f"{readable(value)} {unit}".strip()
    return words if low is None else f"{words} ({readable(low)} to {readable(high)})"
