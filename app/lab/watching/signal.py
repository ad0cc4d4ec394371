"""One thing that is watched: its daily values, and how unusual each is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.lab.watching.dispersion import Usual
from app.lab.watching.share_test import share_p_value

Kind = Literal["distribution", "missing", "unseen", "outside", "infinite", "volume"]
TITLES: dict[str, str] = {
    "distribution": "the distribution",
    "missing": "missing values",
    "unseen": "values never seen before",
    "outside": "values beyond the usual range",
    "infinite": "values that are not finite",
    "volume": "the number of rows",
}


@dataclass(frozen=True)
class Signal:
    """Daily values of one signal of one column.

    Parameters
    ----------
    column : str
        Empty for what concerns all rows.
    kind : str
        One of `TITLES`.
    value : ndarray of float, shape (days,)
        A distribution's chi² as a multiple of what is usual between quiet days; for volume the
        rows; else a share of the rows, in [0, 1].
    usual : float
        The same on the reference.
    p_value : ndarray of float, shape (days,)
        1 where a day has too few rows to tell.
    seasonal : bool
        Whether days are compared with the same weekday only.
    limit : callable
        Day and p value to the value that has it.
    size : callable
        First and last day to how large the change is, in [0, 1]: the share of rows that moved.
    """

    column: str
    kind: Kind
    value: np.ndarray
    usual: float
    p_value: np.ndarray
    seasonal: bool
    limit: Callable[[int, float], float]
    size: Callable[[int, int], float]

    @property
    def key(self) -> tuple[str, str]:
        """Column and kind."""
        return self.column, self.kind


@dataclass(frozen=True)
class ShareBase:
    """What the share of some event is compared with, for every day.

    Parameters
    ----------
    events, rows : ndarray of float, shape (days,)
        Of the reference.
    today, of : ndarray of float, shape (days,)
        Events and rows of each day.
    usual : Usual
    rises_only : bool
        Fewer is no news.
    cluster : float
        Rows that one event comes with, at least 1.
    """

    events: np.ndarray
    rows: np.ndarray
    today: np.ndarray
    of: np.ndarray
    usual: Usual
    rises_only: bool
    cluster: float = 1.0

    def p_value(self, day: int | slice = slice(None), events: float | None = None) -> np.ndarray:
        """Return how rarely a quiet day has as many events, for all days or a supposed number."""
        today = self.today[day] if events is None else np.asarray(float(events))
        return share_p_value(
            today / self.cluster,
            self.of[day] / self.cluster,
            self.events[day] / self.cluster,
            self.rows[day] / self.cluster,
            self.usual,
            self.rises_only,
        )

    def limit(self, day: int, p_value: float) -> float:
        """Return the share, on the side of the day's change, from which the p value is reached."""
        n = float(self.of[day])
        expected = n * float(self.events[day]) / max(float(self.rows[day]), 1.0)
        falls = not self.rises_only and self.today[day] < expected
        low, high = expected, 0.0 if falls else n
        for _ in range(40):
            middle = (low + high) / 2
            if float(self.p_value(day, middle)) <= p_value:
                high = middle
            else:
                low = middle
        return high / max(n, 1.0)

    def size(self, first: int, last: int) -> float:
        """Return by how much the share changed over a stretch of days."""
        days = slice(first, last + 1)
        now = self.today[days].sum() / max(self.of[days].sum(), 1.0)
        then = self.events[days].sum() / max(self.rows[days].sum(), 1.0)
        return float(abs(now - then))
