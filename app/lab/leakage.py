"""Leak alarms: columns, or their holes, that tell the target suspiciously well alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.estimate import Estimate
from app.lab.metrics import roc_auc
from app.lab.proportion import wilson

BINS = 32
SMOOTHING = {"binary": 20.0, "multiclass": 20.0, "regression": 4.0}
LEAST_MISSING = 25

# One column alone that ranks this well is rarely honest.
AUC_STOP = 0.9
POWER_NAMES = {
    "binary": "ROC AUC",
    "multiclass": "Share of the classes told",
    "regression": "R²",
}
R2_STOP = 0.9
# Missing rows whose target differs this much from the rest, on both halves of training.
PURE_STOP = 0.95
RATE_RATIO_WATCH = 3.0
MEAN_SHIFT_WATCH = 0.75
# A column missing wherever a telltale one is missing inherits what the holes tell.
INHERITED_SHARE = 0.95


@dataclass(frozen=True)
class ColumnPower:
    """How well one column alone tells the target on rows it was not fitted on.

    Parameters
    ----------
    column : str
    power : Estimate
        ROC AUC for binary (0.5 is a coin). R² for regression (0 is the mean), of the value or
        of its rank, whichever is higher: in a heavy tail the plain R² of a copy is low. For
        several classes the share of their spread that is told (0 is the base shares, 1 all).
    missing : int
        Training rows in which the column is missing.
    target_missing, target_present : Estimate
        Rate or mean of the target where it is missing, and where it is not.
    holes_of : tuple of str
        Columns with fewer holes, almost all of them in rows where this one is missing, too.
    """

    column: str
    power: Estimate
    missing: int
    target_missing: Estimate
    target_present: Estimate
    holes_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeakAlarm:
    """One reason to distrust a column."""

    column: str
    severity: str
    kind: str
    reason: str


def column_powers(
    frame: pd.DataFrame, y: np.ndarray, form: str, fit: np.ndarray, check: np.ndarray
) -> tuple[ColumnPower, ...]:
    """Try every column alone.

    Parameters
    ----------
    frame : DataFrame, n rows
        Candidate columns, the target not among them.
    y : ndarray of float, shape (n,)
    form : {"binary", "multiclass", "regression"}
    fit, check : ndarray of int
        Training rows to fit on, and other training rows to score on.

    Returns
    -------
    tuple of ColumnPower
        Strongest first.
    """
    rows = np.concatenate([fit, check])
    ranks = pd.Series(y).rank().to_numpy() if form == "regression" else y
    inherited = _inherited(frame, rows)
    found = []
    for name in frame.columns:
        codes, known = _codes(frame[name], fit)
        power = _power(codes, y, ranks, form, fit, check)
        holes = rows[~known[rows]]
        rest = rows[known[rows]]
        # Of several classes the one that is most frequent where the column is missing.
        shown = _is_top(y, holes) if form == "multiclass" else y
        gone, there = _target(shown[holes], form), _target(shown[rest], form)
        nested = inherited.get(str(name), ())
        found.append(ColumnPower(str(name), power, len(holes), gone, there, nested))
    return tuple(sorted(found, key=lambda p: (-np.nan_to_num(p.power.value, nan=-9), p.column)))


def _is_top(y: np.ndarray, rows: np.ndarray) -> np.ndarray:
    values, counts = np.unique(y[rows], return_counts=True)
    top = values[counts.argmax()] if len(values) else -1
    return np.asarray(y == top, dtype=float)


def _inherited(frame: pd.DataFrame, rows: np.ndarray) -> dict[str, tuple[str, ...]]:
    holes = frame.isna().to_numpy()[rows]
    counts = holes.sum(axis=0)
    some = np.flatnonzero((counts >= LEAST_MISSING) & (counts < len(rows)))
    if len(some) < 2:
        return {}
    names = [str(frame.columns[int(i)]) for i in some]
    dense = holes[:, some].astype(np.float32)
    shared = dense.T @ dense
    inside = (shared >= INHERITED_SHARE * counts[some][None, :]) & (
        counts[some][:, None] > counts[some][None, :]
    )
    return {
        name: tuple(names[j] for j in np.flatnonzero(inside[i])) for i, name in enumerate(names)
    }


def _codes(series: pd.Series, fit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = series.notna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(series):
        series = series.dt.hour + 24 * series.dt.day_of_week
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        values = series.to_numpy(dtype=float, na_value=np.nan)
        finite = values[fit][np.isfinite(values[fit])]
        inner = np.linspace(0, 1, BINS + 1)[1:-1]
        edges = np.unique(np.quantile(finite, inner)) if len(finite) else finite
        codes = np.searchsorted(edges, values, side="right")
        return np.where(known, codes, len(edges) + 1), known
    codes = pd.factorize(series)[0]
    return np.where(codes < 0, codes.max() + 1, codes), known


def _power(
    codes: np.ndarray,
    y: np.ndarray,
    ranks: np.ndarray,
    form: str,
    fit: np.ndarray,
    check: np.ndarray,
) -> Estimate:
    if form == "binary":
        return _auc(y[check], _means(codes, y, fit, SMOOTHING[form])[codes[check]])
    if form == "multiclass":
        return _told_classes(codes, y, fit, check)
    if np.ptp(y[check]) == 0:
        return Estimate(float("nan"), None, None, len(check), 0.95, "the target does not vary")
    value = max(
        _r2(target[check], _means(codes, target, fit, SMOOTHING[form])[codes[check]])
        for target in (y, ranks)
    )
    return Estimate(value, None, None, len(check), 0.95, "")


def _told_classes(codes: np.ndarray, y: np.ndarray, fit: np.ndarray, check: np.ndarray) -> Estimate:
    """Goodman & Kruskal's tau, on rows it was not fitted on."""
    left, whole = 0.0, 0.0
    for number in np.unique(y[fit]):
        is_it = (y == number).astype(float)
        told = _means(codes, is_it, fit, SMOOTHING["multiclass"])[codes[check]]
        left += float(np.sum((is_it[check] - told) ** 2))
        whole += float(np.sum((is_it[check] - is_it[fit].mean()) ** 2))
    if whole == 0:
        return Estimate(float("nan"), None, None, len(check), 0.95, "the target does not vary")
    return Estimate(1 - left / whole, None, None, len(check), 0.95, "Goodman-Kruskal tau")


def _means(codes: np.ndarray, y: np.ndarray, fit: np.ndarray, strength: float) -> np.ndarray:
    """Return the mean of the target for each code, drawn to the mean of all where rows are few."""
    size = int(codes.max()) + 1 if len(codes) else 1
    sums = np.bincount(codes[fit], weights=y[fit], minlength=size)
    counts = np.bincount(codes[fit], minlength=size)
    return np.asarray((sums + strength * float(y[fit].mean())) / (counts + strength))


def _r2(actual: np.ndarray, score: np.ndarray) -> float:
    spread = float(np.sum((actual - actual.mean()) ** 2))
    return 1 - float(np.sum((actual - score) ** 2)) / spread


def _auc(y: np.ndarray, score: np.ndarray) -> Estimate:
    positives, negatives = float(y.sum()), float(len(y) - y.sum())
    if positives == 0 or negatives == 0:
        return Estimate(float("nan"), None, None, len(y), 0.95, "one class only")
    auc = roc_auc(y, score)
    # Hanley & McNeil (1982), https://doi.org/10.1148/radiology.143.1.7063747
    q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    spread = auc * (1 - auc) + (positives - 1) * (q1 - auc**2) + (negatives - 1) * (q2 - auc**2)
    half = 1.96 * np.sqrt(max(spread, 0.0) / (positives * negatives))
    low, high = max(0.0, auc - half), min(1.0, auc + half)
    return Estimate(auc, float(low), float(high), len(y), 0.95, "Hanley-McNeil")


def _target(part: np.ndarray, form: str) -> Estimate:
    if form != "regression":
        return wilson(float(part.sum()), len(part))
    if len(part) < 2:
        return Estimate(float("nan"), None, None, len(part))
    mean, half = float(part.mean()), 1.96 * float(part.std(ddof=1) / np.sqrt(len(part)))
    return Estimate(mean, mean - half, mean + half, len(part))


def alarms(powers: tuple[ColumnPower, ...], form: str, spread: float) -> tuple[LeakAlarm, ...]:
    """Return the reasons to distrust columns, gravest first.

    Parameters
    ----------
    powers : tuple of ColumnPower
    form : {"binary", "multiclass", "regression"}
    spread : float
        Standard deviation of the target (used for regression).

    Returns
    -------
    tuple of LeakAlarm
    """
    found: list[LeakAlarm] = []
    for power in powers:
        alarm = _too_strong(power, form) or _telling_holes(power, form, spread)
        if alarm is not None:
            found.append(alarm)
    flagged = {alarm.column for alarm in found}
    sources = {alarm.column for alarm in found if alarm.kind == "missing"}
    found.extend(
        _inheriting(power, sources)
        for power in powers
        if power.column not in flagged and sources & set(power.holes_of)
    )
    return tuple(sorted(found, key=lambda a: (a.severity != "stop", a.column)))


def _inheriting(power: ColumnPower, sources: set[str]) -> LeakAlarm:
    source = next(name for name in power.holes_of if name in sources)
    reason = (
        f"It is missing where {source} is missing, and there the missing value itself tells "
        f"the target: whoever learns from its {power.missing:,} holes learns that, too."
    )
    return LeakAlarm(power.column, "watch", "missing", reason)


def _too_strong(power: ColumnPower, form: str) -> LeakAlarm | None:
    value = power.power.value
    limit, name = (AUC_STOP, "ROC AUC") if form == "binary" else (R2_STOP, POWER_NAMES[form])
    low = power.power.low if power.power.low is not None else value
    if not np.isfinite(value) or low < limit:
        return None
    reason = (
        f"Alone it reaches {name} {value:.3f} on {power.power.n:,} rows it was not fitted on; "
        "an honest column hardly ever does."
    )
    return LeakAlarm(power.column, "stop", "power", reason)


def _telling_holes(power: ColumnPower, form: str, spread: float) -> LeakAlarm | None:
    if power.missing < LEAST_MISSING or power.target_present.n < LEAST_MISSING:
        return None
    gone, there = power.target_missing, power.target_present
    if form == "binary":
        return _telling_binary(power.column, gone, there)
    if form == "multiclass":
        return _telling_class(power.column, gone, there)
    if gone.low is None or gone.high is None or spread == 0:
        return None
    if abs(gone.value - there.value) < MEAN_SHIFT_WATCH * spread:
        return None
    reason = (
        f"Where it is missing ({gone.n:,} rows) the target is {gone.value:.3g} on average, "
        f"elsewhere {there.value:.3g}: the hole itself tells the target."
    )
    return LeakAlarm(power.column, "watch", "missing", reason)


def _telling_class(column: str, gone: Estimate, there: Estimate) -> LeakAlarm | None:
    if gone.low is None or there.high is None:
        return None
    if gone.low < PURE_STOP and not (gone.low > 0.5 and gone.low > RATE_RATIO_WATCH * there.high):
        return None
    reason = (
        f"Where it is missing ({gone.n:,} rows) one class makes up {gone.value:.0%}, elsewhere "
        f"{there.value:.1%}: the missing value itself tells the class."
    )
    severity = "stop" if gone.low >= PURE_STOP else "watch"
    return LeakAlarm(column, severity, "missing", reason)


def _telling_binary(column: str, gone: Estimate, there: Estimate) -> LeakAlarm | None:
    if gone.low is None or gone.high is None or there.low is None or there.high is None:
        return None
    pure = gone.low >= PURE_STOP or (gone.high <= 1 - PURE_STOP and there.value > 0.3)
    more = gone.low > RATE_RATIO_WATCH * there.high
    fewer = there.low > RATE_RATIO_WATCH * gone.high and gone.n >= 4 * LEAST_MISSING
    if not (pure or more or fewer):
        return None
    share = "all" if gone.value == 1 else "none" if gone.value == 0 else f"{gone.value:.0%}"
    reason = (
        f"Where it is missing ({gone.n:,} rows) {share} of the targets are positive, elsewhere "
        f"{there.value:.1%}: the missing value itself tells the target."
    )
    return LeakAlarm(column, "stop" if pure else "watch", "missing", reason)
