"""What is promised of the model: quality and cost on the held-out rows, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.stages.bench import Bench

if TYPE_CHECKING:
    import numpy

    from app.lab.champion import Champion
    from app.lab.estimate import Estimate
    from app.lab.metrics import Metric
    from app.lab.problem import Problem


def promised_of(
    metric: Metric, problem: Problem, champion: Champion, prediction: numpy.ndarray, bench: Bench
) -> dict[str, dict[str, Any]]:
    """Return score and cost of 1,000 decisions as plain data."""
    from app.lab.intervals import bootstrap_mean
    from app.stages.baselines.test_rows import ROUNDS, scored

    test = problem.split.test
    y, blocks, name = problem.y[test], problem.blocks[test], problem.block_name
    rows = 1000 * champion.cost(y, prediction, test)
    cost = bootstrap_mean(rows, rng=bench.rng("promised"), blocks=blocks, name=name)
    quality = scored(metric, y, prediction, problem, bench, ROUNDS)
    return {
        "quality": _plain(quality, metric.higher_is_better),
        "cost": _plain(cost, False),
    }


def _plain(found: Estimate, higher_is_better: bool) -> dict[str, Any]:
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "method": found.method,
        "higher_is_better": higher_is_better,
    }


def costs_in_settings(champion: Champion) -> dict[str, Any]:
    """Return what mistakes cost, as config.toml has it."""
    from app.lab.cost import AsymmetricCosts, BinaryCosts, ReviewCosts

    costs = champion.costs
    if isinstance(costs, BinaryCosts):
        told = {"false_alarm": costs.false_alarm, "miss": costs.miss, "hit": costs.hit}
        return {"kind": "binary", **told, "by_row": champion.stakes is not None}
    if isinstance(costs, ReviewCosts):
        return {"kind": "review", "wrong": costs.wrong, "review": costs.review}
    if isinstance(costs, AsymmetricCosts):
        return {"kind": "asymmetric", "over": costs.over, "under": costs.under}
    return {"kind": "list", "failed": costs.failed}
