"""Every signal of every day tested against the reference, calibrated on its quiet days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from app.lab.watching.dispersion import (
    HELPS,
    LEAST_DAYS,
    Usual,
    parts_by_weekday,
    usual_of,
    weekday_base,
)
from app.lab.watching.profile import ColumnCounts, Profile
from app.lab.watching.shape_test import shape_base
from app.lab.watching.share_test import z_value
from app.lab.watching.signal import ShareBase, Signal

# Volumes that never move by more than this would page for nothing.
LEAST_SPREAD = 0.05


@dataclass(frozen=True)
class DayTests:
    """What was watched on which days.

    Parameters
    ----------
    days : tuple of str
    signals : tuple of Signal
    reference_days : int
        Quiet days that the usual spread was learned from; 1 where chance alone is assumed.
    """

    days: tuple[str, ...]
    signals: tuple[Signal, ...]
    reference_days: int

    @property
    def p_value(self) -> np.ndarray:
        """How rarely a quiet day is as far off, shape (days, signals)."""
        if not self.signals:
            return np.ones((len(self.days), 0))
        return np.column_stack([signal.p_value for signal in self.signals])


def daily_tests(reference: Profile, current: Profile, seasons: bool = True) -> DayTests:
    """Test each signal of each day.

    Parameters
    ----------
    reference : Profile
        Chunked like the current one (by day); the more quiet days, the better is known how much
        days differ. With fewer than eight, rows are assumed to be independent draws.
    current : Profile
        Of the same shapes.
    seasons : bool
        Compare with the same weekday where the reference shows that this matters.

    Returns
    -------
    DayTests
        p values that are about uniform on days that differ from the reference days no more than
        these do from one another. They assume that quiet days are exchangeable (within a weekday);
        a trend or a yearly season that the reference does not hold is reported as a change.
    """
    weekdays, asked = (
        profile.weekdays if seasons else np.zeros(len(profile.names), dtype=int)
        for profile in (reference, current)
    )
    if not (weekdays.any() and asked.any()):
        weekdays, asked = np.zeros_like(weekdays), np.zeros_like(asked)
    found = [*_volume(reference.rows, current.rows, weekdays, asked)]
    for name, before in reference.columns.items():
        found.extend(_of_column(name, before, current.columns[name], weekdays, asked))
    return DayTests(current.names, tuple(found), len(reference.names))


def _of_column(
    name: str, before: ColumnCounts, now: ColumnCounts, weekdays: np.ndarray, asked: np.ndarray
) -> list[Signal]:
    found = []
    if before.shape.bins > 1:
        ordered = before.shape.kind == "number"
        base = shape_base(before.known, now.known, weekdays, asked, ordered)
        ratio = base.ratio / base.usual.scale
        found.append(
            Signal(
                name, "distribution", ratio, 1.0, base.p_value, base.seasonal, base.limit, base.size
            )
        )
    rows = before.cells.sum(axis=1), now.cells.sum(axis=1)
    found.append(_share(name, "missing", before.missing, now.missing, rows, weekdays, asked))
    there = before.cells[:, :-2].sum(axis=1), now.cells[:, :-2].sum(axis=1)
    if before.shape.kind == "number":
        found.append(_share(name, "outside", before.outside, now.outside, there, weekdays, asked))
        found.append(_share(name, "infinite", before.infinite, now.infinite, rows, weekdays, asked))
    if before.shape.kind == "category" or len(before.shape.values) or now.unseen.any():
        found.append(_unseen(name, before, now, there, weekdays, asked))
    return found


def _unseen(
    name: str,
    before: ColumnCounts,
    now: ColumnCounts,
    there: tuple[np.ndarray, np.ndarray],
    weekdays: np.ndarray,
    asked: np.ndarray,
) -> Signal:
    shape = before.shape
    # By construction the reference knows its own values: what it would not have known is estimated.
    events = np.maximum(before.unseen, shape.novelty * there[0])
    return _share(name, "unseen", events, now.unseen, there, weekdays, asked, shape.cluster)


def _share(
    name: str,
    kind: str,
    before: np.ndarray,
    now: np.ndarray,
    rows: tuple[np.ndarray, np.ndarray],
    weekdays: np.ndarray,
    asked: np.ndarray,
    cluster: float = 1.0,
) -> Signal:
    counts = np.column_stack([before, rows[0]]).astype(float)
    flat = np.zeros_like(weekdays)
    usual, seasonal = _usual_share(counts, flat), False
    if parts_by_weekday(weekdays, asked):
        parted = _usual_share(counts, weekdays)
        seasonal = parted.scale < HELPS * usual.scale
        usual = parted if seasonal else usual
    days, today = (weekdays, asked) if seasonal else (flat, np.zeros_like(asked))
    base = weekday_base(counts, days, today, leave_out=False)
    test = ShareBase(
        base[:, 0],
        base[:, 1],
        now.astype(float),
        rows[1].astype(float),
        usual,
        kind != "missing",
        cluster,
    )
    value = now / np.maximum(rows[1], 1)
    usually = float(before.sum() / max(rows[0].sum(), 1))
    return Signal(
        name,
        kind,  # type: ignore[arg-type]
        np.asarray(value),
        usually,
        test.p_value(),
        seasonal,
        test.limit,
        test.size,
    )


def _usual_share(counts: np.ndarray, weekdays: np.ndarray) -> Usual:
    base = weekday_base(counts, weekdays, weekdays, leave_out=True)
    z = z_value(counts[:, 0], counts[:, 1], base[:, 0], base[:, 1])
    some = (counts[:, 1] > 0) & (base[:, 1] > 0)
    return usual_of(np.where(some, z**2, np.nan), np.ones(len(z), dtype=int))


def _volume(
    before: np.ndarray, now: np.ndarray, weekdays: np.ndarray, asked: np.ndarray
) -> list[Signal]:
    if len(before) < LEAST_DAYS:
        return []
    past, today = np.log1p(before.astype(float)), np.log1p(now.astype(float))
    level, spread = np.full(len(today), past.mean()), float(past.std(ddof=1))
    freedom, seasonal = len(past) - 1, False
    if parts_by_weekday(weekdays, asked):
        days = np.bincount(weekdays, minlength=7)
        means = np.bincount(weekdays, weights=past, minlength=7) / np.maximum(days, 1)
        left = len(past) - int((days > 0).sum())
        rest = float(np.sqrt(((past - means[weekdays]) ** 2).sum() / max(left, 1)))
        if left >= LEAST_DAYS // 2 and rest < HELPS * spread:
            level, spread, freedom, seasonal = means[asked], rest, left, True
    least = np.exp(-level / 2)
    scale = np.sqrt(np.maximum(spread, LEAST_SPREAD) ** 2 + least**2) * np.sqrt(1 + 1 / freedom)
    t = (today - level) / scale
    p = np.clip(2 * special.stdtr(freedom, -np.abs(t)), 1e-300, 1.0)
    # The log may begin and end within a day.
    for edge in (0, -1):
        p[edge] = 1.0 if t[edge] < 0 else p[edge]

    def limit(day: int, p_value: float) -> float:
        reach = -float(special.stdtrit(freedom, p_value / 2)) * scale[day]
        return float(np.expm1(level[day] + np.sign(t[day]) * reach))

    def size(first: int, last: int) -> float:
        change = float(np.expm1(np.abs((today - level)[first : last + 1]).mean()))
        return min(1.0, change)

    usual = float(np.expm1(past.mean()))
    return [Signal("", "volume", now.astype(float), usual, p, seasonal, limit, size)]
