"""The rung fitted again as of a moment, with only what was known then."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from app.lab.drift import Bins, codes_of, fit_bins, psi
from app.lab.recalibration import Calibrated
from app.lab.rungs import RUNGS, Fitted, fit_rung, training_on
from app.stages.bench import Bench
from app.stages.fitting import fitting_options
from app.stages.rollout.scene import Scene

LEAST_LEARNED = 100


@dataclass(frozen=True)
class Learner:
    """Fits the rung again, each moment once.

    Parameters
    ----------
    most : int
        Rows that a model learns from, and is judged on, at most.
    scene : Scene
    bench : Bench
    turn : ndarray of float, shape (n kept rows,)
        In [0, 1): rows (or whole lists) with low numbers are taken first, always the same ones.
    judged_to : float
        Rows are judged up to this turn.
    times : ndarray of datetime64, shape (n kept rows,)
    """

    most: int
    scene: Scene
    bench: Bench
    turn: np.ndarray
    judged_to: float
    times: np.ndarray
    _costs: dict[np.datetime64, np.ndarray | None] = field(default_factory=dict)
    _bins: dict[np.datetime64, Bins] = field(default_factory=dict)

    @classmethod
    def of(cls, most: int, scene: Scene, bench: Bench) -> Learner:
        """Set a learner up for a scene whose rows have times."""
        problem = scene.problem
        assert problem.times is not None
        n = len(problem.y)
        unit = np.arange(n) if problem.queries is None else problem.queries
        codes = np.unique(unit, return_inverse=True)[1]
        turn = bench.rng("rollout replay").random(int(codes.max()) + 1)[codes]
        held = len(problem.split.test) + len(problem.split.later)
        return cls(most, scene, bench, turn, most / max(held, 1), problem.times)

    def judged(self, rows: np.ndarray) -> np.ndarray:
        """Return those of some rows on which models are judged."""
        return np.asarray(rows[self.turn[rows] < self.judged_to])

    def learned(self, until: np.datetime64) -> np.ndarray:
        """Return the rows that a model of some moment learns from."""
        rows = np.flatnonzero(self.times < until)
        return np.sort(rows[np.argsort(self.turn[rows], kind="stable")[: self.most]])

    def costs_of(self, until: np.datetime64) -> np.ndarray | None:
        """Return what each later row would cost under a model that knew the rows before."""
        if until not in self._costs:
            fitted = self._fitted(until)
            self._costs[until] = None if fitted is None else self._later(fitted, until)
        return self._costs[until]

    def _fitted(self, until: np.datetime64) -> Fitted | None:
        rows, scene = self.learned(until), self.scene
        if len(rows) < LEAST_LEARNED:
            return None
        options = fitting_options(self.bench.choices("baselines"), scene.problem, scene.b.costs)
        training = training_on(scene.problem, scene.frame, rows, self.bench.seed, options)
        try:
            fitted = fit_rung(RUNGS[scene.key_b], training)
        except (ValueError, np.linalg.LinAlgError):
            # Such as one outcome only among the rows that are known.
            return None
        before = scene.b.fitted.predictor
        if isinstance(before, Calibrated):
            return replace(fitted, predictor=Calibrated(fitted.predictor, before.mapped))
        return fitted

    def _later(self, fitted: Fitted, until: np.datetime64) -> np.ndarray:
        rows = self.judged(np.flatnonzero(self.times >= until))
        found = np.full(len(self.times), np.nan)
        found[rows] = self._cost(fitted, rows, of_model=True)
        return found

    def today(self, rows: np.ndarray) -> np.ndarray:
        """Return what today’s way costs on some rows."""
        return self._cost(self.scene.a.fitted, rows, of_model=False)

    def _cost(self, fitted: Fitted, rows: np.ndarray, of_model: bool) -> np.ndarray:
        problem, champion = self.scene.problem, self.scene.b if of_model else self.scene.a
        told = fitted.predict(self.scene.frame, rows)
        cost = champion.cost(problem.y[rows], told, rows)
        queries = problem.queries_of(rows)
        if queries is None or problem.queries is None:
            return cost
        # Costs of lists are spread over the rows that are asked about: all on the same scale.
        size = len(queries) / len(np.unique(queries))
        usual = len(problem.queries) / len(np.unique(problem.queries))
        return np.asarray(cost * usual / size)

    def drift_of(self, until: np.datetime64, start: np.datetime64, end: np.datetime64) -> float:
        """Return the largest drift of an input between what was learned from and a window."""
        frame = self.scene.frame
        if until not in self._bins:
            self._bins[until] = fit_bins(frame.iloc[self.learned(until)])
        recent = self.judged(np.flatnonzero((self.times >= start) & (self.times < end)))
        if not len(recent):
            return 0.0
        return _largest(self._bins[until], frame.iloc[recent])


def _largest(bins: Bins, recent: pd.DataFrame) -> float:
    found = 0.0
    for name, column in bins.items():
        codes = codes_of(column, recent[name])
        counts = np.bincount(codes, minlength=column.size).astype(float)
        one = float(psi(column.reference[None, :], counts[None, :])[0])
        found = max(found, one) if np.isfinite(one) else found
    return found
