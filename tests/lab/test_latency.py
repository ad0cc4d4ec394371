"""Timing by a clock that is handed in: known waits give known numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
import pytest

from app.lab.latency import (
    MOST_CALLS,
    call_times,
    cold_starts,
    loaded_bytes,
    quantile_of,
    stored_bytes,
    throughput,
)
from app.lab.rungs import Fitted
from app.lab.rungs.constant import Constant

ROWS = pd.DataFrame({"a": np.arange(1000.0)})
PLAIN = ROWS.to_dict("records")


class Clock:
    """Moves on by a fixed time whenever it is read."""

    def __init__(self, step: float) -> None:
        self.ticks, self.step = count(), step

    def __call__(self) -> float:
        """Return the time."""
        return next(self.ticks) * self.step


class Weights:
    """A model that asks to see its rows and holds many numbers."""

    def __init__(self, size: int = 10) -> None:
        self.weights, self.seen = np.zeros(size), []

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return zeros, remembering how many rows were asked."""
        self.seen.append(len(frame))
        return np.zeros(len(frame))


def _fitted(predictor: object) -> Fitted:
    return Fitted("constant", "binary", predictor, (), "")


def _asking(model: Weights) -> Callable[[Sequence[Any]], np.ndarray]:
    """Asks a model about plain rows."""
    return lambda rows: _fitted(model).predict(pd.DataFrame(rows))


def test_calls_are_timed_one_by_one_until_the_time_is_up() -> None:
    """Each reads 5 ms off the clock; at least 20 are timed, and no more than the time allows."""
    model = Weights()
    times = call_times(_asking(model), PLAIN, 1, Clock(0.005), 0.0)
    np.testing.assert_allclose(times, 5.0)
    assert len(times) == 20
    assert set(model.seen) == {1}
    assert len(call_times(_asking(Weights()), PLAIN, 1, Clock(0.005), 0.5)) == pytest.approx(
        48, abs=2
    )
    assert len(call_times(_asking(Weights()), PLAIN, 1, Clock(0.0), 1.0)) == MOST_CALLS


def test_one_answer_may_be_a_list() -> None:
    """All the rows of a list are asked together, also at the end of the table."""
    model = Weights()
    call_times(_asking(model), PLAIN[:7], 6, Clock(0.001), 0.0)
    assert set(model.seen) == {6}


def test_intervals_of_quantiles_hold_as_often_as_they_say() -> None:
    """Drawn a thousand times, 95 in 100 intervals hold the true 95th of 100."""
    rng = np.random.default_rng(0)
    truth = -np.log(0.05)
    found = [quantile_of(rng.exponential(size=300), 0.95) for _ in range(1000)]
    held = np.mean([e.low <= truth <= e.high for e in found])
    assert 0.94 <= held <= 0.985


def test_a_tail_needs_many_answers() -> None:
    """The 99th of 100 has an interval from 368 answers on, not before."""
    rng = np.random.default_rng(0)
    assert quantile_of(rng.random(367), 0.99).high is None
    assert quantile_of(rng.random(368), 0.99).high is not None


def test_rows_per_second_by_the_clock() -> None:
    """A batch that takes 10 ms gives 100 batches' worth of rows a second."""
    found = throughput(_fitted(Weights()), ROWS, (1, 10, 1000), Clock(0.01), 0.0)
    assert [b.size for b in found] == [1, 10, 1000]
    assert [b.value for b in found] == pytest.approx([100, 1000, 100_000])
    assert all(b.n >= 3 for b in found)


def test_loading_is_timed_and_weighed() -> None:
    """A cold start is loading and one answer; a megabyte of weights is a megabyte."""
    np.testing.assert_allclose(cold_starts(_fitted(Weights()), ROWS.iloc[:1], Clock(0.002)), 2.0)
    heavy = _fitted(Weights(125_000))
    assert stored_bytes(heavy) == pytest.approx(1e6, rel=0.01)
    assert loaded_bytes(heavy) == pytest.approx(1e6, rel=0.05)
    assert stored_bytes(_fitted(Constant(0.5))) < 300
