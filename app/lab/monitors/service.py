"""What is seen of the service itself every day."""

from __future__ import annotations

import numpy as np

from app.lab.monitors.reference import Reference
from app.lab.monitors.rolling import counts, full_sums, means
from app.lab.monitors.view import View

Series = dict[str, dict[str, np.ndarray]]


def service_signals(view: View, reference: Reference) -> Series:
    """Return the signals of the monitors of the service.

    Parameters
    ----------
    view : View
    reference : Reference

    Returns
    -------
    dict
        Monitor, then signal name, to an ndarray of shape (days,).
    """
    answers, days, width = view.answers, view.world.days.count, reference.width
    place = view.place

    def mean(values: np.ndarray) -> np.ndarray:
        return means(values, place, days, width, 1)

    median, slowest = reference.slow
    waits = np.where(answers.waits_hours > 0, answers.waits_hours, np.nan)
    return {
        "volume": {"requests": np.log1p(full_sums(counts(place, days), width))},
        "failures": {"not by the model": mean((answers.rung != 0).astype(float))},
        "fallback": {"answered below the model": mean((answers.rung > 0).astype(float))},
        "latency": {
            "slower than the usual median": mean((answers.latency_ms > median).astype(float)),
            "slower than the usual 99th": mean((answers.latency_ms > slowest).astype(float)),
        },
        "versions": {
            "not by the announced version": mean(_not_announced(view, reference)),
            "by an unknown version": mean(_unknown(view, reference)),
        },
        "complaints": {"complaints": full_sums(_complaints(view), width)},
        "charge": {"charge per 1,000": 1000 * mean(answers.charge)},
        "waiting": {"hours until a person looks": mean(np.log1p(waits))},
        "freshness": _freshness(view, reference),
    }


def _wanted(view: View, reference: Reference) -> np.ndarray:
    """Return the newest version that was announced by each day."""
    days = view.world.days.count
    usual = np.full(days, reference.version)
    return usual if view.announced is None else np.maximum(usual, view.announced)


def _not_announced(view: View, reference: Reference) -> np.ndarray:
    # A release has its day to reach every copy.
    wanted = _wanted(view, reference)
    yesterday = np.r_[wanted[:1], wanted[:-1]]
    return np.asarray(view.answers.version < yesterday[view.world.days.of_row], dtype=float)


def _unknown(view: View, reference: Reference) -> np.ndarray:
    wanted = _wanted(view, reference)[view.world.days.of_row]
    return np.asarray(view.answers.version > wanted, dtype=float)


def _complaints(view: View) -> np.ndarray:
    return np.zeros(view.world.days.count) if view.complaints is None else view.complaints


def _freshness(view: View, reference: Reference) -> dict[str, np.ndarray]:
    """Return the logarithm of how many times its usual age each source is old."""
    return {
        name: np.log(np.maximum(ages, 1e-6) / max(reference.feeds.get(name, 1.0), 1e-6))
        for name, ages in view.world.feed_age_hours.items()
        if name in reference.feeds
    }
