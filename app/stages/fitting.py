"""With what the ladder fitted a rung, for every stage that fits one again."""

from __future__ import annotations

from typing import Any

from app.lab.cost import AsymmetricCosts, Costs, cost_quantile
from app.lab.problem import Problem


def fitting_options(baselines: Any, problem: Problem, costs: Costs) -> dict[str, Any]:
    """Return what the ladder was told when it fitted a rung."""
    lean: object = baselines.lean
    if lean == "cost" and isinstance(costs, AsymmetricCosts):
        lean = cost_quantile(costs)
    return {
        "rule": baselines.rule,
        "lean": lean,
        "estimator": baselines.estimator.strip(),
        "estimator_params": baselines.estimator_params,
        "level": problem.level,
        "past": dict(problem.past),
        "past_columns": () if problem.derived is None else tuple(problem.derived.columns),
    }
