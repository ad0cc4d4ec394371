"""Columns by the size of their contributions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.lab.column_means import column_means
from app.lab.estimate import Estimate
from app.lab.shapley.attribution import Attribution


@dataclass(frozen=True)
class Importance:
    """Mean absolute contribution of a column, with its rank."""

    column: str
    size: Estimate
    rank: int


def importance(
    found: Attribution, rng: np.random.Generator, blocks: np.ndarray | None = None
) -> tuple[Importance, ...]:
    """Rank the columns by mean absolute contribution.

    Parameters
    ----------
    found : Attribution
    rng : Generator
    blocks : ndarray of int, shape (n,), optional
        Rows of one block are drawn together.

    Returns
    -------
    tuple of Importance
        Largest first; intervals over the explained rows, the model held fixed.
    """
    sizes = np.abs(found.values)
    means = sizes.mean(axis=0) if len(sizes) else np.zeros(sizes.shape[1])
    order = np.argsort(-means, kind="stable")
    each = column_means(sizes, rng, blocks)
    return tuple(
        Importance(found.columns[i], each[i], rank) for rank, i in enumerate(order, start=1)
    )
