"""The scene of the rollout: today's way, the model, and what each would have cost row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.champion import Champion, known_rows
from app.lab.problem import Problem
from app.lab.rungs import RUNGS
from app.record.project import Project
from app.stages.bench import Bench
from app.stages.rollout.decisions import Decisions, decisions_of

WITHOUT_MODEL = ("constant", "user_rule", "last_value", "seasonal_naive", "moving_mean")
DAYS_PRETENDED = 30


@dataclass(frozen=True)
class Scene:
    """What every part of the rollout looks at.

    Parameters
    ----------
    problem : Problem
    table, frame : DataFrame
        The whole table, and the columns known at the decision of the kept rows.
    a, b : Champion
        Today's way, and the model that would replace it.
    key_a, key_b : str
        Their rungs.
    recommended : bool
        Whether the ladder chose the model; otherwise it is only the best one there is.
    past : Decisions
        Training rows answered by folds that had not seen them: what is known before the test.
    held : Decisions
        Held-out rows, in time order.
    currency : str
    per_day : float
        Decisions a day in production.
    volume : str
        Where that number comes from.
    span_days : float
        Days over which the past stretches.
    delay_days : float
        Until the true answer is known.
    group : str
        Column that names what comes back, empty without one.
    group_late : bool
        Whether that column is filled in only after the decision.
    """

    problem: Problem
    table: pd.DataFrame
    frame: pd.DataFrame
    a: Champion
    b: Champion
    key_a: str
    key_b: str
    recommended: bool
    past: Decisions
    held: Decisions
    currency: str
    per_day: float
    volume: str
    span_days: float
    delay_days: float
    group: str = ""
    group_late: bool = False

    @property
    def names(self) -> tuple[str, str]:
        """Titles of today's way and of the model."""
        return RUNGS[self.key_a].title, RUNGS[self.key_b].title

    @property
    def noun(self) -> str:
        """What one decision is."""
        return "lists" if self.problem.queries is not None else "decisions"

    @property
    def block_name(self) -> str:
        """What is drawn together in a bootstrap."""
        return self.problem.block_name


def scene_of(project: Project, bench: Bench) -> Scene | None:
    """Set the scene from what the stages before kept; None where there is nothing to compare."""
    problem: Problem = bench.fetch("data", "problem")
    rungs: dict[str, Champion] = bench.fetch("baselines", "rungs")
    words = project.evidence["baselines"].words
    key_a = words["reference"]
    key_b = _model(words["chosen"], key_a, rungs, problem)
    if not key_b or key_a not in rungs:
        return None
    a, b = rungs[key_a], rungs[key_b]
    frame = problem.frame(bench.table)
    name = bench.choices("data").group
    groups = _groups(name, problem, bench.table)
    seen = np.flatnonzero(known_rows(a.out_of_fold) & known_rows(b.out_of_fold))
    past = decisions_of(problem, a, b, a.out_of_fold[seen], b.out_of_fold[seen], seen, groups)
    rows = _in_time(problem)
    told = [champion.fitted.predict(frame, rows) for champion in (a, b)]
    held = decisions_of(problem, a, b, told[0], told[1], rows, groups)
    framing = bench.choices("framing")
    per_day, volume, span = _volume(framing.decisions_per_year, past)
    delay = bench.choices("data").label_delay_days
    return Scene(
        problem,
        bench.table,
        frame,
        a,
        b,
        key_a,
        key_b,
        key_b == words["chosen"],
        past,
        held,
        framing.currency,
        per_day,
        volume,
        span,
        delay,
        name if groups is not None else "",
        any(c.name == name and c.known == "after" for c in project.data.columns),
    )


def _model(chosen: str, today: str, rungs: Mapping[str, Champion], problem: Problem) -> str:
    """Return the rung that would replace today's way: the chosen one, else the cheapest model."""
    if chosen != today:
        return chosen
    others = [k for k in rungs if k not in WITHOUT_MODEL] or [k for k in rungs if k != today]
    return min(others, key=lambda key: (_usual_cost(rungs[key], problem), key), default="")


def _usual_cost(champion: Champion, problem: Problem) -> float:
    seen = np.flatnonzero(known_rows(champion.out_of_fold))
    if not len(seen):
        return float("inf")
    return float(champion.cost(problem.y[seen], champion.out_of_fold[seen], seen).mean())


def _groups(name: str, problem: Problem, table: pd.DataFrame) -> np.ndarray | None:
    if not name or name not in table.columns:
        return None
    codes = pd.factorize(table[name].iloc[problem.rows])[0].astype(np.int64)
    alone = codes < 0
    codes[alone] = codes.max() + 1 + np.arange(int(alone.sum()))
    return codes


def _in_time(problem: Problem) -> np.ndarray:
    """Return the held-out rows, earliest first."""
    held = np.sort(np.concatenate([problem.split.test, problem.split.later]))
    if problem.times is None:
        return held
    return held[np.argsort(problem.times[held], kind="stable")]


def _volume(per_year: float, past: Decisions) -> tuple[float, str, float]:
    """Return decisions a day, where the number comes from, and the days of the past."""
    span = float(DAYS_PRETENDED)
    if past.day is not None:
        span = float((past.day.max() - past.day.min()).astype(int)) + 1.0
    if per_year > 0:
        return per_year / 365, "framing", span
    return past.size / span, "rows" if past.day is not None else "pretended", span
