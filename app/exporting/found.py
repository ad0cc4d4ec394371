"""What the stages left behind, fetched from the shelf and ready to be packed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.exporting.promised import promised_of
from app.record.project import Project
from app.stages.road import BY_KEY
from app.workshop import bench_of, measure_stage, shelf, table_of

if TYPE_CHECKING:
    import numpy
    import pandas

    from app.lab.champion import Champion
    from app.lab.contract import Contract
    from app.lab.metrics import Metric
    from app.lab.problem import Problem
    from app.stages.serving.ladder_models import LadderModels

NEEDED = ("data", "baselines")


@dataclass(frozen=True)
class Found:
    """What the stages left behind, ready to be packed."""

    problem: Problem
    champion: Champion
    ladder: LadderModels
    test: pandas.DataFrame
    prediction: numpy.ndarray
    contract: Contract
    metrics: dict[str, float]
    promised: dict[str, dict[str, Any]]
    options: dict[str, Any]


def kept_of(project: Project) -> tuple[Any, Any]:
    """Return the problem and the champion from the shelf, None where they have gone."""
    data, base = (project.evidence[key].digest for key in NEEDED)
    return shelf().get_pickle(f"{data}-problem"), shelf().get_pickle(f"{base}-champion")


def found_of(project: Project, progress: Callable[[float, str], None]) -> Found:
    """Return what goes into the repository, measured again where the shelf has lost it."""
    problem, champion = kept_of(project)
    if problem is None or champion is None:
        # Gone from the shelf, or measured on another machine: the same seed makes them again.
        for key in NEEDED:
            measure_stage(project, key, lambda done, words: progress(0.1 + 0.2 * done, words))
        problem, champion = kept_of(project)
    progress(0.3, "Walking down the fallback ladder")
    return _fitted(project, problem, champion, progress)


def _fitted(
    project: Project,
    problem: Problem,
    champion: Champion,
    progress: Callable[[float, str], None],
) -> Found:
    from app.lab.encoding import compact
    from app.stages.fitting import fitting_options
    from app.stages.serving.ladder_models import ladder_models

    table = table_of(project)
    bench = bench_of(project, "serving", progress)
    frame = problem.frame(compact(table[list(problem.columns)]))
    prediction = champion.fitted.predict(frame, problem.split.test)
    return Found(
        problem,
        champion,
        ladder_models(BY_KEY["serving"].chosen(project), project, bench),
        frame.take(problem.split.test).reset_index(drop=True),
        prediction,
        _contract(project, problem, table),
        _metrics(project, problem, champion, prediction),
        promised_of(
            _metrics_of(project, problem, champion)[0], problem, champion, prediction, bench
        ),
        fitting_options(BY_KEY["baselines"].chosen(project), problem, champion.costs),
    )


def _contract(project: Project, problem: Problem, table: pandas.DataFrame) -> Contract:
    """Return what rows must hold, with what was changed by hand in the stage reproducibility."""
    from app.stages.contracting import project_contract

    rules = BY_KEY["reproducibility"].chosen(project).known_rules
    return project_contract(project, problem, problem.frame(table), rules)


def metric_keys(project: Project, problem: Problem) -> tuple[str, str]:
    """Return the metric that decides, and a second view."""
    from app.stages.baselines.test_rows import ALSO

    chosen = BY_KEY["baselines"].chosen(project)
    return str(getattr(chosen, f"metric_{problem.task}")), ALSO[problem.task]


def _metrics_of(project: Project, problem: Problem, champion: Champion) -> list[Metric]:
    """Return the metric that decides, and a second view where it is another."""
    from app.lab.metrics import METRICS, quantile_loss

    quantile = quantile_of(champion)
    return [
        quantile_loss(quantile) if key == "quantile_loss" else METRICS[key]
        for key in dict.fromkeys(metric_keys(project, problem))
    ]


def _metrics(
    project: Project, problem: Problem, champion: Champion, prediction: numpy.ndarray
) -> dict[str, float]:
    """Return the scores of the model as it goes on, on the held-out rows."""
    from app.lab.metrics import score_of

    test = problem.split.test
    y, lists = problem.y[test], problem.queries_of(test)
    return {
        metric.key: score_of(metric, y, prediction, lists, problem.relevant_from)
        for metric in _metrics_of(project, problem, champion)
    }


def quantile_of(champion: Champion) -> float:
    """Return the quantile that the costs lean to."""
    from app.lab.cost import AsymmetricCosts, cost_quantile

    return cost_quantile(champion.costs) if isinstance(champion.costs, AsymmetricCosts) else 0.5
