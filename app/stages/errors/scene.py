"""The scene of the errors: the rung looked at, and rows that no fold had seen when it answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from app.lab.champion import Champion, known_rows
from app.lab.problem import Problem
from app.record.project import Project
from app.stages.bench import Bench
from app.stages.errors.choices import Choices

BACKGROUND = 400


@dataclass(frozen=True)
class Scene:
    """What every part of the error analysis looks at.

    Parameters
    ----------
    problem : Problem
    key : str
        Rung that is looked at.
    champion : Champion
        That rung, with how it decides.
    rungs : mapping of str to Champion
        Every rung of the ladder by key, in ladder order.
    reference : str
        Rung that stands for the way without a model.
    seen : ndarray of int, shape (n,)
        Positions among the kept rows; training rows that a fold answered without having seen them.
    rows : DataFrame, n rows
        Columns known at the decision.
    y, prediction, cost : ndarray, shape (n,), prediction (n,) or (n, k)
        Outcome, out-of-fold answer, and cost of each decision in currency.
    blocks : ndarray of int, shape (n,)
        Rows of one block (day, group, row) are drawn together.
    background : DataFrame
        Training rows that stand for "not known".
    table : DataFrame
        The whole table, never to be changed.
    currency : str
    cohorts : mapping of str to ndarray of bool, shape (n,)
        Rows of the user's cohorts, then of the proven slices, by name; filled by the look for slices.
    """

    problem: Problem
    key: str
    champion: Champion
    rungs: Mapping[str, Champion]
    reference: str
    seen: np.ndarray
    rows: pd.DataFrame
    y: np.ndarray
    prediction: np.ndarray
    cost: np.ndarray
    blocks: np.ndarray
    background: pd.DataFrame
    table: pd.DataFrame
    currency: str
    cohorts: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def queries(self) -> np.ndarray | None:
        """List of every row, None where nothing is ranked."""
        return self.problem.queries_of(self.seen)

    @property
    def numbers(self) -> np.ndarray:
        """Row numbers in the user's table, from 0."""
        return np.asarray(self.problem.rows[self.seen])

    def column(self, name: str) -> pd.Series:
        """Return any column of the table for the rows of the scene, known at the decision or not."""
        return self.table[name].iloc[self.numbers].reset_index(drop=True)

    def answered(self, key: str) -> tuple[np.ndarray, np.ndarray]:
        """Return another rung's out-of-fold answers on these rows, and what they cost.

        Rows that this rung did not answer are NaN in both.
        """
        other = self.rungs[key]
        prediction = other.out_of_fold[self.seen]
        cost = other.cost(self.y, prediction, self.seen).astype(float)
        return prediction, np.where(known_rows(prediction), cost, np.nan)


def scene_of(choices: Choices, project: Project, bench: Bench) -> Scene:
    """Set the scene from what the stages before kept."""
    problem: Problem = bench.fetch("data", "problem")
    rungs: dict[str, Champion] = bench.fetch("baselines", "rungs")
    words = project.evidence["baselines"].words
    key = _looked_at(choices.rung, words["chosen"], rungs)
    champion = rungs[key]
    seen = np.flatnonzero(known_rows(champion.out_of_fold))
    frame = problem.frame(bench.table)
    y, prediction = problem.y[seen], champion.out_of_fold[seen]
    train = problem.split.train
    background = frame.iloc[train[:: max(1, len(train) // BACKGROUND)]].reset_index(drop=True)
    return Scene(
        problem,
        key,
        champion,
        rungs,
        words["reference"],
        seen,
        frame.iloc[seen].reset_index(drop=True),
        y,
        prediction,
        champion.cost(y, prediction, seen),
        problem.blocks[seen],
        background,
        bench.table,
        bench.choices("framing").currency,
    )


def _looked_at(asked: str, chosen: str, rungs: Mapping[str, Champion]) -> str:
    if asked == "auto":
        return chosen
    if asked not in rungs:
        raise ValueError(
            f"errors.rung: the rung {asked!r} is not on the ladder of this project; choose one of "
            f"{', '.join(rungs)}, or leave it to the one that goes on"
        )
    return asked
