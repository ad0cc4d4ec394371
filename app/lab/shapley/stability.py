"""How steady the ranking of the columns is when the rung is fitted again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy import stats

from app.lab.estimate import Estimate
from app.lab.rungs.rung import RungKind, Training, fit_rung
from app.lab.shapley.explanation import explain

EXPLAINED = 300
BACKGROUND = 100
LEAST_REFITS = 3
REFITS, TOP, MOST_ROWS = 10, 5, 5000


@dataclass(frozen=True)
class ColumnStability:
    """Where a column stands over refits.

    Parameters
    ----------
    column : str
    rank : float
        Median rank, from 1.
    low, high : int
        Best and worst rank seen.
    share_top : float
        Share of the refits in which it is among the first columns, in [0, 1].
    size : Estimate
        Mean absolute contribution: mean over the refits, with its smallest and largest.
    """

    column: str
    rank: float
    low: int
    high: int
    share_top: float
    size: Estimate


@dataclass(frozen=True)
class RefitImportance:
    """Ranks over refits.

    Parameters
    ----------
    refits : int
        That could be fitted.
    rows : int
        Rows each was fitted on.
    top : int
        What counts as among the first.
    columns : tuple of ColumnStability
        By median rank.
    agreement : float
        Mean Kendall tau between two refits; NaN when fewer than two could be fitted.
    """

    refits: int
    rows: int
    top: int
    columns: tuple[ColumnStability, ...]
    agreement: float


def refit_importance(
    kind: RungKind,
    training: Training,
    columns: tuple[str, ...],
    rng: np.random.Generator,
    blocks: np.ndarray | None = None,
    refits: int = REFITS,
    top: int = TOP,
    most_rows: int = MOST_ROWS,
    progress: Callable[[float], None] | None = None,
) -> RefitImportance:
    """Fit a rung on bootstrap samples and rank the columns each time.

    Parameters
    ----------
    kind : RungKind
    training : Training
        Rows that the rung was fitted on.
    columns : tuple of str
    rng : Generator
    blocks : ndarray of int, shape (n,), optional
        Rows of one block (day, group) are drawn together; lists are when left out.
    refits, top, most_rows : int
        Number of refits, what counts as among the first, and rows a refit is fitted on at most.
    progress : callable, optional
        Told the share that is done.

    Returns
    -------
    RefitImportance
        The same rows are explained each time. A resample that the rung cannot be fitted to is
        left out. Refits on fewer rows than the rung was fitted on move more than it would.
    """
    n = len(training.y)
    blocks = training.queries if blocks is None else blocks
    shown = np.sort(rng.permutation(n)[:EXPLAINED])
    frame = training.frame.iloc[shown].reset_index(drop=True)
    sizes: list[np.ndarray] = []
    rows = min(n, most_rows)
    for turn in range(refits):
        some = _resampled(
            training, _drawn(n, rows, blocks, training.queries is not None, rng), turn
        )
        try:
            fitted = fit_rung(kind, some)
            found = explain(fitted, frame, some.frame.head(BACKGROUND), columns)
            sizes.append(np.abs(found.values).mean(axis=0))
        except ValueError:
            # Such as a resample in which one class is missing.
            pass
        if progress is not None:
            progress((turn + 1) / refits)
    return _summed(np.array(sizes).reshape(len(sizes), len(columns)), rows, columns, top)


def _drawn(
    n: int, rows: int, blocks: np.ndarray | None, whole: bool, rng: np.random.Generator
) -> np.ndarray:
    """Return positions and copy of at most about so many rows, drawn by block, shape (2, m)."""
    if blocks is None:
        return np.stack([rng.integers(0, n, rows), np.arange(rows)])
    order = np.argsort(blocks, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(blocks[order]) != 0])
    sizes = np.diff(np.r_[starts, n])
    picked = rng.integers(len(starts), size=len(starts))
    if whole:
        # A list counts only as a whole: fewer of them are taken.
        picked = picked[: max(1, int(np.searchsorted(np.cumsum(sizes[picked]), rows)))]
    long = sizes[picked]
    inside = np.arange(long.sum()) - np.repeat(np.cumsum(long) - long, long)
    drawn = np.stack(
        [order[np.repeat(starts[picked], long) + inside], np.repeat(np.arange(len(picked)), long)]
    )
    # All blocks are drawn as in a full bootstrap, then thinned: few days would differ more.
    if drawn.shape[1] > rows and not whole:
        drawn = drawn[:, np.sort(rng.permutation(drawn.shape[1])[:rows])]
    return drawn


def _resampled(training: Training, drawn: np.ndarray, seed: int) -> Training:
    rows, copies = drawn
    queries = training.queries
    if queries is not None:
        # A list that is drawn twice is two lists.
        queries = np.unique(np.stack([queries[rows], copies]), axis=1, return_inverse=True)[1]
    return replace(
        training,
        frame=training.frame.iloc[rows].reset_index(drop=True),
        y=training.y[rows],
        seed=seed,
        queries=queries,
        _encoder=None,
        _matrix=None,
        _relative=None,
    )


def _summed(sizes: np.ndarray, rows: int, columns: tuple[str, ...], top: int) -> RefitImportance:
    refits = len(sizes)
    if not refits:
        return RefitImportance(0, rows, top, (), float("nan"))
    ranks = stats.rankdata(-sizes, method="min", axis=1).astype(int)
    found = [
        ColumnStability(
            column,
            float(np.median(ranks[:, i])),
            int(ranks[:, i].min()),
            int(ranks[:, i].max()),
            float((ranks[:, i] <= top).mean()),
            _size(sizes[:, i]),
        )
        for i, column in enumerate(columns)
    ]
    taus = [stats.kendalltau(a, b).statistic for a, b in combinations(sizes, 2)]
    agreement = float(np.nanmean(taus)) if np.isfinite(taus).any() else float("nan")
    order = sorted(found, key=lambda c: (c.rank, -c.size.value))
    return RefitImportance(refits, rows, top, tuple(order), agreement)


def _size(values: np.ndarray) -> Estimate:
    mean, n = float(values.mean()), len(values)
    if n < LEAST_REFITS:
        return Estimate(mean, None, None, n, 1.0, "too few refits for a range")
    return Estimate(
        mean, float(values.min()), float(values.max()), n, 1.0, "smallest and largest over refits"
    )
