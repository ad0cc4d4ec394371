"""What more rows would bring: scores by training size, and a careful look beyond."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.optimize import curve_fit

from app.lab.estimate import Estimate
from app.lab.splits import Fold

SHARES = (0.06, 0.12, 0.25, 0.5, 1.0)
LEAST_ROWS = 60
ROUNDS = 200


@dataclass(frozen=True)
class LearningCurve:
    """Scores by number of training rows.

    Parameters
    ----------
    sizes : ndarray of float, shape (s,)
        Mean number of training rows.
    scores : ndarray of float, shape (k, s)
        One row a fold.
    checked : float
        Mean number of validation rows, above 0.
    """

    sizes: np.ndarray
    scores: np.ndarray
    checked: float


Fit = Callable[[np.ndarray, np.ndarray], float]


def learning_curve(
    folds: Sequence[Fold],
    units: np.ndarray | None,
    latest_first: bool,
    score: Fit,
    rng: np.random.Generator,
    whole: np.ndarray | None = None,
) -> LearningCurve:
    """Score ever larger parts of the training rows on the same validation rows.

    Parameters
    ----------
    folds : sequence of Fold
    units : ndarray of int, shape (n,), optional
        Rows of one unit (a list) stay together.
    latest_first : bool
        Take the latest rows, as a shorter past would; otherwise rows at random.
    score : callable
        Takes positions to fit on and to validate on, returns the score.
    rng : Generator
    whole : ndarray of float, shape (k,), optional
        Scores with all the training rows, when they are known already.

    Returns
    -------
    LearningCurve
        Without sizes of fewer than 60 rows.
    """
    shares = [s for s in SHARES if s * min(len(f.train) for f in folds) >= LEAST_ROWS]
    found = np.full((len(folds), len(shares)), np.nan)
    for i, fold in enumerate(folds):
        order = _order(fold.train, units, latest_first, rng)
        for j, share in enumerate(shares):
            if share == 1.0 and whole is not None:
                found[i, j] = whole[i]
                continue
            part = np.sort(order[: round(share * len(order))])
            try:
                found[i, j] = score(part, fold.validation)
            except ValueError:
                # Too few rows of a class, say: no score for this size.
                continue
    mean = float(np.mean([len(f.train) for f in folds]))
    checked = float(np.mean([len(f.validation) for f in folds]))
    return LearningCurve(np.array(shares) * mean, found, checked)


def _order(
    train: np.ndarray, units: np.ndarray | None, latest_first: bool, rng: np.random.Generator
) -> np.ndarray:
    if latest_first:
        return train[::-1]
    if units is None:
        return rng.permutation(train)
    names, codes = np.unique(units[train], return_inverse=True)
    return train[np.argsort(rng.permutation(len(names))[codes], kind="stable")]


def power_law(n: np.ndarray, end: float, height: float, steepness: float) -> np.ndarray:
    """Return ``end + height * n ** -steepness``.

    Parameters
    ----------
    n : ndarray of float
    end, height, steepness : float

    Returns
    -------
    ndarray of float

    References
    ----------
    Viering & Loog (2021), https://doi.org/10.1109/TPAMI.2022.3220744
    """
    return np.asarray(end + height * n ** (-steepness))


def extrapolate(curve: LearningCurve, times: float, rng: np.random.Generator) -> Estimate | None:
    """Return how much the score would change with more rows of the same kind.

    Parameters
    ----------
    curve : LearningCurve
    times : float
        Number of rows as a multiple of the largest size.
    rng : Generator

    Returns
    -------
    Estimate or None
        Change from the largest size, with an interval from the spread over folds drawn anew,
        widened because they are few (Student's t) and share training rows; None when there are
        fewer than four sizes, fewer than three folds, or no curve fits.

    References
    ----------
    Nadeau & Bengio (2003), https://doi.org/10.1023/A:1024068626366
    """
    known = curve.scores[np.isfinite(curve.scores).all(axis=1)]
    if len(curve.sizes) < 4 or len(known) < 3:
        return None
    value = _change(curve.sizes, known.mean(axis=0), times)
    if value is None:
        return None
    draws = []
    for _ in range(ROUNDS):
        some = known[rng.integers(0, len(known), len(known))]
        found = _change(curve.sizes, some.mean(axis=0), times)
        if found is not None:
            draws.append(found)
    if len(draws) < 0.9 * ROUNDS:
        return None
    k, shared = len(known), curve.checked / curve.sizes[-1]
    # A bootstrap of k things spreads (k-1)/k of what they do, and 1/k grows to 1/k + shared.
    spread = float(np.std(draws)) * np.sqrt(k / (k - 1) * (1 + k * shared))
    half = float(stats.t.ppf(0.975, k - 1) * spread)
    method = "power law over training sizes, folds drawn anew, corrected for shared rows"
    return Estimate(value, value - half, value + half, k, 0.95, method)


def _change(sizes: np.ndarray, mean: np.ndarray, times: float) -> float | None:
    n = sizes / sizes[-1]
    spread = float(np.ptp(mean)) or 1e-9
    bounds = ([-np.inf, -20 * spread, 0.05], [np.inf, 20 * spread, 2.0])
    start = [float(mean[-1]), float(mean[0] - mean[-1]) * 0.5, 0.5]
    try:
        found = curve_fit(power_law, n, mean, p0=start, bounds=bounds, maxfev=2000)[0]
    except (RuntimeError, ValueError):
        return None
    ends = power_law(np.array([1.0, times]), *found)
    return float(ends[1] - ends[0])
