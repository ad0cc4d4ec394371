"""A stretch of production as monitors see it: answers, and what labels say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from app.lab.world import Answers, World

MINUTES = 24 * 60


@dataclass(frozen=True)
class View:
    """Rows with what is recorded of them.

    Parameters
    ----------
    world : World
    answers : Answers
    score : ndarray of float, shape (n,)
        One number a row that was answered; NaN where nothing was.
    happened : ndarray of float, shape (n,)
        By the recorded label; NaN without one.
    loss, cost : ndarray of float, shape (n,)
        By the recorded label: loss of the metric's kind, cost in currency; NaN without one.
    cohorts : mapping of str to ndarray of bool, shape (n,)
        Rows of the slices under watch, by name.
    complaints : ndarray of float, shape (days,), optional
        That came in; none when left out.
    announced : ndarray of int, shape (days,), optional
        Newest version that releases announced; the one that answered before when left out.
    """

    world: World
    answers: Answers
    score: np.ndarray
    happened: np.ndarray
    loss: np.ndarray
    cost: np.ndarray
    cohorts: Mapping[str, np.ndarray] = field(default_factory=dict)
    complaints: np.ndarray | None = None
    announced: np.ndarray | None = None

    @property
    def place(self) -> np.ndarray:
        """Day of each row that arrived; one past the last for those that never did."""
        days = self.world.days
        return np.where(self.world.arrived, days.of_row, days.count)

    @property
    def known(self) -> np.ndarray:
        """Day on which the label of each row is in; one past the last for later or never."""
        world, days = self.world, self.world.days
        length = days.length
        when = days.of_row + world.minute / MINUTES / length + world.label_days / length
        there = world.arrived & np.isfinite(world.label) & np.isfinite(when)
        day = np.floor(np.where(there, when, days.count)).astype(int)
        return np.asarray(np.clip(day, 0, days.count))
