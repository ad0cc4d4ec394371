"""Rows alone, struck without a service: for replays that know no world yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from app.lab.world import World


@dataclass(frozen=True)
class Strike:
    """Rows as an incident leaves them."""

    rows: pd.DataFrame
    y: np.ndarray
    seen_y: np.ndarray
    arrived: np.ndarray
    origin: np.ndarray | None = None


def world_of(rows: pd.DataFrame, y: np.ndarray) -> World:
    """Return rows as one day of production."""
    # Late: the catalogue of incidents is read at start-up, long before a frame is.
    from app.lab.stream import Days
    from app.lab.world import World

    n = len(rows)
    everything, nothing = np.ones(n, dtype=bool), np.zeros(n)
    day = Days(nothing.astype(int), ("day 1",), np.zeros(1, dtype=int))
    return World(
        rows, rows, y, y, nothing, everything, np.arange(n), day, nothing.astype(int), ~everything
    )


def form_of(y: np.ndarray) -> str:
    """Guess the form of a target."""
    values = np.unique(y)
    if set(values) <= {0.0, 1.0}:
        return "binary"
    whole = len(values) <= 50 and bool((values == np.rint(values)).all()) and values.min() >= 0
    return "multiclass" if whole else "regression"


def normalised(importance: Mapping[str, float]) -> dict[str, float]:
    """Return importances that add up to one."""
    total = sum(importance.values()) or 1.0
    return {column: size / total for column, size in importance.items()}
