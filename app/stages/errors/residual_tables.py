"""Errors of numbers by group and by day, as tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.lab.residual import Errors, worst_days
from app.record.table import Column, Table
from app.stages.errors.scene import Scene

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def errors_table(key: str, title: str, label: str, found: Sequence[Errors]) -> Table:
    """Write down mean error and mean size of errors by group."""
    return Table(
        key=key,
        title=title,
        columns=(
            Column(key="group", label=label, kind="text"),
            Column(key="n", label="Rows", kind="integer"),
            Column(key="actual", label="Actual, mean"),
            Column(key="predicted", label="Predicted, mean"),
            Column(key="bias", label="Mean error"),
            Column(key="bias_low", label="from"),
            Column(key="bias_high", label="to"),
            Column(key="size", label="Mean absolute error"),
            Column(key="low", label="from"),
            Column(key="high", label="to"),
        ),
        rows=tuple(
            (
                e.name,
                e.n,
                e.actual,
                e.predicted,
                e.bias.value,
                e.bias.low,
                e.bias.high,
                e.size.value,
                e.size.low,
                e.size.high,
            )
            for e in found
        ),
        note="Out-of-fold rows; single intervals, not corrected for the number of groups. No number: "
        "fewer than 30 rows, or fewer than 5 days (groups).",
    )


def day_table(scene: Scene, times: np.ndarray) -> Table:
    """Write down the days that cost most."""
    days = worst_days(times, scene.y, scene.prediction, scene.cost)
    total = float(scene.cost.sum())
    return Table(
        key="worst_days",
        title="The worst days",
        columns=(
            Column(key="day", label="Day", kind="text"),
            Column(key="weekday", label="", kind="text"),
            Column(key="n", label="Rows", kind="integer"),
            Column(key="actual", label="Actual, mean"),
            Column(key="predicted", label="Predicted, mean"),
            Column(key="error", label="Predicted minus actual"),
            Column(key="cost", label="Cost of the day", kind="currency"),
            Column(key="share", label="Share of all cost", kind="share"),
        ),
        rows=tuple(
            (
                day.day,
                WEEKDAYS[(int(np.datetime64(day.day, "D").astype(np.int64)) + 3) % 7],
                day.n,
                day.actual,
                day.predicted,
                day.error,
                day.cost,
                day.cost / total if total > 0 else None,
            )
            for day in days
        ),
        note="Out-of-fold days only, dearest first. What happened on them that the columns do not say?",
    )
