"""How many answers are asked for, what must be kept of them, and what that costs a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

DAYS = 365
SECONDS_PER_HOUR = 3600
# Kept beside the inputs: the answer and the act taken, its time, a number of the request, the
# version of the model, the fallback step.
PREDICTION_BYTES = 8
ENVELOPE_BYTES = {"act": 1, "time": 8, "request": 16, "version": 16, "step": 1}
LENGTH_BYTES = 4
NUMBER_BYTES = 8
FLAG_BYTES = 1


@dataclass(frozen=True)
class Volume:
    """How many decisions there are.

    Parameters
    ----------
    per_year : float
        Above 0.
    hours_per_day : float
        Hours of a day in which they are made, in (0, 24].
    peak : float
        How many times the mean the busiest minutes are, at least 1.
    """

    per_year: float
    hours_per_day: float = 24.0
    peak: float = 1.0

    @property
    def per_day(self) -> float:
        """Decisions a day."""
        return self.per_year / DAYS

    @property
    def mean_rate(self) -> float:
        """Decisions a second, in the hours in which they are made."""
        return self.per_day / (self.hours_per_day * SECONDS_PER_HOUR)

    @property
    def peak_rate(self) -> float:
        """Decisions a second in the busiest minutes."""
        return self.mean_rate * self.peak

    def within(self, minutes: float) -> float:
        """Return how many decisions fall into a while that begins in busy hours.

        Parameters
        ----------
        minutes : float
            From 0 to a day.

        Returns
        -------
        float
            At most those of the whole day.
        """
        return min(self.per_day, self.mean_rate * 60 * minutes)


def column_bytes(frame: pd.DataFrame) -> dict[str, float]:
    """Return how many bytes a value of each column takes in a log, before it is compressed.

    Parameters
    ----------
    frame : DataFrame
        Training rows.

    Returns
    -------
    dict of str to float
        8 for numbers and dates, 1 for flags; for texts the mean length in UTF-8 and 4 more.
    """
    return {str(name): _bytes_of(frame[name]) for name in frame.columns}


def _bytes_of(series: pd.Series) -> float:
    if pd.api.types.is_bool_dtype(series):
        return FLAG_BYTES
    plain = pd.api.types.is_numeric_dtype(series) or pd.api.types.is_datetime64_any_dtype(series)
    if plain:
        return NUMBER_BYTES
    texts = series.astype(object).dropna().map(lambda value: len(str(value).encode()))
    return LENGTH_BYTES + (float(texts.mean()) if len(texts) else 0.0)


def log_row_bytes(columns: Mapping[str, float], answers: int = 1) -> float:
    """Return the bytes of one logged row: its inputs, its answer, and what tells it apart.

    Parameters
    ----------
    columns : mapping of str to float
        From `column_bytes`.
    answers : int
        Numbers in one answer: 1, or one a class.

    Returns
    -------
    float
    """
    return sum(columns.values()) + answers * PREDICTION_BYTES + sum(ENVELOPE_BYTES.values())


@dataclass(frozen=True)
class Prices:
    """What things cost.

    Parameters
    ----------
    worker_hour : float
        One worker for one hour.
    storage_gb_month : float
        One gigabyte for one month.
    people_per_year : float
        On-call rota and whoever looks after it, a year.
    """

    worker_hour: float
    storage_gb_month: float
    people_per_year: float


@dataclass(frozen=True)
class ServiceCost:
    """What a year of the service costs, by part; in currency."""

    workers: float
    storage: float
    people: float

    @property
    def total(self) -> float:
        """All parts together."""
        return self.workers + self.storage + self.people

    def per_1000(self, decisions_per_year: float) -> float:
        """Return the cost of 1,000 decisions."""
        return 1000 * self.total / decisions_per_year


def service_cost(worker_hours: float, stored_gb: float, prices: Prices) -> ServiceCost:
    """Return what a year costs.

    Parameters
    ----------
    worker_hours : float
        Hours of work a year, over all workers.
    stored_gb : float
        Gigabytes that are kept at any time.
    prices : Prices

    Returns
    -------
    ServiceCost
    """
    return ServiceCost(
        worker_hours * prices.worker_hour,
        stored_gb * 12 * prices.storage_gb_month,
        prices.people_per_year,
    )
