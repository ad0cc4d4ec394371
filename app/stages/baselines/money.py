"""What each rung costs, and what it saves against the best you can do without a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.lab.champion import decision_cost
from app.lab.cost import AsymmetricCosts, BinaryCosts, best_threshold, cost_quantile
from app.lab.estimate import Estimate
from app.lab.intervals import bootstrap_mean
from app.lab.ladder import RungResult
from app.lab.problem import Problem

Costs = BinaryCosts | AsymmetricCosts
WITHOUT_MODEL = ("constant", "user_rule")


@dataclass(frozen=True)
class Money:
    """Costs of every rung, per 1,000 decisions."""

    thresholds: dict[str, float]
    validation: dict[str, float]
    test: dict[str, Estimate]
    saving: dict[str, Estimate]
    reference: str


def costs_of(framing: Any, task: str) -> Costs:
    """Return the costs that the framing gives."""
    if task == "binary":
        return BinaryCosts(framing.cost_false_alarm, framing.cost_miss, hit=framing.cost_hit)
    return AsymmetricCosts(framing.cost_over, framing.cost_under)


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
    results: dict[str, RungResult], y: np.ndarray, costs: Costs, share: float | None
) -> dict[str, float]:
    """Choose each rung's threshold on out-of-fold predictions."""
    found = {}
    for key, result in results.items():
        known = np.isfinite(result.predictions)
        if result.failure or not isinstance(costs, BinaryCosts) or not known.any():
            found[key] = float("nan")
            continue
        found[key] = best_threshold(y[known], result.predictions[known], costs, share).value
    return found


def count(
    results: dict[str, RungResult],
    predictions: dict[str, np.ndarray],
    thresholds: dict[str, float],
    problem: Problem,
    costs: Costs,
    rng: np.random.Generator,
) -> Money:
    """Count the cost of every rung on validation and test rows."""
    validation = {}
    for key, result in results.items():
        known = np.isfinite(result.predictions)
        if not result.failure and known.any():
            rows = decision_cost(
                costs, problem.y[known], result.predictions[known], thresholds[key]
            )
            validation[key] = 1000 * float(rows.mean())
    without = [key for key in WITHOUT_MODEL if key in validation and key in predictions]
    reference = min(without or list(predictions), key=lambda k: (validation.get(k, np.inf), k))
    y, blocks = problem.y[problem.split.test], problem.blocks[problem.split.test]
    per_row = {k: 1000 * decision_cost(costs, y, p, thresholds[k]) for k, p in predictions.items()}

    def mean(values: np.ndarray) -> Estimate:
        return bootstrap_mean(values, rng=rng, blocks=blocks, name=problem.block_name)

    return Money(
        thresholds,
        validation,
        {key: mean(values) for key, values in per_row.items()},
        {key: mean(per_row[reference] - values) for key, values in per_row.items()},
        reference,
    )
