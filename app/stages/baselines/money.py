"""What each rung costs, and what it saves against the best you can do without a model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from app.lab.champion import decided, decision_cost, known_rows
from app.lab.cost import (
    AsymmetricCosts,
    BinaryCosts,
    Costs,
    ListCosts,
    ReviewCosts,
    best_threshold,
    cost_quantile,
)
from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap_mean
from app.lab.ladder import RungResult
from app.lab.problem import Problem

if TYPE_CHECKING:
    from app.stages.baselines.measurement import Climbed

WITHOUT_MODEL = ("constant", "user_rule", "last_value", "seasonal_naive", "moving_mean")


@dataclass(frozen=True)
class Money:
    """Costs of every rung, per 1,000 decisions."""

    thresholds: dict[str, float]
    validation: dict[str, float]
    test: dict[str, Estimate]
    saving: dict[str, Estimate]
    reference: str


def costs_of(framing: Any, problem: Problem) -> Costs:
    """Return the costs that the framing gives."""
    if problem.task == "binary":
        return BinaryCosts(framing.cost_false_alarm, framing.cost_miss, hit=framing.cost_hit)
    if problem.task == "multiclass":
        return ReviewCosts(framing.cost_wrong, framing.cost_review)
    if problem.task == "ranking":
        return ListCosts(framing.cost_failed, problem.top, problem.relevant_from)
    return AsymmetricCosts(framing.cost_over, framing.cost_under)


def stakes_of(framing: Any, problem: Problem, table: pd.DataFrame) -> np.ndarray | None:
    """Return what a miss of each kept row would cost, where a column says so.

    Rows in which it happened and the column says nothing (missing or zero) cost what the framing
    says a miss costs.
    """
    if problem.task != "binary" or not framing.cost_column:
        return None
    name = framing.cost_column
    if name not in table.columns:
        raise ValueError(f"the column {name!r} of what a miss costs is not in the table")
    if not pd.api.types.is_numeric_dtype(table[name]):
        raise ValueError(f"the column {name!r} of what a miss costs holds no numbers")
    found = table[name].iloc[problem.rows].to_numpy(dtype=float, na_value=np.nan)
    if np.nanmin(found) < 0:
        raise ValueError(
            f"the column {name!r} of what a miss costs holds {np.nanmin(found):g}; costs start at 0"
        )
    return np.asarray(np.where(found > 0, found, framing.cost_miss))


def lean_of(choice: str, costs: Costs) -> object:
    """Return what boosting aims at: the mean, the median or the cheapest quantile."""
    if choice == "cost" and isinstance(costs, AsymmetricCosts):
        return cost_quantile(costs)
    return choice


def capacity_share(framing: Any, problem: Problem) -> float | None:
    """Return the share of cases that can be acted upon, None without a limit."""
    if framing.capacity_per_day <= 0 or problem.times is None:
        return None
    days = problem.times[problem.split.train].astype("datetime64[D]")
    per_day = len(days) / max(1, int((days.max() - days.min()).astype(int)) + 1)
    return float(min(1.0, framing.capacity_per_day / per_day))


def thresholds_of(
    results: dict[str, RungResult],
    y: np.ndarray,
    costs: Costs,
    share: float | None,
    stakes: np.ndarray | None,
    by: str,
) -> dict[str, float]:
    """Choose each rung's threshold on out-of-fold predictions."""
    return {
        key: float("nan")
        if result.failure
        else threshold_of(result.predictions, y, costs, share, stakes, by)
        for key, result in results.items()
    }


def threshold_of(
    prediction: np.ndarray,
    y: np.ndarray,
    costs: Costs,
    share: float | None,
    stakes: np.ndarray | None,
    by: str,
) -> float:
    """Choose a threshold on out-of-fold predictions, NaN where none decides."""
    plain = costs.as_binary() if isinstance(costs, ReviewCosts) else costs
    known = known_rows(prediction)
    if not isinstance(plain, BinaryCosts) or not known.any():
        return float("nan")
    view = decided(y[known], prediction[known])
    if by == "capacity" and share is not None:
        return _top_share(view.score, share)
    miss = None if stakes is None else stakes[known]
    within = None if by == "cost" else share
    return best_threshold(view.happened, view.score, plain, within, miss).value


def _top_share(score: np.ndarray, share: float) -> float:
    """Return the threshold that acts on as many rows as there is capacity for, never more."""
    values, counts = np.unique(-score, return_counts=True)
    fits = np.flatnonzero(np.cumsum(counts) <= share * len(score))
    return float(-values[fits[-1]]) if len(fits) else float("inf")


def row_costs(
    problem: Problem,
    costs: Costs,
    stakes: np.ndarray | None,
    prediction: np.ndarray,
    at: np.ndarray,
    threshold: float,
) -> np.ndarray:
    """Return the cost of each decision on some of the kept rows."""
    miss = None if stakes is None else stakes[at]
    return decision_cost(costs, problem.y[at], prediction, threshold, problem.queries_of(at), miss)


def best_model(found: Climbed) -> str:
    """Return the model that the verdict speaks of: the chosen one, else the cheapest."""
    if found.chosen not in WITHOUT_MODEL:
        return found.chosen
    models = [key for key in found.fitted if key not in WITHOUT_MODEL]
    cheapest = found.money.validation
    return min(models, key=lambda key: (cheapest.get(key, np.inf), key)) if models else ""


def count(
    results: dict[str, RungResult],
    predictions: dict[str, np.ndarray],
    thresholds: dict[str, float],
    problem: Problem,
    costs: Costs,
    stakes: np.ndarray | None,
    rng: np.random.Generator,
) -> Money:
    """Count the cost of every rung on validation and test rows."""

    def cost(key: str, prediction: np.ndarray, at: np.ndarray) -> np.ndarray:
        return row_costs(problem, costs, stakes, prediction, at, thresholds[key])

    validation = {}
    for key, result in results.items():
        known = np.flatnonzero(known_rows(result.predictions))
        if not result.failure and len(known):
            rows = cost(key, result.predictions[known], known)
            validation[key] = 1000 * float(rows.mean())
    without = [key for key in WITHOUT_MODEL if key in validation and key in predictions]
    reference = min(without or list(predictions), key=lambda k: (validation.get(k, np.inf), k))
    test = problem.split.test
    blocks = problem.blocks[test]
    per_row = {key: 1000 * cost(key, found, test) for key, found in predictions.items()}

    lists = problem.queries_of(test)
    n = len(test) if lists is None else len(np.unique(lists))

    def mean(values: np.ndarray) -> Estimate:
        found = bootstrap_mean(values, rng=rng, blocks=blocks, name=problem.block_name)
        return replace(found, n=n)

    return Money(
        thresholds,
        validation,
        {key: mean(values) for key, values in per_row.items()},
        {key: mean(per_row[reference] - values) for key, values in per_row.items()},
        reference,
    )
