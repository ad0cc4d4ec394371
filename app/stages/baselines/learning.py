"""Would more rows help?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from app.lab.learning_curve import extrapolate, learning_curve
from app.lab.metrics import score_of
from app.lab.rungs import RUNGS, fit_rung, training_on
from app.record.chart import Axis, Chart, Series
from app.record.measure import Measure
from app.record.number import readable
from app.stages.baselines import money
from app.stages.bench import Bench
from app.stages.part import Part

if TYPE_CHECKING:
    from app.stages.baselines.measurement import Climbed

TWICE = 2.0
MANY_ROWS = 20_000
ENOUGH_FOLDS = 3


def learning(found: Climbed, frame: pd.DataFrame, options: dict[str, Any], bench: Bench) -> Part:
    """Score the model on ever larger parts of the training rows."""
    problem, model = found.problem, money.best_model(found)
    if not model:
        return Part()

    def score(train: np.ndarray, check: np.ndarray) -> float:
        training = training_on(problem, frame, train, bench.seed, options)
        told = fit_rung(RUNGS[model], training).predict(frame, check)
        return score_of(
            found.metric, problem.y[check], told, problem.queries_of(check), problem.relevant_from
        )

    # With many rows three folds tell as much, in half the time.
    some = len(found.folds) if len(problem.split.train) < MANY_ROWS else ENOUGH_FOLDS
    curve = learning_curve(
        found.folds[-some:],
        problem.queries,
        problem.split.kind == "time",
        score,
        bench.rng("learning"),
        found.results[model].scores[-some:],
    )
    if len(curve.sizes) < 2:
        return Part()
    gain = extrapolate(curve, TWICE, bench.rng("extrapolation"))
    title = RUNGS[model].title
    words = "Too few sizes or folds to look beyond the rows there are."
    measures: tuple[Measure, ...] = ()
    if gain is not None:
        words = (
            f"Twice the rows would change {found.metric.title} by {readable(gain.value)} (95 % "
            f"interval {readable(gain.low)} to {readable(gain.high)}), if they are of the same kind."
        )
        measures = (
            Measure.of("twice_the_rows", f"{found.metric.title} with twice the rows: change", gain),
        )
    means = np.nanmean(curve.scores, axis=0)
    chart = Chart(
        key="learning_curve",
        title="Would more rows help?",
        says=f"{title}, validated on the same rows each time. {words}",
        x=Axis(label="Training rows", kind="log"),
        y=Axis(label=found.metric.title),
        series=(
            Series(
                name="Mean over the folds",
                mark="line",
                x=curve.sizes,
                y=means,
                low=np.nanmin(curve.scores, axis=0),
                high=np.nanmax(curve.scores, axis=0),
            ),
        ),
    )
    return Part(measures, (), (chart,), {"learning": words})
