"""Can a model tell the current rows from the reference? Changes that no single column shows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier

from app.lab.estimate import Estimate
from app.lab.watching.matrix import category_mask, matrix_of, shapes_of
from app.lab.watching.shape import Shapes

MOST_ROWS = 10_000
LEAST_ROWS = 40
COMPONENTS_HOLD = 0.65


def domain_auc(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    rng: np.random.Generator,
    most: int = MOST_ROWS,
) -> Estimate:
    """Return how well a model tells current from reference rows it was not fitted on.

    Parameters
    ----------
    reference, current : DataFrame
    rng : Generator
        Draws the rows and the halves.
    most : int
        Rows of each side that are used at most.

    Returns
    -------
    Estimate
        ROC AUC, 0.5 where the two cannot be told apart, 1 where they never overlap. Each half is
        told by a model of the other half; the interval holds for given models.

    Raises
    ------
    ValueError
        If a side has fewer than 40 rows.

    References
    ----------
    Lopez-Paz & Oquab (2017), https://arxiv.org/abs/1610.06545; DeLong, DeLong & Clarke-Pearson
    (1988), https://doi.org/10.2307/2531595
    """
    if min(len(reference), len(current)) < LEAST_ROWS:
        raise ValueError(
            f"there are {len(reference)} reference and {len(current)} current rows; at least "
            f"{LEAST_ROWS} of each are needed to tell them apart"
        )
    score, label = _scores(reference, current, rng, most)
    return auc_interval(score[label == 1], score[label == 0])


def density_ratio(
    reference: pd.DataFrame, current: pd.DataFrame, rng: np.random.Generator, most: int = MOST_ROWS
) -> np.ndarray:
    """Return how much more often the current stream has rows like each reference row.

    Parameters
    ----------
    reference, current : DataFrame
    rng : Generator
    most : int
        Rows of each side that the model is fitted on at most.

    Returns
    -------
    ndarray of float, shape (reference rows,)
        Weights of mean 1, by a domain classifier; the largest one in a hundred are cut off.

    References
    ----------
    Bickel, Brückner & Scheffer (2009), https://www.jmlr.org/papers/v10/bickel09a.html
    """
    shapes = shapes_of(reference)
    if not shapes:
        return np.ones(len(reference))
    before, now = matrix_of(reference, shapes), matrix_of(current, shapes)
    picked = [_drawn(len(side), most, rng) for side in (before, now)]
    x = np.vstack([before[picked[0]], now[picked[1]]])
    label = np.repeat([0, 1], [len(part) for part in picked])
    # Two models, each answering for the rows that it has not seen.
    half = rng.permutation(len(x)) % 2
    of_reference = np.full(len(before), -1)
    of_reference[picked[0]] = half[: len(picked[0])]
    share = np.zeros(len(before))
    counted = np.zeros(len(before))
    for part in (0, 1):
        model = _model(shapes, rng).fit(x[half != part], label[half != part])
        asked = (of_reference == part) | (of_reference < 0)
        share[asked] += model.predict_proba(before[asked])[:, 1]
        counted[asked] += 1
    share = np.clip(share / counted, 1e-3, 1 - 1e-3)
    weight = share / (1 - share)
    weight = np.minimum(weight, np.quantile(weight, 0.99))
    return np.asarray(weight / weight.mean())


def _scores(
    reference: pd.DataFrame, current: pd.DataFrame, rng: np.random.Generator, most: int
) -> tuple[np.ndarray, np.ndarray]:
    shapes = shapes_of(reference)
    parts = [frame.iloc[_drawn(len(frame), most, rng)] for frame in (reference, current)]
    x = np.vstack([matrix_of(part, shapes) for part in parts])
    label = np.repeat([0, 1], [len(part) for part in parts])
    score = np.full(len(label), 0.5)
    if not shapes:
        return score, label
    half = np.r_[rng.permutation(len(parts[0])) % 2, rng.permutation(len(parts[1])) % 2]
    for part in (0, 1):
        model = _model(shapes, rng).fit(x[half != part], label[half != part])
        found = model.predict_proba(x[half == part])[:, 1]
        # Ranks make the two models' scores comparable.
        score[half == part] = stats.rankdata(found) / len(found)
    return score, label


def _drawn(n: int, most: int, rng: np.random.Generator) -> np.ndarray:
    return np.arange(n) if n <= most else np.sort(rng.choice(n, most, replace=False))


def _model(shapes: Shapes, rng: np.random.Generator) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=40,
        max_leaf_nodes=8,
        learning_rate=0.15,
        min_samples_leaf=20,
        max_bins=64,
        l2_regularization=1.0,
        early_stopping=False,
        categorical_features=category_mask(shapes),
        random_state=int(rng.integers(2**31)),
    )


def auc_interval(positive: np.ndarray, negative: np.ndarray) -> Estimate:
    """Return the area under the ROC curve of two samples of scores, with DeLong's interval.

    Parameters
    ----------
    positive, negative : ndarray of float, shapes (n,) and (m,)
        At least one score each.

    Returns
    -------
    Estimate

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), https://doi.org/10.2307/2531595
    """
    n, m = len(positive), len(negative)
    together = stats.rankdata(np.r_[positive, negative])
    above = (together[:n] - stats.rankdata(positive)) / m
    below = 1 - (together[n:] - stats.rankdata(negative)) / n
    value = float(above.mean())
    if min(n, m) < 2:
        return Estimate(value, None, None, n + m)
    error = float(np.sqrt(above.var(ddof=1) / n + below.var(ddof=1) / m))
    low, high = max(0.0, value - 1.96 * error), min(1.0, value + 1.96 * error)
    return Estimate(value, low, high, n + m, 0.95, "DeLong")


def reconstruction_error(
    reference: pd.DataFrame, current: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Return how badly each row is rebuilt from the main directions of the reference.

    Parameters
    ----------
    reference, current : DataFrame
        Numbers are used; a missing one counts as the reference mean.

    Returns
    -------
    of_reference, of_current : ndarray of float, shapes (n,) and (m,)
        Root mean square in reference standard deviations; both grow where columns that went
        together no longer do.

    References
    ----------
    Qahtan, Alharbi, Wang & Zhang (2015), https://doi.org/10.1145/2783258.2783359
    """
    shapes = {n: s for n, s in shapes_of(reference).items() if s.kind == "number"}
    before, now = matrix_of(reference, shapes), matrix_of(current, shapes)
    if before.shape[1] < 2:
        return np.zeros(len(before)), np.zeros(len(now))
    center, spread = np.nanmean(before, axis=0), np.nanstd(before, axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    z, current_z = (np.nan_to_num((side - center) / spread) for side in (before, now))
    values, vectors = np.linalg.eigh(z.T @ z / len(z))
    held = np.cumsum(values[::-1]) / values.sum()
    kept = vectors[:, ::-1][:, : int(np.searchsorted(held, COMPONENTS_HOLD)) + 1]
    return _rest(z, kept), _rest(current_z, kept)


def _rest(z: np.ndarray, kept: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(((z - z @ kept @ kept.T) ** 2).mean(axis=1)))
