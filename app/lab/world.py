"""Production row by row: what was sent, what the service saw, what it answered, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from app.lab.stream import Days


@dataclass(frozen=True)
class Answers:
    """What the service answered, one entry a row of the world.

    Parameters
    ----------
    prediction : ndarray of float, shape (n,) or (n, k)
        What went out; NaN where nothing did.
    acted : ndarray of float, shape (n,)
        1.0 where the decision was to act; NaN where no threshold decides or nothing went out.
    rung : ndarray of int, shape (n,)
        Which rung of the fallback ladder answered: 0 is the full model, -1 nobody.
    version, replica : ndarray of int, shape (n,)
        Of the model that answered, and the copy of the service.
    latency_ms : ndarray of float, shape (n,)
    charge : ndarray of float, shape (n,)
        What serving the row cost, in currency.
    fee : ndarray of float, shape (n,)
        What answering the row costs besides its decision, in currency: fines and complaints.
        On no bill yet, so no dashboard shows it.
    waits_hours : ndarray of float, shape (n,)
        Hours until a person looked, where a person must; 0 elsewhere.
    recomputed : ndarray of float, shape (n,) or (n, k)
        What the model says to the inputs as they were sent, computed apart from the service;
        differs from ``prediction`` when the service itself is at fault.
    """

    prediction: np.ndarray
    acted: np.ndarray
    rung: np.ndarray
    version: np.ndarray
    replica: np.ndarray
    latency_ms: np.ndarray
    charge: np.ndarray
    fee: np.ndarray
    waits_hours: np.ndarray
    recomputed: np.ndarray

    def but(self, **changed: np.ndarray) -> Answers:
        """Return the same answers with some arrays in place of theirs.

        Parameters
        ----------
        **changed : ndarray

        Returns
        -------
        Answers
        """
        return replace(self, **changed)


@dataclass(frozen=True)
class World:
    """A stretch of production.

    Parameters
    ----------
    rows : DataFrame, n rows
        Inputs as the service saw them.
    sent : DataFrame, n rows
        Inputs as the sources sent them; the same object while the service changes nothing.
    y : ndarray of float, shape (n,)
        What really happens.
    label : ndarray of float, shape (n,)
        The label as it is recorded; NaN where none ever is.
    label_days : ndarray of float, shape (n,)
        Days from the request until the label is recorded.
    arrived : ndarray of bool, shape (n,)
        False for rows that never reach the service.
    origin : ndarray of int, shape (n,)
        Which row of the quiet world each one was.
    days : Days
    minute : ndarray of int, shape (n,)
        Minute of the day, 0 to 1439.
    erased : ndarray of bool, shape (n,)
        Rows of people who had asked for their data to be deleted.
    feed_age_hours : mapping of str to ndarray of float, shape (number of days,)
        Age of the newest value by day, by input column that a source feeds.
    lists : ndarray of int, shape (n,), or None
        Which list each row stands in, where lists are ranked.
    """

    rows: pd.DataFrame
    sent: pd.DataFrame
    y: np.ndarray
    label: np.ndarray
    label_days: np.ndarray
    arrived: np.ndarray
    origin: np.ndarray
    days: Days
    minute: np.ndarray
    erased: np.ndarray
    feed_age_hours: Mapping[str, np.ndarray] = field(default_factory=dict)
    lists: np.ndarray | None = None

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.y)

    def but(self, **changed: object) -> World:
        """Return the same world with some parts in place of its own.

        Parameters
        ----------
        **changed : object

        Returns
        -------
        World
        """
        return replace(self, **changed)  # type: ignore[arg-type]
