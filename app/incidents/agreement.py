"""Whether wrong labels side with what the model had answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.signs import wrong_labels
from app.incidents.verdict import known, said

if TYPE_CHECKING:
    from app.incidents.incident import Seen
    from app.lab.world import Answers, World

MOSTLY = 0.9


def says(form: str, world: World, answers: Answers) -> np.ndarray:
    """Return the label that each answer amounts to: the decision, where one was taken."""
    found = said(form, answers.prediction, world.y, world.lists)
    if form == "binary":
        return np.where(np.isfinite(answers.acted), answers.acted, found)
    return found


def side_with_answers(struck: Seen) -> bool:
    """Say whether nearly all wrong labels are nearer to the answer than the truth is."""
    world, answers = struck.world, struck.answers
    rows = wrong_labels(struck) & known(answers.prediction)
    if not rows.any():
        return False
    told = says(struck.form, world, answers)
    if struck.form == "multiclass":
        nearer = world.label == told
    else:
        nearer = np.abs(world.label - told) < np.abs(world.y - told)
    return bool(nearer[rows].mean() >= MOSTLY)
