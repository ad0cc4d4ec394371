"""What the model's answer says as a label, and how far it is from the label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from app.incidents.incident import Seen


# Of a list: what people see and click.
SHOWN = 1 / 3


def known(prediction: np.ndarray) -> np.ndarray:
    """Return which rows have an answer."""
    finite = np.isfinite(prediction)
    return np.asarray(finite.all(axis=1) if finite.ndim == 2 else finite)


def score_of(prediction: np.ndarray) -> np.ndarray:
    """Return one number a row: the answer, or the probability of the most likely class."""
    return np.asarray(prediction if prediction.ndim == 1 else prediction.max(axis=1))


def said(form: str, prediction: np.ndarray, y: np.ndarray, lists: np.ndarray | None) -> np.ndarray:
    """Return the label that the answer amounts to, shape (n,).

    The likelier outcome, the likeliest class, the number; in a list the best grade for
    the third that stands on top and is seen, the least for what is not.
    """
    if form == "binary":
        return np.asarray((np.nan_to_num(prediction) >= 0.5).astype(float))
    if form == "multiclass":
        return np.asarray(np.nan_to_num(prediction).argmax(axis=1).astype(float))
    if form != "ranking":
        return np.asarray(np.where(known(prediction), prediction, y))
    return _shown(prediction, y, lists)


def _shown(prediction: np.ndarray, y: np.ndarray, lists: np.ndarray | None) -> np.ndarray:
    where = (
        np.zeros(len(y), dtype=int) if lists is None else np.unique(lists, return_inverse=True)[1]
    )
    order = np.lexsort((-np.nan_to_num(prediction), where))
    sizes = np.bincount(where, minlength=1)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    place = np.empty(len(y))
    place[order] = np.arange(len(y)) - np.repeat(starts, sizes)
    seen = place < np.ceil(SHOWN * sizes[where])
    return np.asarray(np.where(seen, y.max(initial=0.0), y.min(initial=0.0)))


def error_of(seen: Seen, by: str = "label") -> np.ndarray:
    """Return how far each answer is from the label (or from ``y``): 0 is right, NaN is unknown."""
    label = seen.world.label if by == "label" else seen.world.y
    prediction = seen.answers.prediction
    if seen.form == "multiclass":
        code = np.nan_to_num(label).astype(int).clip(0, prediction.shape[1] - 1)
        right = prediction[np.arange(len(label)), code]
        return np.asarray(np.where(np.isfinite(label), 1.0 - right, np.nan))
    if seen.form == "ranking":
        prediction = _as_grade(seen, label)
    return np.asarray(np.abs(label - prediction))


def _as_grade(seen: Seen, label: np.ndarray) -> np.ndarray:
    """Return scores as grades, by the line through the rows from before the onset."""
    prediction = seen.answers.prediction
    before = (seen.world.days.of_row < seen.onset_day) & np.isfinite(label) & known(prediction)
    if before.sum() < 2 or np.ptp(prediction[before]) == 0:
        return np.full(len(prediction), float(np.nan_to_num(np.nanmean(label))))
    slope, start = np.polyfit(prediction[before], label[before], 1)
    return np.asarray(start + slope * prediction)


def loss_of(seen: Seen) -> np.ndarray:
    """Return the error of each row; in lists the share of pairs in its list in the wrong order."""
    if seen.form != "ranking":
        return error_of(seen)
    label, score = seen.world.label, seen.answers.prediction
    lists = np.zeros(len(label), dtype=int) if seen.world.lists is None else seen.world.lists
    found = np.full(len(label), np.nan)
    order = np.argsort(lists, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(lists[order])) + 1):
        above = label[rows][:, None] > label[rows][None, :]
        if above.any():
            wrong = 0.5 * (1 - np.sign(score[rows][:, None] - score[rows][None, :]))
            found[rows] = wrong[above].mean()
    return found


def mean_after(seen: Seen, values: np.ndarray, rows: np.ndarray | None = None) -> float:
    """Return the mean over the rows since the onset, or over some of them; NaN for none."""
    kept = seen.after if rows is None else seen.after & rows
    found = values[kept & np.isfinite(values)]
    return float(found.mean()) if len(found) else float("nan")
