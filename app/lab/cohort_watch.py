"""Slices under watch: how many rows come, what is missing, what is predicted, what it costs there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from app.lab.stream import LEAST_PER_DAY, Signals, Stream, rolling_mean, usual_width

KINDS: Mapping[str, str] = {
    "volume": "share of all rows",
    "missing": "missing values",
    "prediction": "mean prediction",
    "cost": "cost per 1,000",
}
# What is seen at once, and what waits for labels, page from limits of their own.
COHORT = "cohort"
COHORT_COST = "cohort_cost"
GROUP_OF: Mapping[str, str] = {
    "volume": COHORT,
    "missing": COHORT,
    "prediction": COHORT,
    "cost": COHORT_COST,
}
WIDER = (1, 2, 4)
PART_OF_A_COLUMN = 0.2


@dataclass(frozen=True)
class Watched:
    """One slice as it is watched.

    Parameters
    ----------
    name : str
    width : int
        Steps that are taken together; 0 when the slice has too few rows to be watched.
    rows : int
        Its rows on the quiet days.
    """

    name: str
    width: int
    rows: int


def signal_of(name: str, kind: str) -> str:
    """Return the name of a signal.

    Parameters
    ----------
    name : str
        Of the slice.
    kind : str
        One of `KINDS`.

    Returns
    -------
    str
    """
    return f"{name}: {KINDS[kind]}"


def fit_widths(quiet: Stream) -> tuple[Watched, ...]:
    """Choose over how many steps each slice is smoothed, so that there are rows to look at.

    Parameters
    ----------
    quiet : Stream
        Days in which all was well.

    Returns
    -------
    tuple of Watched
        The narrowest of one, two and four usual widths with 15 rows in a typical window.
    """
    found = []
    days = quiet.days
    for name, mask in quiet.cohorts.items():
        counts = np.bincount(days.of_row[mask], minlength=days.count).astype(float)
        width = 0
        for times in WIDER:
            wide = times * usual_width(days)
            window = np.convolve(counts, np.ones(wide))[wide - 1 : days.count]
            if len(window) and np.median(window) >= LEAST_PER_DAY:
                width = wide
                break
        found.append(Watched(name, width, int(mask.sum())))
    return tuple(found)


def watch_cohorts(signals: Signals, stream: Stream, watched: tuple[Watched, ...]) -> Signals:
    """Add what is seen of each slice to the signals of a stream.

    Parameters
    ----------
    signals : Signals
        Of the same stream.
    stream : Stream
    watched : tuple of Watched
        Slices with width 0 are left out.

    Returns
    -------
    Signals
        With the groups ``"cohort"`` and ``"cohort_cost"``; unchanged when no slice is watched.
    """
    some = [item for item in watched if item.width and item.name in stream.cohorts]
    if not some:
        return signals
    holes = _holes(stream)
    groups: dict[str, dict[str, np.ndarray]] = {COHORT: {}, COHORT_COST: {}}
    floors = {}
    for item in some:
        for kind, values in _signals(stream, item, holes).items():
            name = signal_of(item.name, kind)
            groups[GROUP_OF[kind]][name] = values
            floors[GROUP_OF[kind], name] = _floor(kind, stream)
    delays = {COHORT: 0, COHORT_COST: signals.delay["business"]}
    return replace(
        signals,
        values={**signals.values, **groups},
        delay={**signals.delay, **delays},
        floors={**signals.floors, **floors},
    )


def _holes(stream: Stream) -> np.ndarray:
    """Share of the columns that are missing in each row."""
    if stream.frame.shape[1] == 0:
        return np.zeros(len(stream.frame))
    return np.asarray(stream.frame.isna().mean(axis=1), dtype=float)


def _signals(stream: Stream, item: Watched, holes: np.ndarray) -> dict[str, np.ndarray]:
    days, mask = stream.days, stream.cohorts[item.name]

    def inside(values: np.ndarray) -> np.ndarray:
        return rolling_mean(values[mask], days.of_row[mask], days.count, item.width, LEAST_PER_DAY)

    return {
        "volume": rolling_mean(
            mask.astype(float), days.of_row, days.count, item.width, LEAST_PER_DAY
        ),
        "missing": inside(holes),
        "prediction": inside(stream.prediction),
        "cost": 1000 * inside(stream.cost),
    }


def _floor(kind: str, stream: Stream) -> float:
    # Where nothing was ever missing one empty cell is no incident, one empty column is.
    return PART_OF_A_COLUMN / max(1, stream.frame.shape[1]) if kind == "missing" else 0.0
