"""Errors of numbers by the text column, or weekday, that tells most about their size."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.lab.groups import groups_of
from app.lab.residual import errors_by
from app.record.chart import Axis, Chart, Series
from app.record.number import readable
from app.stages.errors.residual_tables import errors_table
from app.stages.errors.scene import Scene
from app.stages.part import Part

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SEGMENTS = 12
FEWEST = 30


def by_segment(scene: Scene) -> Part:
    """Draw how far off it is by the text column, or weekday, that tells most."""
    found = _strongest(scene)
    if found is None:
        return Part()
    column, groups = found
    told = errors_by(groups, scene.y, scene.prediction, scene.blocks)
    shown = sorted(
        (e for e in told if e.size.low is not None), key=lambda e: e.size.value, reverse=True
    )
    if len(shown) < 2:
        return Part()
    chart = Chart(
        key="residual_segment",
        title=f"How far off is it by {column}?",
        says=f"Furthest off for {shown[0].name}: {readable(shown[0].size.value)} on average "
        f"(n = {shown[0].n:,}). Of all texts and weekdays, {column} tells most about the size of "
        "errors; that is a search; slices are proven.",
        x=Axis(label="Mean absolute error"),
        y=Axis(label="", kind="category"),
        series=(
            Series(
                name="Mean absolute error",
                mark="point",
                x=[e.size.value for e in shown],
                y=[f"{e.name} (n = {e.n:,})" for e in shown],
                low=[e.size.low for e in shown],
                high=[e.size.high for e in shown],
            ),
        ),
        horizontal=True,
    )
    table = errors_table("residual_segment", f"Errors by {column}", column, told)
    return Part(tables=(table,), charts=(chart,))


def _strongest(scene: Scene) -> tuple[str, dict[str, np.ndarray]] | None:
    """Return the text column, or the weekday, that tells most about the size of errors."""
    candidates: dict[str, pd.Series] = {
        str(name): scene.rows[name]
        for name in scene.rows.columns
        if not pd.api.types.is_numeric_dtype(scene.rows[name])
        and not pd.api.types.is_datetime64_any_dtype(scene.rows[name])
    }
    times = scene.problem.times
    if times is not None:
        numbers = (times[scene.seen].astype("datetime64[D]").astype(np.int64) + 3) % 7
        words = pd.Series(np.array(WEEKDAYS, dtype=object)[numbers % 7])
        candidates["weekday"] = words.mask(np.isnat(times[scene.seen]))
    size = np.abs(scene.prediction - scene.y)
    best, strength = None, 0.0
    for name, series in candidates.items():
        groups = groups_of(series, SEGMENTS)
        found = _between(size, groups)
        if found > strength:
            best, strength = (name, groups), found
    return best


def _between(size: np.ndarray, groups: dict[str, np.ndarray]) -> float:
    """Return F of the error size over groups with enough rows: what lies between them."""
    parts = [size[mask] for mask in groups.values() if mask.sum() >= FEWEST]
    if len(parts) < 2:
        return 0.0
    everyone = np.concatenate(parts)
    between = sum(len(p) * (p.mean() - everyone.mean()) ** 2 for p in parts) / (len(parts) - 1)
    within = sum(float(((p - p.mean()) ** 2).sum()) for p in parts) / len(everyone)
    return float(between / within) if within > 0 else 0.0
