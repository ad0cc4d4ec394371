"""Daily series by monitor and signal."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from app.lab.stream import Days


@dataclass(frozen=True)
class Signals:
    """Daily series by monitor and name, NaN on days with too few rows.

    Parameters
    ----------
    values : dict
        Monitor, then signal name, to an ndarray of shape (number of days,). What waits for labels
        stands on the day on which it was known.
    days : Days
    floors : dict
        Monitor and signal to the least spread that counts as usual, for signals that may stand
        still.
    moved : dict
        Monitor and signal to the share of the rows that moved, in [0, 1], shape (days,): what an
        alert is weighed by.
    width : int
        Days that are taken together.
    p_values : dict
        Monitor and signal to how rarely a quiet day is as far off, shape (days,), where a test
        was made; see `app.lab.monitors.tested`.
    """

    values: dict[str, dict[str, np.ndarray]]
    days: Days
    floors: dict[tuple[str, str], float] = field(default_factory=dict)
    moved: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    width: int = 1
    p_values: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)


def cut_days(signals: Signals, kept: np.ndarray) -> Signals:
    """Return the signals of some days.

    Parameters
    ----------
    signals : Signals
    kept : ndarray of bool, shape (number of days,)

    Returns
    -------
    Signals
        Days keep their names and weekdays; rows are no longer known.
    """
    days = signals.days
    names = tuple(name for name, keep in zip(days.names, kept, strict=True) if keep)
    cut = Days(np.empty(0, dtype=int), names, days.weekday[kept], days.step)
    return Signals(
        {m: {n: v[kept] for n, v in found.items()} for m, found in signals.values.items()},
        cut,
        signals.floors,
        {key: part[kept] for key, part in signals.moved.items()},
        signals.width,
        {key: part[kept] for key, part in signals.p_values.items()},
    )
