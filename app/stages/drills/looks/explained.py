"""SHAP on a window: on which inputs the answers rest now, and on which they usually rest."""

from __future__ import annotations

import numpy as np

from app.lab.shapley import explain, importance
from app.record.chart import Axis, Chart, Series
from app.stages.drills.archive import View
from app.stages.part import Part

EXPLAINED = 120
MOST = 10


def show(view: View, text: str) -> Part:
    """Mean size of the Shapley values by column, now and as usual, with intervals."""
    found = {
        name: _sizes(view, rows) for name, rows in (("usual", view.before), ("now", view.recent))
    }
    usual, now = found["usual"], found["now"]
    if not usual or not now:
        return Part(words={"trouble": "Too few rows to explain in one of the two windows."})
    order = sorted(now, key=lambda c: -max(now[c][0], usual.get(c, (0.0, 0.0, 0.0))[0]))[:MOST]
    series = tuple(
        Series(
            name=name,
            mark="bar",
            x=[sizes.get(c, (0.0, 0.0, 0.0))[0] for c in order],
            y=tuple(order),
            low=tuple(sizes.get(c, (0.0, 0.0, 0.0))[1] for c in order),
            high=tuple(sizes.get(c, (0.0, 0.0, 0.0))[2] for c in order),
            role=role,
        )
        for (name, sizes), role in zip(found.items(), ("muted", "main"), strict=True)
    )
    chart = Chart(
        key="shap",
        title="What the answers rest on",
        says="Mean size of the Shapley values since yesterday and in the usual weeks, 95 % intervals. "
        "They describe the model's answers, not what causes what in the world.",
        x=Axis(label="Mean size of the Shapley value"),
        y=Axis(label="Column", kind="category", order=tuple(order)),
        series=series,
        horizontal=True,
    )
    return Part(charts=(chart,))


def _sizes(view: View, rows: np.ndarray) -> dict[str, tuple[float, float, float]]:
    at = np.flatnonzero(rows & (view.log["answered_by"] == 0).to_numpy())
    if len(at) < 5:
        return {}
    at = at[np.unique(np.linspace(0, len(at) - 1, EXPLAINED).astype(int))]
    scene = view.archive.scene
    train = scene.train.iloc[:: max(1, len(scene.train) // EXPLAINED)].reset_index(drop=True)
    frame = view.seen.iloc[at].reset_index(drop=True)
    inputs = tuple(str(c) for c in frame.columns)
    told = explain(scene.live.model.fitted, frame, train, inputs)
    return {
        r.column: (r.size.value, _or(r.size.low, r.size.value), _or(r.size.high, r.size.value))
        for r in importance(told, np.random.default_rng(0))
    }


def _or(value: float | None, other: float) -> float:
    return other if value is None else value
