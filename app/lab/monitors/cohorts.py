"""Slices under watch: how many rows come, what is missing, what is predicted, what it costs there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.lab.monitors.rolling import counts, means
from app.lab.monitors.view import View
from app.lab.stream import LEAST_PER_DAY, usual_width

KINDS: Mapping[str, str] = {
    "volume": "share of all rows",
    "missing": "missing values",
    "prediction": "mean prediction",
    "cost": "cost per 1,000",
}
# What is seen at once, and what waits for labels, are two monitors with limits of their own.
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


def fit_widths(quiet: View) -> tuple[Watched, ...]:
    """Choose over how many steps each slice is smoothed, so that there are rows to look at.

    Parameters
    ----------
    quiet : View
        Days in which all was well.

    Returns
    -------
    tuple of Watched
        The narrowest of one, two and four usual widths with 15 rows in a typical window.
    """
    found = []
    days = quiet.world.days
    for name, mask in quiet.cohorts.items():
        rows = counts(np.where(mask, quiet.place, days.count), days.count)
        width = 0
        for times in WIDER:
            wide = times * usual_width(days)
            window = np.convolve(rows, np.ones(wide))[wide - 1 : days.count]
            if len(window) and np.median(window) >= LEAST_PER_DAY:
                width = wide
                break
        found.append(Watched(name, width, int(mask.sum())))
    return tuple(found)


Series = dict[str, dict[str, np.ndarray]]
Floors = dict[tuple[str, str], float]


def cohort_signals(view: View, watched: tuple[Watched, ...]) -> tuple[Series, Floors]:
    """Return what is seen of each slice every day.

    Parameters
    ----------
    view : View
    watched : tuple of Watched
        Slices with width 0 are left out.

    Returns
    -------
    signals : dict
        Of the monitors ``"cohort"`` and ``"cohort_cost"``; empty when no slice is watched.
    floors : dict
        Monitor and signal to the least spread that counts as usual.
    """
    some = [item for item in watched if item.width and item.name in view.cohorts]
    if not some:
        return {}, {}
    holes = _holes(view)
    found: Series = {COHORT: {}, COHORT_COST: {}}
    floors: Floors = {}
    for item in some:
        for kind, values in _signals(view, item, holes).items():
            name = signal_of(item.name, kind)
            found[GROUP_OF[kind]][name] = values
            floors[GROUP_OF[kind], name] = _floor(kind, view)
    return found, floors


def _holes(view: View) -> np.ndarray:
    """Share of the columns that are missing in each row."""
    rows = view.world.rows
    if rows.shape[1] == 0:
        return np.zeros(len(rows))
    return np.asarray(rows.isna().mean(axis=1), dtype=float)


def _signals(view: View, item: Watched, holes: np.ndarray) -> dict[str, np.ndarray]:
    days, mask = view.world.days.count, view.cohorts[item.name]
    place, known = view.place, view.known

    def inside(values: np.ndarray, when: np.ndarray) -> np.ndarray:
        return means(np.where(mask, values, np.nan), when, days, item.width, LEAST_PER_DAY)

    return {
        "volume": means(mask.astype(float), place, days, item.width, LEAST_PER_DAY),
        "missing": inside(holes, place),
        "prediction": inside(view.score, place),
        "cost": 1000 * inside(view.cost, known),
    }


def _floor(kind: str, view: View) -> float:
    # Where nothing was ever missing one empty cell is no incident, one empty column is.
    return PART_OF_A_COLUMN / max(1, view.world.rows.shape[1]) if kind == "missing" else 0.0
