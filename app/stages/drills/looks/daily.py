"""Values by day of what can be seen, and the charts that are drawn of them."""

from __future__ import annotations

import numpy as np

from app.record.chart import Axis, Chart, Guide, Role, Series
from app.stages.drills.archive import View

LEAST = 3


def by_day(view: View, values: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
    """Return the mean of each day until now; NaN with too few rows."""
    known = np.isfinite(values) & view.log["arrived"].to_numpy(bool)
    if rows is not None:
        known &= rows
    days, count = view.log["day"].to_numpy(int)[known], len(view.days)
    total = np.bincount(days, weights=values[known], minlength=count)[:count]
    n = np.bincount(days, minlength=count)[:count]
    return np.where(n >= LEAST, total / np.maximum(n, 1), np.nan)


def counts(view: View, rows: np.ndarray | None = None) -> np.ndarray:
    """Return how many requests of each day until now."""
    here = view.log["arrived"].to_numpy(bool) if rows is None else rows
    count = len(view.days)
    return np.bincount(view.log["day"].to_numpy(int)[here], minlength=count)[:count].astype(float)


def axis_of(view: View) -> Axis:
    """Return the axis of days: dates where there are any."""
    made_up = view.days[0].startswith("day")
    return Axis(label="Day", kind="category" if made_up else "date")


def line(name: str, view: View, values: np.ndarray, role: Role = "main") -> Series:
    """Return a line over the days."""
    return Series(name=name, mark="line", x=view.days, y=np.round(values, 6), role=role)


def daily_chart(
    view: View, key: str, title: str, says: str, label: str, *series: Series, share: bool = False
) -> Chart:
    """Return a chart over the days, with today marked: it is not over yet."""
    return Chart(
        key=key,
        title=title,
        says=says,
        x=axis_of(view),
        y=Axis(label=label, kind="share" if share else "number"),
        series=series,
        guides=(Guide(axis="x", at=view.days[-1], label="today", role="muted"),),
    )
