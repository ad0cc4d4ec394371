"""What a service writes down of every answer on an ordinary day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

# Spread of the logarithm: the slowest of a hundred takes a little over twice the median.
LATENCY_SPREAD = 0.35
FEED_SPREAD = 0.15
TIMEOUT = 4.0
WAIT_SPREAD = 0.5
VERSION = 2


@dataclass(frozen=True)
class Service:
    """The numbers of a service that runs as it should.

    Parameters
    ----------
    latency_ms : float
        Median time of one answer.
    failure_share : float
        Share of the requests that the model itself does not answer.
    replicas : int
    charge : float
        What one answer costs, in currency.
    wait_hours : float
        Median time until a person looks at a case that needs one.
    feeds : mapping of str to float
        Usual age of the newest value of each source, in hours.
    """

    latency_ms: float = 20.0
    failure_share: float = 0.002
    replicas: int = 2
    charge: float = 0.0
    wait_hours: float = 2.0
    feeds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ServiceLog:
    """One entry a request.

    Parameters
    ----------
    failed : ndarray of bool, shape (n,)
        The model gave no answer.
    latency_ms, charge, waits_hours : ndarray of float, shape (n,)
    replica, version : ndarray of int, shape (n,)
    """

    failed: np.ndarray
    latency_ms: np.ndarray
    charge: np.ndarray
    waits_hours: np.ndarray
    replica: np.ndarray
    version: np.ndarray


def ordinary(
    service: Service, n: int, rng: np.random.Generator, lists: np.ndarray | None = None
) -> ServiceLog:
    """Draw what the log of ordinary days holds.

    Parameters
    ----------
    service : Service
    n : int
        Number of requests.
    rng : Generator
    lists : ndarray of int, shape (n,), optional
        Rows of one list are answered together.

    Returns
    -------
    ServiceLog
    """
    units = np.arange(n) if lists is None else np.unique(lists, return_inverse=True)[1]
    count = int(units.max()) + 1 if n else 0
    failed = (rng.random(count) < service.failure_share)[units]
    latency = (service.latency_ms * np.exp(rng.normal(0.0, LATENCY_SPREAD, count)))[units]
    latency = np.where(failed, TIMEOUT * service.latency_ms, latency)
    waits = service.wait_hours * np.exp(rng.normal(0.0, WAIT_SPREAD, n))
    replica = rng.integers(0, max(1, service.replicas), count)[units]
    return ServiceLog(
        failed,
        latency,
        np.full(n, service.charge),
        waits,
        replica,
        np.full(n, VERSION),
    )


def feed_ages(service: Service, count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw how old the newest value of each source is, day by day.

    Parameters
    ----------
    service : Service
    count : int
        Number of days.
    rng : Generator

    Returns
    -------
    dict of str to ndarray of float, shape (count,)
        In hours.
    """
    return {
        name: age * np.exp(rng.normal(0.0, FEED_SPREAD, count))
        for name, age in service.feeds.items()
    }


def label_days(delay_days: float, spread: float, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw after how many days each label is in.

    Parameters
    ----------
    delay_days : float
        Median.
    spread : float
        Standard deviation of the logarithm; 0 for all alike.
    n : int
    rng : Generator

    Returns
    -------
    ndarray of float, shape (n,)
    """
    return np.asarray(delay_days * np.exp(rng.normal(0.0, 1.0, n) * spread))
