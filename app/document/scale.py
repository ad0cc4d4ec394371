"""Scales of a drawn chart: from values to places, with round ticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor, log10

from app.record.chart import Axis, Point
from app.record.number import readable

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """One axis in pixels.

    Parameters
    ----------
    kind : str
        As in `Axis`.
    low, high : float
        Ends of the values; for categories, minus a half to the number of them minus a half.
    start, end : float
        Places of the two ends.
    names : tuple of str
        Categories in order.
    """

    kind: str
    low: float
    high: float
    start: float
    end: float
    names: tuple[str, ...] = ()

    def place(self, value: Point) -> float | None:
        """Return where a value lies, None where it is missing."""
        number = to_number(self.kind, value, self.names)
        if number is None:
            return None
        share = (number - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, count: int = 5) -> list[tuple[float, str]]:
        """Return places and labels of round values."""
        found: list[tuple[Point, str]]
        if self.kind == "category":
            every = max(1, ceil(len(self.names) / max(count * 4, 1)))
            found = [(name, name) for name in self.names[::every]]
        elif self.kind == "date":
            found = [(day, label) for day, label in _date_ticks(self.low, self.high)]
        elif self.kind == "log":
            found = [
                (10.0**p, readable(10.0**p)) for p in range(ceil(self.low), floor(self.high) + 1)
            ]
            found = found or [(10.0**self.low, readable(10.0**self.low))]
        else:
            found = [(v, _label(self.kind, v)) for v in round_ticks(self.low, self.high, count)]
        placed = [(self.place(value), label) for value, label in found]
        return [(place, label) for place, label in placed if place is not None]


def _label(kind: str, value: float) -> str:
    return f"{readable(100 * value)} %" if kind == "share" else readable(value, 4)


def to_number(kind: str, value: Point, names: tuple[str, ...]) -> float | None:
    """Return the number behind a value on an axis of some kind."""
    if value is None:
        return None
    if kind == "category":
        return float(names.index(str(value))) if str(value) in names else None
    if kind == "date":
        return _day(value)
    number = float(value)
    if kind == "log":
        return log10(number) if number > 0 else None
    return number


def _day(value: Point) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    try:
        return datetime.fromisoformat(str(value)).timestamp() / 86_400
    except ValueError:
        return None


def scale_of(axis: Axis, values: Sequence[Point], start: float, end: float) -> Scale:
    """Return a scale that holds all the values, with a little room."""
    if axis.kind == "category":
        names = tuple(dict.fromkeys([*axis.order, *(str(v) for v in values if v is not None)]))
        return Scale("category", -0.5, max(len(names), 1) - 0.5, start, end, names)
    numbers = [n for n in (to_number(axis.kind, v, ()) for v in values) if n is not None]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
        room = abs(low) * 0.1 or 0.5
        low, high = low - room, high + room
    room = 0.04 * (high - low)
    return Scale(axis.kind, low - room, high + room, start, end)


def round_ticks(low: float, high: float, count: int) -> list[float]:
    """Return about ``count`` round values between two ends."""
    span = high - low
    size = 10.0 ** floor(log10(span / count))
    step = next(size * s for s in STEPS if span / (size * s) <= count)
    first = ceil(low / step)
    return [round(i * step, 12) + 0.0 for i in range(first, floor(high / step) + 1)]


def _date_ticks(low: float, high: float) -> list[tuple[str, str]]:
    first = date(1970, 1, 1) + timedelta(days=floor(low))
    last = date(1970, 1, 1) + timedelta(days=ceil(high))
    days = (last - first).days
    if days > 75:
        every = max(1, round(days / 30 / 6))
        months = range(first.year * 12 + first.month, last.year * 12 + last.month, every)
        starts = [date(m // 12, m % 12 + 1, 1) for m in months]
        return [(d.isoformat(), f"{d:%b %Y}" if days > 330 else f"{d:%b}") for d in starts]
    every = max(1, days // 6)
    found = [first + timedelta(days=i) for i in range(every // 2, days, every)]
    return [(d.isoformat(), f"{d:%d %b}") for d in found]
