"""A queue before a few workers: how long cases wait, and how many workers it takes (M/M/c)."""

from __future__ import annotations

import math

# Beyond so many workers, and none of them busy all the time, hardly any case waits.
MANY_WORKERS = 10_000


def erlang_b(load: float, workers: int) -> float:
    """Return the share of cases that find all workers busy when nobody may wait.

    Parameters
    ----------
    load : float
        Arrivals times service time, in workers, at least 0.
    workers : int
        At least 1.

    Returns
    -------
    float
        In [0, 1].

    References
    ----------
    Erlang (1917); the recursion: Jagerman (1974), https://doi.org/10.1002/j.1538-7305.1974.tb02756.x
    """
    blocked = 1.0
    for number in range(1, workers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(load: float, workers: int) -> float:
    """Return the share of cases that have to wait for a free worker.

    Parameters
    ----------
    load : float
        Arrivals times service time, in workers, at least 0.
    workers : int
        At least 1.

    Returns
    -------
    float
        In [0, 1]; 1 when the workers cannot keep up.

    References
    ----------
    Gross et al. (2008), Fundamentals of Queueing Theory, section 2.3, https://doi.org/10.1002/9781118625651
    """
    if load >= workers:
        return 1.0
    blocked = erlang_b(load, workers)
    return blocked / (1 - load / workers * (1 - blocked))


def later_than(limit_s: float, rate: float, service_s: float, workers: int) -> float:
    """Return the share of cases that take longer than a limit, waiting included.

    Parameters
    ----------
    limit_s : float
        Seconds, at least 0.
    rate : float
        Cases a second, at least 0.
    service_s : float
        Mean seconds of work on one case, above 0.
    workers : int

    Returns
    -------
    float
        In [0, 1]; 1 when the workers cannot keep up.

    References
    ----------
    Gross et al. (2008), Fundamentals of Queueing Theory, section 2.3, https://doi.org/10.1002/9781118625651
    """
    load = rate * service_s
    if load >= workers:
        return 1.0
    waits, served = erlang_c(load, workers), limit_s / service_s
    spare = workers - load
    alone = math.exp(-served)
    if abs(spare - 1) < 1e-9:
        return min(1.0, alone * (1 + waits * served))
    return min(1.0, max(0.0, alone + waits * (alone - math.exp(-spare * served)) / (spare - 1)))


def mean_wait(rate: float, service_s: float, workers: int) -> float:
    """Return the mean seconds that a case waits before a worker takes it.

    Parameters
    ----------
    rate : float
        Cases a second.
    service_s : float
        Mean seconds of work on one case.
    workers : int

    Returns
    -------
    float
        Infinite when the workers cannot keep up.
    """
    load = rate * service_s
    if load >= workers:
        return math.inf
    return erlang_c(load, workers) * service_s / (workers - load)


def workers_needed(
    rate: float, service_s: float, busy: float, wait_limit_s: float, late_share: float = 0.01
) -> int:
    """Return the fewest workers that are busy at most so much and keep waiting within a limit.

    Parameters
    ----------
    rate : float
        Cases a second at the peak.
    service_s : float
        Mean seconds of work on one case.
    busy : float
        Largest share of the time that a worker may be busy, in (0, 1).
    wait_limit_s : float
        How long a case may wait.
    late_share : float
        Share of the cases that may wait longer.

    Returns
    -------
    int
        At least 1.
    """
    load = rate * service_s
    workers = max(1, math.ceil(load / busy - 1e-12))
    if workers > MANY_WORKERS:
        return workers
    while _waits_longer(wait_limit_s, load, service_s, workers) > late_share:
        workers += 1
    return workers


def _waits_longer(limit_s: float, load: float, service_s: float, workers: int) -> float:
    waits = erlang_c(load, workers)
    return waits * math.exp(-(workers - load) * max(limit_s, 0.0) / service_s)
