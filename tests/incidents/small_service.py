"""A small service in production: a linear model on a table made by hand, struck by incidents."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression

from app.incidents import INCIDENTS, Context, Incident, Seen
from app.incidents.names import lines_of
from app.incidents.onset import strength_of
from app.incidents.verdict import error_of, known
from app.lab.stream import days_of
from app.lab.world import Answers, World
from tests.conftest import small_table

COLUMNS = ["signal", "place", "holes", "filler"]
WEIGHTS = {"signal": 0.6, "place": 0.3, "holes": 0.09, "filler": 0.01}
FORMS = ("binary", "multiclass", "regression", "ranking")
ONSET = 30
ROWS = 1200
VERSION = 2
PLACES = ("north", "south", "east")


def encoded(rows: pd.DataFrame) -> np.ndarray:
    """Inputs as numbers; what is missing or unseen counts as zero."""
    if "place" not in rows:
        return np.zeros((len(rows), 1))
    places = [(rows["place"].astype(object) == p).to_numpy(float) for p in PLACES]
    numbers = [np.nan_to_num(rows[c].to_numpy(float, na_value=np.nan)) for c in ("signal", "holes")]
    return np.column_stack([*numbers, *places])


class SmallService:
    """A model, its quiet days, and what an incident makes of them."""

    def __init__(self, form: str, table: pd.DataFrame, columns: list[str]) -> None:
        self.form = form
        frame = table[columns]
        y = pd.factorize(table["target"], sort=True)[0] if form == "multiclass" else table["target"]
        self.y = np.asarray(y, dtype=float)
        kind = LogisticRegression if form in ("binary", "multiclass") else LinearRegression
        self.model: Any = kind().fit(encoded(frame), self.y)
        lists = table["request"].to_numpy() if form == "ranking" else None
        self.world = self._quiet(frame, table["when"].to_numpy(), lists)
        self.answers = self._answers(frame)
        self.quiet = Seen(self.world, self.answers, ONSET, form)

    @classmethod
    def on(cls, rows: pd.DataFrame) -> SmallService:
        """A service that answers the mean, on other rows."""
        table = small_table(len(rows))[["when", "target"]]
        return cls("binary", table.join(rows), list(rows.columns))

    def _quiet(self, frame: pd.DataFrame, times: np.ndarray, lists: np.ndarray | None) -> World:
        rng = np.random.default_rng(7)
        n = len(frame)
        days = days_of(times, n, rng)
        return World(
            frame,
            frame,
            self.y,
            self.y,
            np.full(n, 3.0),
            np.ones(n, dtype=bool),
            np.arange(n),
            days,
            rng.integers(0, 1440, n),
            np.zeros(n, dtype=bool),
            {"signal": np.full(days.count, 2.0), "deletion requests": np.full(days.count, 12.0)},
            lists,
        )

    def _answers(self, frame: pd.DataFrame) -> Answers:
        rng = np.random.default_rng(8)
        n, told = len(frame), self.predict(frame)
        acted = self.acts(told).astype(float) if self.has_threshold else np.full(n, np.nan)
        waits = np.where(acted == 1, rng.exponential(2.0, n), 0.0)
        return Answers(
            told,
            acted,
            np.zeros(n, dtype=int),
            np.full(n, VERSION),
            rng.integers(0, 4, n),
            20.0 * np.exp(rng.normal(0, 0.3, n)),
            np.full(n, 0.01),
            np.zeros(n),
            waits,
            told,
        )

    @property
    def has_threshold(self) -> bool:
        """Whether a threshold decides."""
        return self.form in ("binary", "multiclass")

    def acts(self, prediction: np.ndarray) -> np.ndarray:
        """Where the standing threshold acts."""
        score = prediction if prediction.ndim == 1 else prediction.max(axis=1)
        return np.asarray(score >= 0.6)

    def errors(self, seen: Seen) -> np.ndarray:
        """How far each row is from what happens; the mean is answered where nothing was."""
        told = np.where(known(seen.answers.prediction), seen.answers.prediction, self.y.mean())
        told = np.where(seen.world.arrived, told, self.y.mean())
        return np.asarray((seen.world.y - told) ** 2)

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        """What the model says."""
        if self.form == "binary":
            return np.asarray(self.model.predict_proba(encoded(rows))[:, 1])
        if self.form == "multiclass":
            return np.asarray(self.model.predict_proba(encoded(rows)))
        return np.asarray(self.model.predict(encoded(rows)))

    def context(self, seed: int = 0, severity: float = 0.5) -> Context:
        """What an incident may know."""
        return Context(
            np.random.default_rng(seed),
            WEIGHTS,
            self.form,
            severity,
            self.acts,
            self.has_threshold,
            3 if self.form == "multiclass" else 0,
            2.0,
            self.answers.prediction,
            error_of(self.quiet, by="y"),
        )

    def struck(
        self, incident: Incident, seed: int = 0, severity: float = 0.5, shape: str = "abrupt"
    ) -> Seen:
        """Let an incident strike the quiet days."""
        context = self.context(seed, severity)
        strength = strength_of(self.world.days.of_row, ONSET, shape, np.random.default_rng(seed))
        world, answers = self.world, self.answers
        if incident.strike_inputs is not None:
            world = incident.strike_inputs(world, strength, context)
            answers = self._answered(world)
        if incident.strike_answers is not None:
            world, answers = incident.strike_answers(world, answers, strength, context)
        lines = lines_of(incident, self.world, ONSET, self.context(seed, severity), VERSION)
        return Seen(world, answers, ONSET, self.form, lines)

    def _answered(self, world: World) -> Answers:
        found = self.answers.but(
            prediction=self.predict(world.rows), recomputed=self.predict(world.sent)
        )
        if not self.has_threshold:
            return found
        return found.but(acted=self.acts(found.prediction).astype(float))


@cache
def service_of(form: str) -> SmallService:
    """Return the service of one form, made once."""
    return SmallService(form, small_table(ROWS, task=form), COLUMNS)


@cache
def seen_of(form: str, key: str, severity: float = 0.5, shape: str = "abrupt") -> Seen:
    """Return what one incident makes of the quiet days, made once."""
    return service_of(form).struck(INCIDENTS[key], severity=severity, shape=shape)
