"""How long answers take, on this machine and by the clock that is handed in."""

from __future__ import annotations

import pickle
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from app.lab.estimate import Estimate
from app.lab.rungs import Fitted

Clock = Callable[[], float]
Row = Mapping[str, Any]
WARM_UP = 3
FEWEST_CALLS = 20
MOST_CALLS = 2_000
FEWEST_BATCHES = 3
COLD_STARTS = 5


@dataclass(frozen=True)
class Throughput:
    """Rows a second in batches of one size.

    Parameters
    ----------
    size : int
        Rows of a batch.
    value, low, high : float
        Rows per second: median, and first and third quartile over the batches.
    n : int
        Batches that were timed.
    """

    size: int
    value: float
    low: float
    high: float
    n: int


def call_times(
    ask: Callable[[Sequence[Row]], object],
    rows: Sequence[Row],
    per_answer: int,
    clock: Clock,
    seconds: float,
) -> np.ndarray:
    """Return how long single answers take, one after another.

    Parameters
    ----------
    ask : callable
        Takes plain rows, as a service gets them; an `Answerer`.
    rows : sequence of mapping
        Rows to ask about in turn.
    per_answer : int
        Rows of one answer: 1, or the items of a list.
    clock : callable
        Seconds.
    seconds : float
        When to stop, once 20 answers were timed.

    Returns
    -------
    ndarray of float, shape (20 to 2,000,)
        Milliseconds; the first three answers are left out.
    """
    starts = max(1, len(rows) - per_answer + 1)
    found: list[float] = []
    begun = clock()
    for number in range(MOST_CALLS + WARM_UP):
        at = number * per_answer % starts
        asked = rows[at : at + per_answer]
        started = clock()
        ask(asked)
        ended = clock()
        if number >= WARM_UP:
            found.append((ended - started) * 1000)
        if len(found) >= FEWEST_CALLS and ended - begun > seconds:
            break
    return np.array(found)


def quantile_of(times: np.ndarray, share: float, level: float = 0.95) -> Estimate:
    """Return a quantile of times with its interval from the order of the sample.

    Parameters
    ----------
    times : ndarray of float, shape (n,)
    share : float
        In (0, 1).
    level : float

    Returns
    -------
    Estimate
        Without an interval when there are too few times for one of its ends: for the 99th of 100
        that takes 368.

    References
    ----------
    David & Nagaraja (2003), Order Statistics, section 7.1, https://doi.org/10.1002/0471722162
    """
    n = len(times)
    value = float(np.quantile(times, share))
    ordered = np.sort(times)
    below = int(stats.binom.ppf((1 - level) / 2, n, share)) - 1
    above = int(stats.binom.ppf((1 + level) / 2, n, share))
    if below < 0 or above >= n:
        return Estimate(value, None, None, n, level, "too few answers timed for an interval")
    low, high = float(ordered[below]), float(ordered[above])
    return Estimate(value, min(low, value), max(high, value), n, level, "order statistics")


def throughput(
    fitted: Fitted, rows: pd.DataFrame, sizes: Sequence[int], clock: Clock, seconds: float
) -> tuple[Throughput, ...]:
    """Return how many rows a second are answered in batches of each size.

    Parameters
    ----------
    fitted : Fitted
    rows : DataFrame
        At least as many rows as the largest batch.
    sizes : sequence of int
    clock : callable
        Seconds.
    seconds : float
        About how long each size may take, once three batches were timed.

    Returns
    -------
    tuple of Throughput
        One a size.
    """
    return tuple(_batches(fitted, rows.iloc[:size], clock, seconds) for size in sizes)


def _batches(fitted: Fitted, batch: pd.DataFrame, clock: Clock, seconds: float) -> Throughput:
    fitted.predict(batch)
    found: list[float] = []
    begun = clock()
    while len(found) < FEWEST_BATCHES or (len(found) < MOST_CALLS and clock() - begun < seconds):
        started = clock()
        fitted.predict(batch)
        found.append(max(clock() - started, 1e-9))
    middle, quick, slow = np.quantile(found, [0.5, 0.25, 0.75])
    size = len(batch)
    return Throughput(size, size / middle, size / slow, size / quick, len(found))


def cold_starts(fitted: Fitted, row: pd.DataFrame, clock: Clock) -> np.ndarray:
    """Return how long it takes to load the model and give the first answer.

    The libraries are loaded already: a new process takes as long again to import them.

    Parameters
    ----------
    fitted : Fitted
    row : DataFrame
    clock : callable
        Seconds.

    Returns
    -------
    ndarray of float, shape (5,)
        Milliseconds.
    """
    stored = pickle.dumps(fitted, protocol=5)
    found = []
    for _ in range(COLD_STARTS):
        started = clock()
        pickle.loads(stored).predict(row)
        found.append((clock() - started) * 1000)
    return np.array(found)


def stored_bytes(fitted: Fitted) -> int:
    """Return how many bytes the model takes where it is stored.

    Parameters
    ----------
    fitted : Fitted

    Returns
    -------
    int
        The same wherever the model comes from: it is loaded once before it is counted.
    """
    stored = pickle.dumps(fitted.predictor, protocol=5)
    return len(pickle.dumps(pickle.loads(stored), protocol=5))


def loaded_bytes(fitted: Fitted) -> int:
    """Return how much memory the loaded model takes, as far as Python and NumPy know.

    Parameters
    ----------
    fitted : Fitted

    Returns
    -------
    int
        What libraries keep outside of Python is not in it.
    """
    stored = pickle.dumps(fitted, protocol=5)
    traced = tracemalloc.is_tracing()
    if not traced:
        tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    loaded = pickle.loads(stored)
    after = tracemalloc.get_traced_memory()[0]
    if not traced:
        tracemalloc.stop()
    del loaded
    return max(0, after - before)
