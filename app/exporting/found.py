"""What the stages left behind, fetched from the shelf and ready to be packed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.record.project import Project
from app.stages.road import BY_KEY
from app.starter import ladder
from app.workshop import measure_stage, shelf, table_of

if TYPE_CHECKING:
    import numpy
    import pandas

    from app.lab.champion import Champion
    from app.lab.contract import Contract
    from app.lab.problem import Problem
    from app.lab.rungs import Fitted

NEEDED = ("data", "baselines")
# What stands in for the model, first that is there.
WITHOUT_MODEL = ("user_rule", "seasonal_naive", "moving_mean", "last_value")


@dataclass(frozen=True)
class Found:
    """What the stages left behind, ready to be packed."""

    problem: Problem
    champion: Champion
    rungs: dict[str, Fitted]
    test: pandas.DataFrame
    prediction: numpy.ndarray
    contract: Contract
    metrics: dict[str, float]
    options: dict[str, Any]
    rule: str
    fragile: tuple[str, ...]


def _kept(project: Project) -> tuple[Any, Any, Any]:
    data, base = (project.evidence[key].digest for key in NEEDED)
    things = (f"{data}-problem", f"{base}-champion", f"{base}-rungs")
    problem, champion, rungs = (shelf().get_pickle(name) for name in things)
    return problem, champion, rungs


def found_of(project: Project, progress: Callable[[float, str], None]) -> Found:
    """Return what goes into the repository, measured again where the shelf has lost it."""
    problem, champion, rungs = _kept(project)
    if problem is None or champion is None or rungs is None:
        # Gone from the shelf, or measured on another machine: the same seed makes them again.
        for key in NEEDED:
            measure_stage(project, key, lambda done, words: progress(0.1 + 0.3 * done, words))
        problem, champion, rungs = _kept(project)
    return _fitted(project, problem, champion, rungs)


def _fitted(project: Project, problem: Problem, champion: Champion, kept: Any) -> Found:
    from app.lab.encoding import compact
    from app.stages.fitting import fitting_options

    table = table_of(project)
    chosen = BY_KEY["baselines"].chosen(project)
    options = fitting_options(chosen, problem, champion.costs)
    frame = problem.frame(compact(table[list(problem.columns)]))
    rungs: dict[str, Fitted] = {"model": champion.fitted}
    fragile, reduced = _reduced(project, problem, champion, frame, options)
    if reduced is not None:
        rungs["reduced"] = reduced
    rule = next((key for key in WITHOUT_MODEL if key in kept), "constant")
    if rule not in ("constant", champion.fitted.key):
        rungs["rule"] = kept[rule].fitted
    rungs["constant"] = kept["constant"].fitted
    prediction = champion.fitted.predict(frame, problem.split.test)
    return Found(
        problem,
        champion,
        rungs,
        frame.take(problem.split.test).reset_index(drop=True),
        prediction,
        _contract(project, problem, table),
        _metrics(project, problem, champion, prediction),
        options,
        rule,
        fragile,
    )


def _reduced(
    project: Project,
    problem: Problem,
    champion: Champion,
    frame: pandas.DataFrame,
    options: dict[str, Any],
) -> tuple[tuple[str, ...], Fitted | None]:
    """Return the columns that may be gone, and the model that does without them, if any."""
    from app.lab.rungs import RUNGS, fit_rung, training_on

    read = [name for name in problem.inputs if name in _encoded(champion.fitted)]
    fragile = ladder.fragile_columns(project.answers.get("serving", {}), read)
    if not fragile or len(fragile) == len(read):
        return (), None
    rest = frame.drop(columns=list(fragile))
    if problem.level in fragile:
        # Without the recent level there is nothing to learn a ratio to.
        options = {**options, "level": ""}
    training = training_on(problem, rest, problem.split.train, project.seed, options)
    try:
        return fragile, fit_rung(RUNGS[champion.fitted.key], training)
    except ValueError:
        # What is left of the columns does not make a model of this kind.
        return (), None


def _contract(project: Project, problem: Problem, table: pandas.DataFrame) -> Contract:
    """Return what rows must hold, with what was changed by hand in the stage reproducibility."""
    from app.stages.contracting import project_contract

    rules = BY_KEY["reproducibility"].chosen(project).known_rules
    return project_contract(project, problem, problem.frame(table), rules)


def _encoded(fitted: Fitted) -> set[str]:
    """Return all the columns a rung reads, used or not."""
    from app.lab.portable.answerer import read_by

    return set(read_by(fitted, fitted.inputs))


def metric_keys(project: Project, problem: Problem) -> tuple[str, str]:
    """Return the metric that decides, and a second view."""
    from app.stages.baselines.test_rows import ALSO

    chosen = BY_KEY["baselines"].chosen(project)
    return str(getattr(chosen, f"metric_{problem.task}")), ALSO[problem.task]


def _metrics(
    project: Project, problem: Problem, champion: Champion, prediction: numpy.ndarray
) -> dict[str, float]:
    """Return the scores of the model as it goes on, on the held-out rows."""
    from app.lab.metrics import METRICS, quantile_loss, score_of

    test = problem.split.test
    found = {}
    for key in dict.fromkeys(metric_keys(project, problem)):
        quantile = quantile_of(champion)
        metric = quantile_loss(quantile) if key == "quantile_loss" else METRICS[key]
        lists = problem.queries_of(test)
        found[key] = score_of(metric, problem.y[test], prediction, lists, problem.relevant_from)
    return found


def quantile_of(champion: Champion) -> float:
    """Return the quantile that the costs lean to."""
    from app.lab.cost import AsymmetricCosts, cost_quantile

    return cost_quantile(champion.costs) if isinstance(champion.costs, AsymmetricCosts) else 0.5
