"""Decisions with both answers: what today's way and the model would have done, and its cost."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from app.lab.champion import Champion
from app.lab.problem import Problem
from app.lab.ranking import positions

# Two numbers closer than this share of the target's spread count as the same answer.
NEAR = 0.1


@dataclass(frozen=True)
class Decisions:
    """One entry a decision: a row, or a whole list.

    Parameters
    ----------
    cost_a, cost_b : ndarray of float, shape (n,)
        In currency, under today's way and under the model.
    differs : ndarray of bool, shape (n,)
        Whether the two ways would have done something else.
    acted_a, acted_b : ndarray of float, shape (n,)
        1.0 where it acts (or answers alone); the answer itself for numbers; NaN for lists.
    day : ndarray of datetime64[D], shape (n,), or None
    group : ndarray of int, shape (n,), or None
    block : ndarray of int, shape (n,)
        Decisions drawn together in a bootstrap.
    at : ndarray of int, shape (n,)
        Position of the (first) row among the kept rows.
    """

    cost_a: np.ndarray
    cost_b: np.ndarray
    differs: np.ndarray
    acted_a: np.ndarray
    acted_b: np.ndarray
    day: np.ndarray | None
    group: np.ndarray | None
    block: np.ndarray
    at: np.ndarray

    @property
    def size(self) -> int:
        """Number of decisions."""
        return len(self.cost_a)

    @property
    def saving(self) -> np.ndarray:
        """What the model would have saved in each decision."""
        return np.asarray(self.cost_a - self.cost_b)

    def part(self, kept: np.ndarray) -> Decisions:
        """Return some of the decisions."""
        arrays: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        some: dict[str, Any] = {k: v if v is None else v[kept] for k, v in arrays.items()}
        return Decisions(**some)


def decisions_of(
    problem: Problem,
    a: Champion,
    b: Champion,
    told_a: np.ndarray,
    told_b: np.ndarray,
    at: np.ndarray,
    groups: np.ndarray | None,
) -> Decisions:
    """Return what two ways would have decided on some of the kept rows."""
    y = problem.y[at]
    cost_a, cost_b = a.cost(y, told_a, at), b.cost(y, told_b, at)
    differs = _differs(problem, a, b, told_a, told_b, at)
    acted_a, acted_b = acted(problem, a, told_a), acted(problem, b, told_b)
    first = np.arange(len(at))
    queries = problem.queries_of(at)
    if queries is not None:
        first = first_of(queries)
        cost_a, cost_b = of_lists(cost_a, queries), of_lists(cost_b, queries)
        differs = of_lists(differs.astype(float), queries) > 0
    rows = at[first]
    return Decisions(
        cost_a,
        cost_b,
        differs,
        acted_a[first],
        acted_b[first],
        None if problem.times is None else problem.times[rows].astype("datetime64[D]"),
        None if groups is None else groups[rows],
        problem.blocks[rows],
        rows,
    )


def first_of(queries: np.ndarray) -> np.ndarray:
    """Return where each list begins, in the order in which lists begin."""
    return np.sort(np.unique(queries, return_index=True)[1])


def of_lists(values: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Return one number a list from numbers spread over its rows, in the order lists begin."""
    codes = np.unique(queries, return_inverse=True)[1]
    sums = np.bincount(codes, weights=values) * len(np.unique(codes)) / len(queries)
    return np.asarray(sums[codes[first_of(queries)]])


def acted(problem: Problem, champion: Champion, told: np.ndarray) -> np.ndarray:
    """Return what can be watched of an answer at once, before any label."""
    if problem.task == "ranking":
        return np.full(len(told), np.nan)
    if champion.has_threshold:
        return champion.acts(told).astype(float)
    return told.astype(float)


def _differs(
    problem: Problem,
    a: Champion,
    b: Champion,
    told_a: np.ndarray,
    told_b: np.ndarray,
    at: np.ndarray,
) -> np.ndarray:
    queries = problem.queries_of(at)
    if queries is not None:
        tops = [positions(told, queries) < problem.top for told in (told_a, told_b)]
        return np.asarray(tops[0] != tops[1])
    if not b.has_threshold:
        return np.asarray(np.abs(told_a - told_b) > NEAR * problem.y[at].std())
    acts_a, acts_b = a.acts(told_a), b.acts(told_b)
    if told_b.ndim == 1:
        return np.asarray(acts_a != acts_b)
    other = told_a.argmax(axis=1) != told_b.argmax(axis=1)
    return np.asarray((acts_a != acts_b) | (acts_a & acts_b & other))
