"""What was decided of some rows and what came of it, in one shape for every kind of problem."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.champion import Champion, decided
from app.lab.problem import Problem
from app.lab.ranking import ndcg, positions

NDCG_AT = 10


@dataclass(frozen=True)
class Outcomes:
    """Rows with their outcome, answer, decision and cost.

    Parameters
    ----------
    form : {"binary", "multiclass", "regression", "ranking"}
    y : ndarray of float, shape (n,)
        Outcome; the number of the class for several classes, the grade for items of a list.
    prediction : ndarray of float, shape (n,) or (n, k)
    acts : ndarray of bool, shape (n,)
        Acted upon; answered without a person (several classes); shown at the top (lists).
    cost : ndarray of float, shape (n,)
        Of each decision, in currency.
    blocks : ndarray of int, shape (n,)
        Rows of one block (day, group, row) are not independent of one another.
    block_name : str
    queries : ndarray of int, shape (n,), or None
        List of every item.
    relevant_from : float
        Grade from which an item is good.
    """

    form: str
    y: np.ndarray
    prediction: np.ndarray
    acts: np.ndarray
    cost: np.ndarray
    blocks: np.ndarray
    block_name: str = "row"
    queries: np.ndarray | None = None
    relevant_from: float = 1.0

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def happened(self) -> np.ndarray:
        """The outcome; 1.0 where the likeliest class is right, or where an item is good."""
        if self.form == "ranking":
            return (self.y >= self.relevant_from).astype(float)
        return decided(self.y, self.prediction).happened

    @property
    def score(self) -> np.ndarray:
        """The prediction; the probability of the likeliest of several classes."""
        return decided(self.y, self.prediction).score

    @property
    def list_quality(self) -> tuple[np.ndarray, np.ndarray]:
        """nDCG of each row's list, and the row's share of that list (0 without an answer in it)."""
        if self.queries is None:
            empty = np.full(self.size, np.nan)
            return empty, np.zeros(self.size)
        found = ndcg(self.y, self.prediction, self.queries, NDCG_AT)
        codes, sizes = np.unique(self.queries, return_inverse=True, return_counts=True)[1:]
        known = np.isfinite(found)
        share = np.where(known, 1.0 / sizes, 0.0)[codes]
        return np.where(known, found, 0.0)[codes], share


def outcomes_of(problem: Problem, champion: Champion, seen: np.ndarray) -> Outcomes:
    """Return what a rung decided of some of the kept rows, out of fold.

    Parameters
    ----------
    problem : Problem
    champion : Champion
    seen : ndarray of int, shape (n,)
        Positions among the kept rows; the rung answered all of them.

    Returns
    -------
    Outcomes
    """
    y, prediction = problem.y[seen], champion.out_of_fold[seen]
    queries = problem.queries_of(seen)
    acts = champion.acts(prediction)
    if queries is not None:
        acts = positions(prediction, queries) < problem.top
    return Outcomes(
        "ranking" if queries is not None else problem.form,
        y,
        prediction,
        acts,
        champion.cost(y, prediction, seen),
        problem.blocks[seen],
        problem.block_name,
        queries,
        problem.relevant_from,
    )
