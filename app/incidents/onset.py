"""How an incident begins: at once, little by little, or on and off."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

RAMP_DAYS = 10
ON_SHARE = 0.6


def _abrupt(since: np.ndarray, of_row: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(since >= 0, dtype=float)


def _ramped(since: np.ndarray, of_row: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(np.clip((since + 1) / RAMP_DAYS, 0.0, 1.0))


def _intermittent(since: np.ndarray, of_row: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    # The first day is always on: an incident begins when it begins.
    on = rng.random(int(of_row.max(initial=0)) + 1) < ON_SHARE
    return np.asarray((since >= 0) & (on[of_row] | (since == 0)), dtype=float)


ONSETS: Mapping[str, str] = {
    "abrupt": "at once",
    "ramped": f"over {RAMP_DAYS} days",
    "intermittent": "on and off",
}
_SHAPES: Mapping[str, Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray]] = {
    "abrupt": _abrupt,
    "ramped": _ramped,
    "intermittent": _intermittent,
}


def strength_of(
    of_row: np.ndarray, onset_day: int, shape: str, rng: np.random.Generator
) -> np.ndarray:
    """Return how strongly each row is struck, 0 to 1: 0 on all days before the onset."""
    return _SHAPES[shape](of_row - onset_day, of_row, rng)
