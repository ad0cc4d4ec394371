"""What every part of the stage looks at: the problem, the rung that goes on, and the ladder's choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from app.lab.champion import Champion
from app.lab.encoding import compact
from app.lab.problem import Problem
from app.record.evidence import Evidence
from app.record.project import Project
from app.stages.bench import Bench


@dataclass(frozen=True)
class Scene:
    """What the parts share.

    Parameters
    ----------
    project : Project
    problem : Problem
        With all the training rows.
    champion : Champion
        The rung that goes on.
    key : str
        Its key on the ladder.
    ladder : Evidence
        What was measured of the ladder.
    baselines, data : Choices
    frame : DataFrame
        Inputs of all the kept rows.
    """

    project: Project
    problem: Problem
    champion: Champion
    key: str
    ladder: Evidence
    baselines: Any
    data: Any
    frame: pd.DataFrame


def scene_of(project: Project, bench: Bench) -> Scene:
    """Set the scene from what the stages before kept."""
    problem: Problem = bench.fetch("data", "problem")
    ladder = project.evidence["baselines"]
    return Scene(
        project,
        problem,
        bench.fetch("baselines", "champion"),
        ladder.words["chosen"],
        ladder,
        bench.choices("baselines"),
        bench.choices("data"),
        # As the ladder did: the same values in the same kinds, or bits would differ.
        problem.frame(compact(bench.table[list(problem.columns)])),
    )
