"""Queues against closed forms, a published table and a simulation."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab.queueing import erlang_b, erlang_c, later_than, mean_wait, workers_needed


@pytest.mark.parametrize(
    ("load", "workers", "blocked"), [(1, 1, 0.5), (2, 2, 0.4), (10, 10, 0.21458)]
)
def test_blocked_calls_are_those_of_the_table(load: float, workers: int, blocked: float) -> None:
    """Erlang B of loads whose values stand in every table."""
    assert erlang_b(load, workers) == pytest.approx(blocked, abs=1e-5)


@given(st.floats(0.01, 60), st.integers(1, 80))
def test_the_recursion_is_the_sum(load: float, workers: int) -> None:
    """The recursion gives the textbook fraction of factorials."""
    terms = [load**k / math.factorial(k) for k in range(workers + 1)]
    assert erlang_b(load, workers) == pytest.approx(terms[-1] / sum(terms), rel=1e-9)


@given(st.floats(0.01, 0.99), st.floats(0.001, 10), st.floats(0, 20))
def test_one_worker_is_the_textbook_queue(busy: float, service: float, limit: float) -> None:
    """M/M/1: a share of `busy` waits, and sojourn times are exponential."""
    rate = busy / service
    assert erlang_c(busy, 1) == pytest.approx(busy)
    late = math.exp(-(1 / service - rate) * limit)
    assert later_than(limit, rate, service, 1) == pytest.approx(late, rel=1e-6, abs=1e-12)
    assert mean_wait(rate, service, 1) == pytest.approx(busy * service / (1 - busy))


def test_two_workers_have_a_closed_form() -> None:
    """M/M/2: the share that waits is 2 r² / (1 + r), r being how busy they are."""
    for busy in (0.1, 0.5, 0.9):
        assert erlang_c(2 * busy, 2) == pytest.approx(2 * busy**2 / (1 + busy))


@pytest.mark.parametrize(("workers", "load"), [(3, 2.0), (3, 2.4), (5, 2.0)])
def test_late_answers_are_those_of_a_simulated_queue(workers: int, load: float) -> None:
    """A queue played out case by case is late as often as the formula says, 2.0 of 3 included."""
    rng = np.random.default_rng(4)
    n, limit = 120_000, 1.5
    arrivals = np.cumsum(rng.exponential(1 / load, n))
    service = rng.exponential(1.0, n)
    free = [0.0] * workers
    late = 0
    for came, takes in zip(arrivals, service, strict=True):
        ends = max(came, heapq.heappop(free)) + takes
        heapq.heappush(free, ends)
        late += ends - came > limit
    assert late / n == pytest.approx(later_than(limit, load, 1.0, workers), abs=0.012)


def test_workers_who_cannot_keep_up_are_always_late() -> None:
    """At or above full load every case is late, and waits without end."""
    assert later_than(1.0, 3.0, 1.0, 3) == 1.0
    assert mean_wait(3.0, 1.0, 3) == math.inf


@given(st.floats(0.001, 300), st.floats(0.001, 0.5), st.floats(0.2, 0.95), st.floats(0, 2))
def test_the_fewest_workers_keep_both_promises(
    rate: float, service: float, busy: float, wait: float
) -> None:
    """With the number found both limits hold; with one less, one of them does not."""
    found = workers_needed(rate, service, busy, wait)

    def holds(workers: int) -> bool:
        load = rate * service
        if load >= workers or load / workers > busy + 1e-9:
            return False
        late = erlang_c(load, workers) * math.exp(-(workers - load) * wait / service)
        return late <= 0.01

    assert holds(found)
    assert found == 1 or not holds(found - 1)


def test_a_crowd_is_counted_without_a_queue() -> None:
    """Beyond ten thousand workers the busy share alone decides, at once."""
    assert workers_needed(1e6, 0.1, 0.5, 0.0) == 200_000
