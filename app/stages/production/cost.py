"""What every request costs: its decision by what really happened, and its serving."""

from __future__ import annotations

import numpy as np

from app.lab.champion import decided
from app.lab.cost import (
    AsymmetricCosts,
    Costs,
    ListCosts,
    ReviewCosts,
    asymmetric_cost,
    binary_cost,
)
from app.lab.fallback import person_cost
from app.lab.ranking import spread, success_at
from app.lab.world import Answers, World
from app.stages.production.stretch import Level, known_of

Extras = tuple[float, float]


def cost_rows(
    levels: tuple[Level, ...],
    world: World,
    answers: Answers,
    person: Extras = (0.1, 0.0),
    recorded: bool = False,
) -> np.ndarray:
    """Return what each request of a world costs, in currency.

    Parameters
    ----------
    levels : tuple of Level
        The ladder, with the lists and stakes of the quiet requests.
    world : World
    answers : Answers
    person : tuple of float
        How often a person errs, and what one look costs.
    recorded : bool
        By the label as it is recorded, NaN where there is none, and without fees that are on no
        bill yet; otherwise by what happened.

    Returns
    -------
    ndarray of float, shape (n,)
        A request that nobody answered, or that never arrived, costs what it costs to do nothing;
        where something must be answered the lowest level of the ladder stands in.
    """
    model = levels[0].champion
    assert model is not None
    y = world.label if recorded else world.y
    at = world.origin
    queries = None if model.queries is None else model.queries[at]
    stakes = None if model.stakes is None else model.stakes[at]
    silent = ~world.arrived | ~known_of(answers.prediction)
    found = _decisions(model.costs, y, answers, silent, queries, stakes, _usual(levels))
    by_person = np.zeros(world.n, dtype=bool)
    for number, level in enumerate(levels):
        if level.champion is None:
            by_person |= world.arrived & (answers.rung == number)
    if by_person.any():
        filled = np.where(np.isfinite(y), y, 0.0)
        theirs = person_cost(model.costs, filled, *person, queries, stakes)
        found = np.where(by_person, theirs, found)
    bill = answers.charge if recorded else answers.charge + answers.fee
    found = found + np.where(world.arrived, bill, 0.0)
    return np.where(np.isfinite(y), found, np.nan)


def _usual(levels: tuple[Level, ...]) -> float:
    """Return the one number that is taken when nobody answers."""
    for level in reversed(levels):
        predictor = level.champion.fitted.predictor if level.champion else None
        value = getattr(predictor, "value", None)
        if isinstance(value, int | float):
            return float(value)
    return 0.0


def _decisions(
    costs: Costs,
    y: np.ndarray,
    answers: Answers,
    silent: np.ndarray,
    queries: np.ndarray | None,
    stakes: np.ndarray | None,
    usual: float,
) -> np.ndarray:
    prediction = answers.prediction
    if isinstance(costs, AsymmetricCosts):
        return asymmetric_cost(y, np.where(silent, usual, prediction), costs)
    if isinstance(costs, ListCosts):
        assert queries is not None
        # What was not shown helps nobody.
        grade = np.where(silent | ~np.isfinite(y), 0.0, y)
        score = np.where(silent, -np.inf, prediction)
        served = success_at(grade, score, queries, costs.top, costs.relevant_from)
        return spread(costs.failed * (1 - served), queries)
    view = decided(y, np.where(np.isfinite(prediction), prediction, 0.0))
    plain = costs.as_binary() if isinstance(costs, ReviewCosts) else costs
    acted = (answers.acted == 1.0) & ~silent
    return binary_cost(view.happened, acted, plain, stakes)
