"""The fallback ladder as models that can be handed on, each with its own threshold and cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.lab.estimate import Estimate
from app.lab.fallback import without
from app.lab.portable.answerer import read_by
from app.lab.rungs import RUNGS, Fitted, fit_rung, training_on
from app.record.project import Project
from app.stages.bench import Bench
from app.stages.serving.choices import Choices
from app.stages.serving.ladder import ladder_of
from app.stages.serving.setting import Setting, setting_of
from app.stages.serving.standing import standing_of

# As the steps are called where they answer, from the top.
STEPS: Mapping[str, str] = {
    "model": "full",
    "reduced": "reduced",
    "rule": "rule",
    "constant": "constant",
}


@dataclass(frozen=True)
class LadderModel:
    """One rung of the ladder.

    Parameters
    ----------
    fitted : Fitted
        On all training rows.
    threshold : float
        Act (or answer without a person) from this probability on, chosen on rows the rung had not
        seen; NaN where nothing is decided by a threshold.
    cost : Estimate
        Of 1,000 decisions on these rows, in currency.
    """

    fitted: Fitted
    threshold: float
    cost: Estimate


@dataclass(frozen=True)
class LadderModels:
    """All rungs from the top.

    Parameters
    ----------
    rungs : mapping of str to LadderModel
    rule : str
        Which rung stands for the rule; ``"constant"`` when there is none.
    fragile : tuple of str
        Columns that the reduced model does without; empty when there is none.
    """

    rungs: Mapping[str, LadderModel]
    rule: str
    fragile: tuple[str, ...]

    @property
    def fitted(self) -> dict[str, Fitted]:
        """The fitted models by rung."""
        return {key: one.fitted for key, one in self.rungs.items()}

    @property
    def thresholds(self) -> dict[str, float]:
        """Where each rung begins to act; empty where no threshold decides."""
        found = {key: float(one.threshold) for key, one in self.rungs.items()}
        return {} if np.isnan(found["model"]) else found


def ladder_models(choices: Choices, project: Project, bench: Bench) -> LadderModels:
    """Return the rungs below the chosen one with thresholds and costs, as Serving measures them."""
    setting = setting_of(choices, project, bench)
    fragile = _fragile(choices, setting)
    steps = ("rule", "constant", *(("reduced",) if fragile else ()))
    standing = standing_of(choices.model_copy(update={"steps": steps}), setting, bench)
    costs = {key: step.cost for key, step in ladder_of(standing, setting, bench).steps.items()}
    fitted = {"model": setting.champion.fitted}
    if "reduced" in costs and (less := _without(fragile, setting, project.seed)) is not None:
        fitted["reduced"] = less
    if setting.rule:
        fitted["rule"] = setting.rungs[setting.rule].fitted
    fitted["constant"] = setting.rungs["constant"].fitted
    rungs = {
        key: LadderModel(one, standing.thresholds[STEPS[key]], costs.get(STEPS[key], costs["full"]))
        for key, one in fitted.items()
    }
    left = fragile if "reduced" in rungs else ()
    return LadderModels(rungs, setting.rule or "constant", left)


def _fragile(choices: Choices, setting: Setting) -> tuple[str, ...]:
    """Return the columns a reduced model would do without; none where it would be the same model."""
    fitted, inputs = setting.champion.fitted, setting.problem.inputs
    read = [name for name in read_by(fitted, inputs) if name in inputs]
    gone = set(setting.fragile)
    if "reduced" not in choices.steps or not gone & set(read) or gone >= set(read):
        return ()
    return setting.fragile


def _without(fragile: tuple[str, ...], setting: Setting, seed: int) -> Fitted | None:
    """Return the chosen rung fitted on all training rows without some columns, None if it cannot be."""
    rest = setting.frame.drop(columns=list(fragile))
    options = without(setting.options(), fragile)
    training = training_on(setting.problem, rest, setting.problem.split.train, seed, options)
    try:
        return fit_rung(RUNGS[setting.chosen], training)
    except ValueError:
        # What is left of the columns does not make a model of this kind.
        return None
