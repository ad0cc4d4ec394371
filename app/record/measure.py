"""A number that was measured, with everything a reader needs to trust it."""

from __future__ import annotations

import math
from typing import Any, Protocol, Self

from pydantic import field_validator

from app.record.record import Record


class HasInterval(Protocol):
    """Anything that carries a value, an interval and a sample size."""

    @property
    def value(self) -> float: ...  # noqa: D102
    @property
    def low(self) -> float | None: ...  # noqa: D102
    @property
    def high(self) -> float | None: ...  # noqa: D102
    @property
    def n(self) -> int: ...  # noqa: D102
    @property
    def level(self) -> float: ...  # noqa: D102
    @property
    def method(self) -> str: ...  # noqa: D102


class Measure(Record):
    """One measured number.

    Parameters
    ----------
    key : str
        Name within its stage, snake_case.
    label : str
        What it is, in words.
    value : float or None
        The number; None when there was not enough data to say.
    unit : str
        Unit; ``"share"`` is shown as percent, ``"currency"`` in the project's currency.
    low, high : float or None
        Ends of the interval at ``level``.
    n : int or None
        Rows (or folds) it was measured on.
    seed : int or None
        Seed of the measurement.
    source : str
        Key of the stage that measured it.
    method : str
        How the interval was made.
    timing : bool
        True for clock times and other numbers that differ from run to run.
    """

    key: str
    label: str
    value: float | None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    n: int | None = None
    seed: int | None = None
    source: str = ""
    method: str = ""
    timing: bool = False
    note: str = ""

    @field_validator("value", "low", "high", mode="before")
    @classmethod
    def _only_finite(cls, value: Any) -> Any:
        if value is None:
            return None
        number = float(value)
        return number if math.isfinite(number) else None

    @classmethod
    def of(cls, key: str, label: str, estimate: HasInterval, unit: str = "", **more: Any) -> Self:
        """Make a measure from an estimate of the lab.

        Parameters
        ----------
        key, label, unit : str
            As in the class.
        estimate : HasInterval
            Value, interval, n, level and method.

        Returns
        -------
        Measure
        """
        return cls(
            key=key,
            label=label,
            value=estimate.value,
            unit=unit,
            low=estimate.low,
            high=estimate.high,
            level=estimate.level,
            n=int(estimate.n),
            method=estimate.method,
            **more,
        )
