"""Is the model still good? By labels where they have come, else estimated from its confidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.estimate import Estimate
from app.lab.losses import Losses, losses_of
from app.lab.watching import Harm, harmful_change
from app.lab.watching.label_metric import Costs, QualityMetric, Rows, expected_metric
from app.watching.columns import Columns
from app.watching.reading import Reading
from app.watching.refusal import WatchError

BINARY: tuple[QualityMetric, ...] = ("accuracy", "f1", "roc_auc", "brier")
HIGHER_IS_BETTER = ("accuracy", "f1", "roc_auc")
LEAST_LABELS = 100


@dataclass(frozen=True)
class Estimated:
    """A metric estimated without labels, beside what it was on the reference."""

    metric: str
    found: Estimate
    reference: float

    @property
    def worse(self) -> bool:
        """Whether the whole interval is on the bad side of the reference."""
        if self.found.low is None or self.found.high is None:
            return False
        if self.metric in HIGHER_IS_BETTER:
            return self.found.high < self.reference
        return self.found.low > self.reference


@dataclass(frozen=True)
class Quality:
    """What is known of the model's quality.

    Parameters
    ----------
    loss : str
        The loss in words.
    harm : Harm or None
        By the labels of the current log, where it has some.
    labels : int
        Current rows with a label, of the rows looked at.
    estimated : tuple of Estimated
    note : str
    """

    loss: str
    harm: Harm | None
    labels: int
    estimated: tuple[Estimated, ...]
    note: str


def quality_of(
    reference: Reading,
    current: Reading,
    places: tuple[np.ndarray, np.ndarray],
    steps: int,
    columns: Columns,
    positive: str,
    run_length: float,
    rng: np.random.Generator,
) -> Quality | None:
    """Return what labels and confidence say, None without a label column.

    Parameters
    ----------
    reference, current : Reading
    places : tuple of ndarray of int
        Step of each sample row of the reference and of the current log, -1 without a time.
    steps : int
        Number of current steps.
    columns : Columns
    positive : str
    run_length : float
        Steps to a false page.
    rng : Generator
    """
    if not columns.label:
        return None
    losses, y = _losses(reference, current, columns, positive)
    before = len(reference.sample)
    past, now = losses.values[:before], losses.values[before:]
    if np.isfinite(past).sum() < LEAST_LABELS:
        raise WatchError(
            f"--label {columns.label}: the reference has {int(np.isfinite(past).sum())} rows with "
            f"label and prediction; at least {LEAST_LABELS} are needed"
        )
    known = np.isfinite(now) & (places[1] >= 0)
    harm = None
    if known.any():
        of_reference = places[0] if len(np.unique(places[0])) > 1 else None
        harm = harmful_change(
            np.where(places[0] >= 0, past, np.nan),
            now[known],
            places[1][known],
            steps,
            run_length=run_length,
            of_reference=None if of_reference is None else np.maximum(of_reference, 0),
        )
    estimated = _estimated(reference, current, columns, losses, y, rng)
    return Quality(losses.words, harm, int(known.sum()), estimated, losses.note)


def _losses(
    reference: Reading, current: Reading, columns: Columns, positive: str
) -> tuple[Losses, np.ndarray | None]:
    """Both logs are read together, so that labels and positives are read alike."""
    from app.lab.problem import binary_target

    target = _together(reference.sample, current.sample, columns.label)
    prediction = _together(reference.sample, current.sample, columns.prediction)
    try:
        losses = losses_of(target, prediction, "", positive)
        y = binary_target(target, positive)[0] if losses.key == "brier" else None
    except ValueError as error:
        raise WatchError(f"--label {columns.label}: {error}") from None
    return losses, y


def _together(before: pd.DataFrame, now: pd.DataFrame, name: str) -> pd.Series:
    parts = []
    for frame in (before, now):
        if name in frame:
            series = frame[name]
            text = isinstance(series.dtype, pd.CategoricalDtype)
            parts.append(series.astype(object) if text else series)
        else:
            parts.append(pd.Series(np.nan, index=range(len(frame)), dtype=object))
    known = [part for part in parts if part.notna().any()]
    kinds = {part.dtype for part in known}
    if len(kinds) == 1:
        return pd.concat(parts, ignore_index=True).astype(kinds.pop())
    return pd.concat(parts, ignore_index=True)


def _estimated(
    reference: Reading,
    current: Reading,
    columns: Columns,
    losses: Losses,
    y: np.ndarray | None,
    rng: np.random.Generator,
) -> tuple[Estimated, ...]:
    n = len(reference.sample)
    inputs = [name for name in columns.watched if name != columns.prediction]
    before, now = reference.sample[inputs], current.sample[inputs]
    if y is not None:
        return _of_confidence(reference, current, columns, y[:n], rng)
    from app.lab.watching.expected_loss import SCORE, fit_loss

    past = losses.values[:n]
    scores = [r.sample[columns.prediction] for r in (reference, current)]
    model = fit_loss(before.assign(**{SCORE: scores[0].to_numpy()}), None, past, rng)
    found = model.estimate(now.assign(**{SCORE: scores[1].to_numpy()}), None)
    return (Estimated(losses.key, found, float(np.nanmean(past))),)


def _of_confidence(
    reference: Reading,
    current: Reading,
    columns: Columns,
    y: np.ndarray,
    rng: np.random.Generator,
) -> tuple[Estimated, ...]:
    from app.lab.watching.quality import fit_quality

    inputs = [name for name in columns.watched if name != columns.prediction]
    score = reference.sample[columns.prediction].to_numpy(dtype=float, na_value=np.nan)
    asked = current.sample[columns.prediction].to_numpy(dtype=float, na_value=np.nan)
    there = np.isfinite(asked)
    try:
        model = fit_quality(y, score, 0.5, reference.sample[inputs] if inputs else None)
    except ValueError:
        return ()
    rows = current.sample[inputs][there] if inputs else None
    found = model.estimates(asked[there], BINARY, rows, rng)
    past = Rows(model.y, model.score, model.score >= 0.5, Costs())
    return tuple(
        Estimated(metric, found[metric], expected_metric(metric, past)[0]) for metric in BINARY
    )
