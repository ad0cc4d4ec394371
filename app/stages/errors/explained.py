"""The rows that are explained, and how their predictions are put together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.rungs import Fitted
from app.lab.shapley import Attribution, Importance, explain, importance
from app.record.chart import Axis
from app.stages.bench import Bench
from app.stages.errors.scene import Scene

MOST_COHORTS = 8
ROWS_A_COHORT = 60


@dataclass(frozen=True)
class Explained:
    """Rows of the scene with their explanation.

    Parameters
    ----------
    at : ndarray of int, shape (m,)
        Their places in the scene.
    rows : DataFrame, m rows
    found : Attribution
    sample : ndarray of bool, shape (m,)
        Drawn from all the rows; the others were added so that cohorts have enough.
    ranks : tuple of Importance
        Of the sample, largest first.
    """

    at: np.ndarray
    rows: pd.DataFrame
    found: Attribution
    sample: np.ndarray
    ranks: tuple[Importance, ...]

    @property
    def n(self) -> int:
        """Rows drawn from all of them."""
        return int(self.sample.sum())

    @property
    def drawn(self) -> Attribution:
        """Explanation of the rows that were drawn from all of them."""
        return self.found.rows(self.sample)

    @property
    def drawn_rows(self) -> pd.DataFrame:
        """The rows that were drawn from all of them."""
        return self.rows[self.sample].reset_index(drop=True)

    @property
    def used(self) -> tuple[Importance, ...]:
        """Columns that move any prediction, largest first."""
        return tuple(rank for rank in self.ranks if rank.size.value > 0)


def explained(
    scene: Scene, fitted: Fitted, among: np.ndarray, most: int, bench: Bench, name: str
) -> Explained:
    """Explain a sample of some rows of the scene, and a few more of each cohort."""
    at, sample = _picked(scene, among, most, bench.rng(name))
    rows = scene.rows.iloc[at].reset_index(drop=True)
    found = explain(fitted, rows, scene.background, scene.problem.inputs)
    blocks = scene.blocks[at][sample]
    ranks = importance(found.rows(sample), bench.rng(f"{name} importance"), blocks)
    return Explained(at, rows, found, sample, ranks)


def _picked(
    scene: Scene, among: np.ndarray, most: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    drawn = np.zeros(len(scene.y), dtype=bool)
    drawn[_drawn(scene.queries, among, most, rng)] = True
    more = drawn.copy()
    for mask in list(scene.cohorts.values())[:MOST_COHORTS]:
        inside = among[mask[among]]
        left = inside[~more[inside]]
        lacking = max(0, ROWS_A_COHORT - int(more[inside].sum()))
        more[rng.permutation(left)[:lacking]] = True
    at = np.flatnonzero(more)
    return at, drawn[at]


def _drawn(
    queries: np.ndarray | None, among: np.ndarray, most: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw rows; of lists whole ones, for an item means little without its rivals."""
    if queries is None:
        return rng.permutation(among)[:most]
    names, sizes = np.unique(queries[among], return_counts=True)
    order = rng.permutation(len(names))
    enough = max(1, int(np.searchsorted(np.cumsum(sizes[order]), most, side="right")))
    return among[np.isin(queries[among], names[order[:enough]])]


def shap_axis(found: Attribution, words: str) -> Axis:
    """Return the axis of contributions in the unit of the output."""
    return Axis(label=words, unit="" if found.unit == "target" else found.unit)


def column_unit(found: Attribution) -> str:
    """Return the unit of contributions for the heading of a table."""
    return "" if found.unit == "target" else found.unit


def significant(value: float) -> float:
    """Return a number with four digits: more cannot be seen, and would swell the project file."""
    return float(f"{value:.4g}")
