"""Group means: the mean target by the one or two categories that tell most."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from app.lab.encoding import Encoder
from app.lab.rungs.rung import Fitted, RungKind, Training, smoothed, targets

MOST_GROUPS = 60
MOST_COLUMNS = 8
STRENGTH = 10.0


@dataclass(frozen=True)
class GroupMeans:
    """Mean target (or share of each class) by group."""

    encoder: Encoder
    places: tuple[int, ...]
    values: tuple[np.ndarray, ...]
    means: np.ndarray

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the mean of the row's group, that of all rows for a group never seen."""
        return self.predict_matrix(self.encoder.transform(frame))

    def predict_matrix(self, matrix: np.ndarray) -> np.ndarray:
        """Return the mean of the group of rows that are encoded already."""
        return np.asarray(self.means[_groups(matrix, self.places, self.values)], dtype=float)


def _groups(
    matrix: np.ndarray, places: tuple[int, ...], values: tuple[np.ndarray, ...]
) -> np.ndarray:
    found = np.zeros(len(matrix), dtype=np.int64)
    for place, known in zip(places, values, strict=True):
        column = np.nan_to_num(matrix[:, place], nan=-2.0)
        at = np.clip(np.searchsorted(known, column), 0, max(len(known) - 1, 0))
        code = np.where(known[at] == column, at, len(known))
        found = found * (len(known) + 1) + code
    return found


def fit(training: Training) -> Fitted:
    """Choose the one or two categories whose means predict best on rows held back.

    Parameters
    ----------
    training : Training

    Returns
    -------
    Fitted

    Raises
    ------
    ValueError
        If no column holds two to sixty different values.
    """
    matrix, y = training.matrix, targets(training)
    values = {
        place: np.unique(np.nan_to_num(matrix[:, place], nan=-2.0))
        for place in range(matrix.shape[1])
    }
    usable = [place for place, known in values.items() if 2 <= len(known) <= MOST_GROUPS]
    if not usable:
        raise ValueError(
            f"no column holds 2 to {MOST_GROUPS} different values; take this rung off the ladder"
        )
    held = np.random.default_rng(training.seed).random(len(y)) < 0.3
    loss: dict[tuple[int, ...], float] = {
        (place,): _loss(matrix, (place,), values, y, held) for place in usable
    }
    strongest = sorted(usable, key=lambda place: loss[(place,)])[:MOST_COLUMNS]
    for pair in combinations(sorted(strongest), 2):
        loss[pair] = _loss(matrix, pair, values, y, held)
    chosen = min(loss, key=lambda places: (loss[places], len(places)))
    names = [training.encoder.names[place] for place in chosen]
    sources = tuple(dict.fromkeys(training.encoder.sources[place] for place in chosen))
    small = Encoder().fit(training.part(sources))
    places = tuple(small.names.index(name) for name in names)
    known = tuple(values[place] for place in chosen)
    groups = _groups(matrix, chosen, known)
    size = int(np.prod([len(k) + 1 for k in known]))
    means, counts = smoothed(groups, y, size, STRENGTH)
    words = f"The mean by {' and '.join(names)}: {int((counts > 0).sum()):,} groups."
    model = GroupMeans(small, places, known, means)
    return Fitted("group_means", training.form, model, sources, words)


def _loss(
    matrix: np.ndarray,
    places: tuple[int, ...],
    values: dict[int, np.ndarray],
    y: np.ndarray,
    held: np.ndarray,
) -> float:
    known = tuple(values[place] for place in places)
    groups = _groups(matrix, places, known)
    size = int(np.prod([len(k) + 1 for k in known]))
    means, _ = smoothed(groups[~held], y[~held], size, STRENGTH)
    return float(np.mean((means[groups[held]] - y[held]) ** 2))


KIND = RungKind(
    "group_means",
    "Group means",
    "A table of averages is the model that most teams run without calling it one.",
    fit,
)
