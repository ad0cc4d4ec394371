"""Which changes are worth a page: two detectors, each with its promise about false pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from app.lab.watching.daily import DayTests
from app.lab.watching.e_values import e_value, sums
from app.lab.watching.signal import TITLES, Signal

MONTH = 30.0
PAUSE = 2
# What one bet holds of the evidence to be named as a cause.
NAMED = 0.05
# The part of the budget that goes to single days; the rest to evidence over days.
SUDDEN = 0.25


@dataclass(frozen=True)
class Change:
    """One signal that was beyond its limit on a stretch of days.

    Parameters
    ----------
    column, signal : str
        Column (empty for all rows) and one of `app.lab.watching.signal.TITLES`.
    first, last : int
        Day numbers.
    value, usual, threshold : float
        On the worst day: the value, what is usual, and from which value it pages; a distribution
        is measured in multiples of the usual spread between days.
    p_value : float
        Least of the stretch, before any correction.
    size : float
        Share of rows that moved, in [0, 1].
    impact : float
        Size times the weight of the column; how changes are ranked, not whether they page.
    """

    column: str
    signal: str
    first: int
    last: int
    value: float
    usual: float
    threshold: float
    p_value: float
    size: float
    impact: float

    @property
    def words(self) -> str:
        """What changed, in words."""
        what = TITLES[self.signal]
        return f"{what} of {self.column}" if self.column else what


@dataclass(frozen=True)
class Pages:
    """Days on which somebody is called, and why.

    Parameters
    ----------
    days : tuple of str
    changes : tuple of Change
        The largest impact first.
    paged : ndarray of bool, shape (days,)
        Days on which something was beyond its limit.
    evidence : ndarray of float, shape (days,)
        What is compared with ``limit``: -log10 of the least p value corrected for the number of
        signals, or log10 of the weighted evidence.
    limit : float
    promise : str
        What is guaranteed about false pages, and what that assumes.
    """

    days: tuple[str, ...]
    changes: tuple[Change, ...]
    paged: np.ndarray
    evidence: np.ndarray
    limit: float
    promise: str

    @property
    def first_day(self) -> int | None:
        """First day that pages, None on a quiet stream."""
        return int(np.argmax(self.paged)) if self.paged.any() else None

    @property
    def count(self) -> int:
        """Number of pages: stretches of days, a pause of one day not ending them."""
        return len(_stretches(self.paged))


def page_by_day(
    tests: DayTests,
    pages_per_month: float = 1.0,
    days_per_chunk: float = 1.0,
    weights: Mapping[str, float] | None = None,
) -> Pages:
    """Page on days on which any signal is too rare, corrected over signals and days.

    Parameters
    ----------
    tests : DayTests
    pages_per_month : float
        Acceptable false pages in 30 days, above 0.
    days_per_chunk : float
        Length of a chunk in days.
    weights : mapping of str to float, optional
        Importance times cost of each column, for ranking; alike when left out.

    Returns
    -------
    Pages
        By the union bound the expected number of days with a false page is at most the budget,
        whatever the dependence between signals, as far as the p values hold.

    References
    ----------
    Bonferroni (1936); Dunn (1961), https://doi.org/10.1080/01621459.1961.10482090
    """
    alpha = min(0.5, pages_per_month * days_per_chunk / MONTH)
    p = tests.p_value
    each = alpha / max(p.shape[1], 1)
    beyond = p <= each
    least = p.min(axis=1) if p.shape[1] else np.ones(len(p))
    return Pages(
        tests.days,
        _changes(tests, beyond, each, weights),
        beyond.any(axis=1),
        -np.log10(np.minimum(least * max(p.shape[1], 1), 1.0)),
        float(-np.log10(alpha)),
        f"At most {pages_per_month:g} false pages in 30 days are expected, if quiet days differ no "
        "more than the days of the reference.",
    )


def page_by_evidence(
    tests: DayTests,
    run_length_days: float = 100.0,
    days_per_chunk: float = 1.0,
    weights: Mapping[str, float] | None = None,
) -> Pages:
    """Page when bets against “nothing changed” have won enough: evidence adds up over days.

    Parameters
    ----------
    tests : DayTests
    run_length_days : float
        Least mean number of days to a false page, above 0.
    days_per_chunk : float
        Length of a chunk in days.
    weights : mapping of str to float, optional
        Importance times cost of each column, for ranking; alike when left out.

    Returns
    -------
    Pages
        An e-detector: the mean run length to a false page is at least the one asked for, looked
        at every day, if each p value is valid given the days before. Begun anew after a page, so
        that it falls silent when the change ends.

    References
    ----------
    Shin, Ramdas & Rinaldo (2022), E-detectors, https://doi.org/10.51387/23-NEJSDS51; Vovk & Wang
    (2021), https://doi.org/10.1214/20-AOS2020
    """
    p = tests.p_value
    limit = float(np.log(max(run_length_days / days_per_chunk, 1.0)))
    count = max(p.shape[1], 1)
    total, parts = sums(e_value(p), np.full(p.shape[1], -np.log(count)), limit)
    paged = total >= limit
    beyond = paged[:, None] & (parts >= total[:, None] + np.log(NAMED))
    # The p value at which one signal alone, on one day, pages.
    alone = _p_value_of(limit + np.log(count))
    return Pages(
        tests.days,
        _changes(tests, beyond, alone, weights),
        paged,
        np.maximum(total, 0.0) / np.log(10),
        limit / float(np.log(10)),
        f"On average at least {run_length_days:g} days pass until a false page, if quiet days "
        "differ no more than the days of the reference.",
    )


def _p_value_of(log_e: float) -> float:
    low, high = -690.0, 0.0
    for _ in range(60):
        middle = (low + high) / 2
        if float(e_value(np.exp(np.array(middle)))) >= log_e:
            low = middle
        else:
            high = middle
    return float(np.exp(low))


def compare_days(
    tests: DayTests,
    pages_per_month: float = 1.0,
    days_per_chunk: float = 1.0,
    weights: Mapping[str, float] | None = None,
) -> Pages:
    """Page by single days and by evidence over days, within one budget.

    Parameters
    ----------
    tests : DayTests
    pages_per_month : float
        Acceptable false pages in 30 days, above 0; a quarter goes to single days.
    days_per_chunk : float
    weights : mapping of str to float, optional

    Returns
    -------
    Pages
        ``evidence`` and ``limit`` are those of the evidence over days.
    """
    sudden = page_by_day(tests, SUDDEN * pages_per_month, days_per_chunk, weights)
    run = MONTH / ((1 - SUDDEN) * pages_per_month)
    slow = page_by_evidence(tests, run, days_per_chunk, weights)
    changes: dict[tuple[str, str], list[Change]] = {}
    for change in (*sudden.changes, *slow.changes):
        changes.setdefault((change.column, change.signal), []).append(change)
    joined = [one for found in changes.values() for one in _joined(found)]
    return replace(
        slow,
        changes=_ranked(joined),
        paged=sudden.paged | slow.paged,
        promise=f"At most {pages_per_month:g} false pages in 30 days are expected, if quiet days "
        "differ no more than the days of the reference.",
    )


def _joined(found: list[Change]) -> list[Change]:
    """Stretches of one signal that touch are one; the more unusual one speaks for it."""
    joined: list[Change] = []
    for change in sorted(found, key=lambda c: c.first):
        if joined and change.first - joined[-1].last <= PAUSE:
            before = joined[-1]
            worst = min(before, change, key=lambda c: (c.p_value, c.threshold))
            last = max(before.last, change.last)
            joined[-1] = replace(worst, first=before.first, last=last)
        else:
            joined.append(change)
    return joined


def _changes(
    tests: DayTests, beyond: np.ndarray, p_limit: float, weights: Mapping[str, float] | None
) -> tuple[Change, ...]:
    found = []
    for place, signal in enumerate(tests.signals):
        for first, last in _stretches(beyond[:, place]):
            found.append(_change(signal, first, last, p_limit, weights))
    return _ranked(found)


def _change(
    signal: Signal, first: int, last: int, p_limit: float, weights: Mapping[str, float] | None
) -> Change:
    day = first + int(np.argmin(signal.p_value[first : last + 1]))
    size = signal.size(first, last)
    weight = 1.0 if weights is None else weights.get(signal.column, 0.0)
    return Change(
        signal.column,
        signal.kind,
        first,
        last,
        float(signal.value[day]),
        signal.usual,
        signal.limit(day, p_limit),
        float(signal.p_value[day]),
        size,
        size * weight,
    )


def _ranked(changes: list[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda c: (-c.impact, c.p_value, c.first, c.column, c.signal)))


def _stretches(beyond: np.ndarray) -> list[tuple[int, int]]:
    edges = np.diff(np.r_[0, beyond.astype(int), 0])
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    merged: list[tuple[int, int]] = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if merged and start - merged[-1][1] <= PAUSE:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged
