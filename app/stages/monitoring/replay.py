"""The model on a stream of days: what is normal, and what is seen of each day."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from app.lab.champion import Champion, decided, known_rows
from app.lab.cohort_watch import Watched, fit_widths, watch_cohorts
from app.lab.condition import ConditionError
from app.lab.drift import Bins, fit_bins
from app.lab.metrics import loss_of
from app.lab.problem import Problem
from app.lab.stream import Days, Signals, Stream, days_of, step_of, watch
from app.stages.bench import Bench
from app.stages.cohort import NamedCohort
from app.stages.monitoring.choices import Choices


@dataclass(frozen=True)
class Setting:
    """What the replay needs: the model, normal, and how things are watched."""

    problem: Problem
    champion: Champion
    bins: Bins
    score_bins: Bins
    delay_days: float
    window: int | None
    step: str
    cohorts: tuple[NamedCohort, ...] = ()
    watched: tuple[Watched, ...] = ()


@dataclass(frozen=True)
class Live:
    """The stream with what only the world knows: outcome and prediction as they are."""

    stream: Stream
    y: np.ndarray
    prediction: np.ndarray
    at: np.ndarray

    def cut(self, kept: np.ndarray) -> Live:
        """Return some of its rows."""
        return Live(cut_of(self.stream, kept), self.y[kept], self.prediction[kept], self.at[kept])


def normal_of(
    choices: Choices,
    problem: Problem,
    champion: Champion,
    frame: pd.DataFrame,
    cohorts: tuple[NamedCohort, ...],
    bench: Bench,
) -> tuple[Setting, Signals]:
    """Learn what is normal from the answers of folds that had not seen the row."""
    seen = np.flatnonzero(known_rows(champion.out_of_fold))
    rows = frame.iloc[seen].reset_index(drop=True)
    prediction = champion.out_of_fold[seen]
    setting = Setting(
        problem,
        champion,
        fit_bins(rows),
        fit_bins(pd.DataFrame({"score": decided(problem.y[seen], prediction).score})),
        bench.choices("data").label_delay_days,
        choices.window_days or None,
        step_of(problem.times),
        tuple(cohort for cohort in cohorts if cohort.known),
    )
    times = None if problem.times is None else problem.times[seen]
    days = days_of(times, len(seen), bench.rng("quiet"), step=setting.step)
    stream = stream_of(setting, rows, problem.y[seen], prediction, days, seen)
    setting = replace(setting, watched=fit_widths(stream))
    return setting, watched_of(setting, stream)


def stream_of(
    setting: Setting,
    rows: pd.DataFrame,
    seen_y: np.ndarray,
    prediction: np.ndarray,
    days: Days,
    at: np.ndarray,
) -> Stream:
    """Lay rows, answers and outcomes out in days."""
    champion, problem = setting.champion, setting.problem
    acted = champion.acts(prediction).astype(float)
    queries = problem.queries_of(at)
    form = problem.form if queries is None else "ranking"
    view = decided(seen_y, prediction)
    return Stream(
        rows,
        view.score,
        acted if champion.has_threshold else np.full(len(rows), np.nan),
        loss_of(form, seen_y, prediction, queries),
        champion.cost(seen_y, prediction, at),
        view.happened,
        days,
        {cohort.name: _members(cohort, rows) for cohort in setting.cohorts},
    )


def _members(cohort: NamedCohort, rows: pd.DataFrame) -> np.ndarray:
    try:
        return cohort.mask(rows)
    except ConditionError:
        # An incident may leave a column that nothing can be compared with: then no row belongs.
        return np.zeros(len(rows), dtype=bool)


def watched_of(setting: Setting, stream: Stream) -> Signals:
    """Measure every signal of every day, those of the slices under watch included."""
    window = setting.window
    if window is not None:
        window = max(1, round(window / stream.days.length))
    signals = watch(stream, setting.bins, setting.score_bins, setting.delay_days, window)
    return watch_cohorts(signals, stream, setting.watched)


def cut_of(stream: Stream, kept: np.ndarray) -> Stream:
    """Return some rows of a stream, and the days up to their last."""
    days = stream.days
    of_row = days.of_row[kept]
    count = int(of_row.max()) + 1 if len(of_row) else 1
    return Stream(
        stream.frame[kept].reset_index(drop=True),
        stream.prediction[kept],
        stream.acted[kept],
        stream.loss[kept],
        stream.cost[kept],
        stream.y[kept],
        Days(of_row, days.names[:count], days.weekday[:count], days.step),
        {name: mask[kept] for name, mask in stream.cohorts.items()},
    )
