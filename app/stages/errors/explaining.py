"""Which columns predictions are built from, how steady that is, and how values push."""

from __future__ import annotations

import numpy as np

from app.stages.bench import Bench
from app.stages.errors.choices import Choices
from app.stages.errors.class_columns import class_columns
from app.stages.errors.cohort_looks import cohort_looks
from app.stages.errors.dependence import dependence
from app.stages.errors.explained import Explained, explained
from app.stages.errors.importances import importances
from app.stages.errors.scene import Scene
from app.stages.errors.swarms import beeswarm
from app.stages.part import Part

UNITS = {
    "log-odds": "log-odds: 0 is even chance, +0.7 doubles the odds",
    "probability": "probability, from 0 to 1",
    "score": "the score that puts a list in order; it has no unit",
    "target": "the unit of the target",
}
NOTE = (
    "SHAP values split one prediction into parts that add up to it. They show what the model looks "
    "at, not what causes the outcome, and not what would happen if a value were changed. Columns "
    "that go along with each other share their parts arbitrarily."
)


def explaining(scene: Scene, choices: Choices, bench: Bench) -> Part:
    """Explain a sample of the rows."""
    fitted, everyone = scene.champion.fitted, np.arange(len(scene.y))
    told = explained(scene, fitted, everyone, choices.explained_rows, bench, "explained")
    parts = (
        importances(scene, told, choices.refits, bench),
        Part(charts=(*beeswarm(told), *dependence(told))),
        cohort_looks(scene, told, bench),
        class_columns(scene, fitted, told, bench),
    )
    return Part(
        measures=tuple(m for part in parts for m in part.measures),
        tables=tuple(t for part in parts for t in part.tables),
        charts=tuple(c for part in parts for c in part.charts),
        words={
            "explained": f"{told.n:,} of them explained: {told.found.method}",
            "unit": told.found.unit,
            "explanation_note": f"{NOTE} {_about(scene, told)}".strip(),
        },
    )


def _about(scene: Scene, told: Explained) -> str:
    """What the numbers are of, and in which unit."""
    # The answer of any rung puts a list in order: a rule's, too, is a score.
    unit = UNITS.get("score" if scene.queries is not None else told.found.unit, "")
    words = [f"Unit: {unit}." if unit else ""]
    if scene.problem.form == "multiclass":
        words.append("Each row's parts are those of the class that is predicted for it.")
    if scene.problem.level and told.found.unit == "target":
        words.append(
            f"The model learns a ratio to {scene.problem.level}; the parts are turned back into the "
            "unit of the target, that column included."
        )
    if not told.found.exact:
        words.append("Orders of the columns were drawn at random; intervals include that error.")
    return " ".join(word for word in words if word)
