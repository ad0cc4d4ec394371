"""What it takes to edit a row and explain it again, kept on the shelf for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from app.lab.row_edit import Field, fields_of, loosened
from app.stages.errors.scene import Scene

NAME = "reading"


@dataclass(frozen=True)
class Kit:
    """The rows of the queue with all that explaining them again needs but the model.

    Parameters
    ----------
    rung : str
        Key of the rung that is looked at.
    numbers : tuple of int
        Row numbers of the queue in the user's table.
    rows : DataFrame, one row a number
        Columns the model looks at, loosened so that they take any value of their kind.
    background : DataFrame
        Training rows that stand for "not known", loosened alike.
    fields : tuple of Field
        What each column holds among the training rows.
    rivals : mapping of int to ndarray of float
        For lists: scores that the final model gives the other items of the row's list.
    """

    rung: str
    numbers: tuple[int, ...]
    rows: pd.DataFrame
    background: pd.DataFrame
    fields: tuple[Field, ...]
    rivals: Mapping[int, np.ndarray] = field(default_factory=dict)


def kit_of(scene: Scene, at: np.ndarray) -> Kit:
    """Pack the kit for some rows of the scene."""
    inputs = list(scene.problem.inputs)
    numbers = tuple(int(n) for n in scene.numbers[at])
    return Kit(
        rung=scene.key,
        numbers=numbers,
        rows=loosened(scene.rows[inputs].iloc[at].reset_index(drop=True)),
        background=loosened(scene.background[inputs]),
        fields=fields_of(scene.rows[inputs]),
        rivals=_rivals(scene, at),
    )


def _rivals(scene: Scene, at: np.ndarray) -> dict[int, np.ndarray]:
    queries = scene.queries
    if queries is None:
        return {}
    there = np.flatnonzero(np.isin(queries, queries[at]))
    scores = scene.champion.fitted.predict(scene.rows.iloc[there].reset_index(drop=True))
    return {
        int(scene.numbers[place]): scores[(queries[there] == queries[place]) & (there != place)]
        for place in at
    }
