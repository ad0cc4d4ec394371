"""How far off may it be? Intervals around a number, and whether they hold on the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from app.lab.champion import known_rows
from app.lab.conformal import split_conformal
from app.lab.proportion import wilson
from app.lab.rungs import RUNGS
from app.record.chart import Axis, Chart, Guide, Series
from app.record.measure import Measure
from app.record.number import readable
from app.stages.part import Part

if TYPE_CHECKING:
    from app.stages.baselines.measurement import Climbed

LEVELS = (0.5, 0.8, 0.9, 0.95)
HEADLINE = 0.9


def bands(found: Climbed, frame: pd.DataFrame) -> Part:
    """Make intervals from out-of-fold errors and count the test rows inside."""
    problem = found.problem
    if problem.task not in ("regression", "forecasting"):
        return Part()
    prediction = found.results[found.chosen].predictions
    known = np.flatnonzero(known_rows(prediction))
    scale = _scale(found, frame)
    errors = (problem.y[known] - prediction[known]) / scale[known]
    test = problem.split.test
    told, y = found.predictions[found.chosen], problem.y[test]
    inside, measures, words = [], [], ""
    for level in LEVELS:
        band = split_conformal(errors, level)
        if band is None:
            continue
        low, high = band.ends(told, scale[test])
        held = wilson(float(((y >= low) & (y <= high)).sum()), len(y))
        inside.append((level, held))
        if level == HEADLINE:
            width = float(np.median(high - low))
            measures += [
                Measure(
                    key="interval_width",
                    label="Width of the 90 % interval of one prediction (median)",
                    value=width,
                    n=band.n,
                    method="split conformal from out-of-fold errors",
                ),
                Measure.of("interval_coverage", "Test rows inside it", held, "share"),
            ]
            words = (
                f"Nine in ten outcomes should lie in an interval {readable(width)} wide; on the "
                f"test {held.value:.0%} do."
            )
    if not inside:
        return Part()
    chart = Chart(
        key="interval_coverage",
        title="Do its intervals hold?",
        says=f"{words} Below the line the world has changed since, or the errors grow.",
        x=Axis(label="Should lie inside", kind="share"),
        y=Axis(label="Lie inside on the test", kind="share"),
        series=(
            Series(
                name=RUNGS[found.chosen].title,
                mark="point",
                x=[level for level, _ in inside],
                y=[held.value for _, held in inside],
                low=[held.low for _, held in inside],
                high=[held.high for _, held in inside],
            ),
        ),
        guides=(Guide(axis="x", at=HEADLINE),),
        diagonal=True,
    )
    return Part(tuple(measures), (), (chart,), {"intervals": words} if words else {})


def _scale(found: Climbed, frame: pd.DataFrame) -> np.ndarray:
    """Return what errors grow with: the recent level of the target, where it is known."""
    if not found.problem.level:
        return np.ones(len(found.problem.y))
    level = frame[found.problem.level].to_numpy(dtype=float, na_value=np.nan)
    usual = float(np.nanmedian(level)) if np.isfinite(level).any() else 1.0
    return np.asarray(np.where(level > 0, level, usual or 1.0))
