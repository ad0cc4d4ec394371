"""The setting of serving: what is served, what it stands on, and which rows tell what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from app.lab.capacity import Volume
from app.lab.champion import Champion
from app.lab.cost import AsymmetricCosts, cost_quantile
from app.lab.problem import Problem
from app.record.project import Project
from app.stages.bench import Bench
from app.stages.serving.choices import Choices, Dependency

NO_MODEL = ("user_rule", "seasonal_naive", "last_value", "moving_mean")


@dataclass(frozen=True)
class Setting:
    """What every part of serving looks at.

    Parameters
    ----------
    problem : Problem
    frame : DataFrame
        Inputs of all the kept rows.
    chosen, simplest : str
        Rung that is served, and the simplest that would do.
    rule : str
        Rung that stands for the rule; empty when there is none below the served one.
    rungs : mapping of str to Champion
    framing, baselines, data : Choices
        Of the stages before.
    cohorts : tuple
        Slices that were named, with who decides in them.
    dependencies : tuple of Dependency
        Those that bring at least one input of a model.
    rows_per_decision : int
        1, or the items of a usual list.
    volume : Volume or None
        None while nobody has said how many decisions there are.
    """

    problem: Problem
    frame: pd.DataFrame
    chosen: str
    simplest: str
    rule: str
    rungs: Mapping[str, Champion]
    framing: Any
    baselines: Any
    data: Any
    cohorts: tuple[Any, ...]
    dependencies: tuple[Dependency, ...]
    rows_per_decision: int
    volume: Volume | None
    table: pd.DataFrame

    @property
    def champion(self) -> Champion:
        """The rung that is served, with how it decides."""
        return self.rungs[self.chosen]

    @property
    def currency(self) -> str:
        """Currency in which costs are counted."""
        return str(self.framing.currency)

    @property
    def fragile(self) -> tuple[str, ...]:
        """Inputs that the reduced model must do without."""
        brought = {name for one in self.dependencies if one.spared for name in one.columns}
        return tuple(name for name in self.problem.inputs if name in brought)

    def reads(self, key: str, dependency: Dependency) -> tuple[str, ...]:
        """Return the columns of a dependency that a rung looks at."""
        inputs = self.rungs[key].fitted.inputs
        return tuple(name for name in dependency.columns if name in inputs)

    def spares(self, dependency: Dependency) -> bool:
        """Say whether the reduced model looks at nothing of a dependency."""
        kept = set(self.rungs[self.chosen].fitted.inputs) - set(self.fragile)
        return not kept & set(dependency.columns)

    def options(self) -> dict[str, Any]:
        """Return what the ladder was told when it fitted the rungs."""
        problem, costs = self.problem, self.champion.costs
        lean: object = self.baselines.lean
        if lean == "cost" and isinstance(costs, AsymmetricCosts):
            lean = cost_quantile(costs)
        return {
            "rule": self.baselines.rule,
            "lean": lean,
            "estimator": self.baselines.estimator.strip(),
            "estimator_params": self.baselines.estimator_params,
            "level": problem.level,
            "past": dict(problem.past),
            "past_columns": () if problem.derived is None else tuple(problem.derived.columns),
        }


def setting_of(choices: Choices, project: Project, bench: Bench) -> Setting:
    """Set the scene from what the stages before kept and said."""
    problem: Problem = bench.fetch("data", "problem")
    rungs: dict[str, Champion] = bench.fetch("baselines", "rungs")
    words = project.evidence["baselines"].words
    framing = bench.choices("framing")
    chosen = words["chosen"]
    inputs = set(problem.inputs)
    return Setting(
        problem,
        problem.frame(bench.table),
        chosen,
        words["simplest"],
        _rule(chosen, words["reference"], rungs),
        rungs,
        framing,
        bench.choices("baselines"),
        bench.choices("data"),
        tuple(bench.choices("errors").cohorts),
        tuple(one for one in choices.dependencies if inputs & set(one.columns)),
        _rows_per_decision(problem),
        Volume(framing.decisions_per_year, choices.hours_per_day, choices.peak_factor)
        if framing.decisions_per_year > 0
        else None,
        bench.table,
    )


def _rule(chosen: str, reference: str, rungs: Mapping[str, Champion]) -> str:
    """Return the rung that stands for the rule: the user's own, else the best without a model."""
    wanted = ("user_rule", reference, *NO_MODEL, "one_rule")
    return next((k for k in wanted if k in rungs and k not in (chosen, "constant")), "")


def _rows_per_decision(problem: Problem) -> int:
    if problem.queries is None:
        return 1
    sizes = np.unique(problem.queries[problem.split.train], return_counts=True)[1]
    return int(np.median(sizes))
