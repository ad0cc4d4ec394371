"""What slices are measured in: money, or the loss where money does not tell decisions apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.lab.estimate import Estimate
from app.lab.metrics import loss_of
from app.record.table import Column
from app.stages.errors.scene import Scene


@dataclass(frozen=True)
class Yardstick:
    """One number a row that says how bad its answer was, and how it is shown."""

    values: np.ndarray
    scale: float
    kind: Literal["currency", "number"]
    noun: str
    unit: str
    says: str = ""

    @property
    def per(self) -> str:
        """What the shown number is per."""
        return " per 1,000" if self.scale != 1 else ""

    def column(self, key: str, label: str) -> Column:
        """Return a column of a table in this unit."""
        return Column(key=key, label=label, kind=self.kind)

    def shown(self, value: float | None) -> float | None:
        """Return a number of one row as it is shown."""
        return None if value is None or not np.isfinite(value) else self.scale * value

    def scaled(self, found: Estimate) -> Estimate:
        """Return an estimate a row as it is shown."""
        low, high = (None if e is None else self.scale * e for e in (found.low, found.high))
        return Estimate(self.scale * found.value, low, high, found.n, found.level, found.method)


def yardstick_of(scene: Scene) -> Yardstick:
    """Return the cost of every decision, or the loss where every decision costs the same."""
    cost = np.asarray(scene.cost, dtype=float)
    if len(cost) and np.ptp(cost) > 0:
        return Yardstick(cost, 1000.0, "currency", "cost", scene.currency)
    form = "ranking" if scene.queries is not None else scene.problem.form
    loss = loss_of(form, scene.y, scene.prediction, scene.queries)
    same = "nothing" if not len(cost) or cost[0] == 0 else "the same"
    return Yardstick(
        np.asarray(loss, dtype=float),
        1.0,
        "number",
        "loss",
        "",
        f"Every decision costs {same} by the costs in Framing, so money tells no rows apart; "
        "slices are measured by the loss of the prediction instead.",
    )
