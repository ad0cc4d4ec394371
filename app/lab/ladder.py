"""The ladder: every rung on the same folds, compared in pairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from app.lab.comparison import ThreeWay, correlated_bayes_t
from app.lab.encoding import compact
from app.lab.estimate import Estimate
from app.lab.intervals import corrected_resampled_t, holm
from app.lab.metrics import Metric, score_of
from app.lab.rule import RuleError
from app.lab.rungs import RUNGS, Fitted, Training, fit_rung
from app.lab.splits import Fold

Clock = Callable[[], float]
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class RungResult:
    """One rung on all the folds.

    Parameters
    ----------
    key : str
    scores : ndarray of float, shape (k,)
        One score a fold; NaN when it failed.
    predictions : ndarray of float, shape (n,) or (n, k)
        Out-of-fold predictions of the training rows, NaN where no fold validated them.
    fit_seconds : float
        Clock time of all the fits.
    failure : str
        Why it could not be fitted, empty when it could.
    """

    key: str
    scores: np.ndarray
    predictions: np.ndarray
    fit_seconds: float
    failure: str = ""


@dataclass(frozen=True)
class Difference:
    """A rung against another on the same folds; above zero is better than the other."""

    key: str
    against: str
    gain: Estimate
    p_value: float
    three_way: ThreeWay


def climb(
    keys: Sequence[str],
    frame: pd.DataFrame,
    y: np.ndarray,
    form: str,
    folds: Sequence[Fold],
    metric: Metric,
    seed: int,
    options: Mapping[str, Any],
    clock: Clock,
    progress: Progress,
    classes: tuple[str, ...] = (),
    queries: np.ndarray | None = None,
    relevant_from: float = 1.0,
) -> dict[str, RungResult]:
    """Fit every rung on every fold.

    Parameters
    ----------
    keys : sequence of str
        Rungs, in ladder order.
    frame : DataFrame, n rows
        Known columns of all the rows that folds point at.
    y : ndarray of float, shape (n,)
    form : {"binary", "multiclass", "regression"}
    folds : sequence of Fold
        Positions into ``frame``.
    metric : Metric
    seed : int
    options : mapping
        See `Training`.
    clock : callable
        Seconds.
    progress : callable
        Takes a fraction in [0, 1] and words.
    classes : tuple of str
        For several classes.
    queries : ndarray of int, shape (n,), optional
        For ranking: the list each row stands in.
    relevant_from : float
        For ranking: grade from which an item is good.

    Returns
    -------
    dict of str to RungResult
        A rung that fails carries its reason and does not stop the others.
    """
    frame = compact(frame)
    scores = {key: np.full(len(folds), np.nan) for key in keys}
    shape = (len(y), len(classes)) if form == "multiclass" else (len(y),)
    predictions = {key: np.full(shape, np.nan) for key in keys}
    seconds = dict.fromkeys(keys, 0.0)
    failures: dict[str, str] = {}
    for number, fold in enumerate(folds):
        training = Training(
            frame,
            y[fold.train],
            form,
            seed,
            options,
            classes,
            None if queries is None else queries[fold.train],
            fold.train,
        )
        asked = None if queries is None else queries[fold.validation]
        for place, key in enumerate(keys):
            done = (number + place / len(keys)) / len(folds)
            progress(done, f"{RUNGS[key].title}, fold {number + 1} of {len(folds)}")
            if key in failures:
                continue
            started = clock()
            try:
                found = fit_rung(RUNGS[key], training).predict(frame, fold.validation)
            except (RuleError, ValueError, np.linalg.LinAlgError) as error:
                failures[key] = str(error)
                continue
            seconds[key] += clock() - started
            predictions[key][fold.validation] = found
            scores[key][number] = score_of(metric, y[fold.validation], found, asked, relevant_from)
    return {
        key: RungResult(key, scores[key], predictions[key], seconds[key], failures.get(key, ""))
        for key in keys
    }


def compare(
    results: Mapping[str, RungResult],
    against: str,
    metric: Metric,
    folds: Sequence[Fold],
    same_within: float = 0.01,
) -> dict[str, Difference]:
    """Compare every rung with one of them, fold by fold.

    Parameters
    ----------
    results : mapping
        From `climb`.
    against : str
        Key of the rung to compare with.
    metric : Metric
    folds : sequence of Fold
    same_within : float
        Differences up to this share of the other's mean score are practically the same.

    Returns
    -------
    dict of str to Difference
        Gains are signed so that above zero is better; p values are corrected for their number
        (Holm), and a rung is called better or worse only when that holds over all of them.
    """
    sign = 1.0 if metric.higher_is_better else -1.0
    n_train = float(np.mean([len(f.train) for f in folds]))
    n_check = float(np.mean([len(f.validation) for f in folds]))
    others = [k for k in results if k != against and not results[k].failure]
    gains = {key: sign * (results[key].scores - results[against].scores) for key in others}
    raw = {key: corrected_resampled_t(gain, n_train, n_check) for key, gain in gains.items()}
    known = results[against].scores[np.isfinite(results[against].scores)]
    region = same_within * abs(float(known.mean())) if len(known) else 0.0
    three = {
        key: correlated_bayes_t(gain, n_train, n_check, region, len(gains))
        for key, gain in gains.items()
    }
    corrected = holm([raw[key][1] for key in others])
    return {
        key: Difference(key, against, raw[key][0], float(p), three[key])
        for key, p in zip(others, corrected, strict=True)
    }


def simplest_adequate(
    results: Mapping[str, RungResult], metric: Metric, folds: Sequence[Fold]
) -> str:
    """Return the lowest rung that is within one standard error of the best one.

    Parameters
    ----------
    results : mapping
        In ladder order.
    metric : Metric
    folds : sequence of Fold

    Returns
    -------
    str
        Key of a rung; the standard error is that of the paired difference over folds.

    References
    ----------
    Breiman et al. (1984), Classification and Regression Trees, section 3.4.3.
    """
    sign = 1.0 if metric.higher_is_better else -1.0
    usable = {k: sign * r.scores for k, r in results.items() if not r.failure}
    means = {
        k: float(np.nanmean(s)) if np.isfinite(s).any() else -np.inf for k, s in usable.items()
    }
    best = max(means, key=lambda k: means[k])
    ratio = np.mean([len(f.validation) / len(f.train) for f in folds])
    for key, score in usable.items():
        lag = usable[best] - score
        lag = lag[np.isfinite(lag)]
        if key == best or len(lag) < 2:
            if key == best:
                return key
            continue
        error = float(np.sqrt((1 / len(lag) + ratio) * lag.var(ddof=1)))
        if lag.mean() <= error:
            return key
    return best


def one_row_latency(
    fitted: Fitted, frame: pd.DataFrame, clock: Clock, calls: int = 40
) -> tuple[float, float]:
    """Return how long one answer takes for one row.

    Parameters
    ----------
    fitted : Fitted
    frame : DataFrame
        Rows to draw from.
    clock : callable
    calls : int
        Number of single-row predictions.

    Returns
    -------
    p50, p99 : float
        Milliseconds.
    """
    times = []
    for i in range(calls + 3):
        row = frame.iloc[[i % len(frame)]]
        started = clock()
        fitted.predict(row)
        times.append((clock() - started) * 1000)
    kept = times[3:]
    return float(np.quantile(kept, 0.5)), float(np.quantile(kept, 0.99))
