"""A picture as data: drawn on the screen and in the document by others."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import field_validator, model_validator

from app.record.record import Record

Point = float | str | None
MOST_NAMED = 6
Role = Literal["main", "second", "third", "muted", "good", "watch", "stop"]


class Axis(Record):
    """An axis: its label, unit, scale, and the order of its categories if it is not as they come."""

    label: str
    unit: str = ""
    kind: Literal["number", "log", "category", "date", "share"] = "number"
    order: tuple[str, ...] = ()


class Colors(Record):
    """What colors from low to high stand for: a title, and words for the two ends."""

    label: str
    low: str = "low"
    high: str = "high"


class Series(Record):
    """One set of marks.

    Parameters
    ----------
    name : str
        What the marks stand for (legend).
    mark : {"line", "bar", "point", "step", "heat"}
        Shape. ``low`` and ``high`` draw a band around a line and whiskers on bars and points;
        ``heat`` draws a cell where two categories meet, colored by ``shade`` with ``text`` in it.
    x, y : tuple
        Positions: numbers, category names or ISO dates (None leaves a gap).
    low, high : tuple
        Interval ends along the value axis, empty when there are none.
    base : tuple
        Where bars start, empty for zero (waterfalls).
    shade : tuple
        Number in [0, 1] a mark, coloring from low to high, empty for one color; None is grey on
        dots and an empty cell in heat maps.
    text : tuple
        Words a mark, shown on hover and beside bars.
    role : str
        Color role; ``muted`` for context, ``good``/``watch``/``stop`` for verdicts.
    """

    name: str
    mark: Literal["line", "bar", "point", "step", "heat"]
    x: tuple[Point, ...]
    y: tuple[Point, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    base: tuple[float | None, ...] = ()
    shade: tuple[float | None, ...] = ()
    text: tuple[str, ...] = ()
    role: Role = "main"
    dashed: bool = False

    @field_validator("x", "y", "low", "high", "base", "shade", mode="before")
    @classmethod
    def _plain_points(cls, values: Any) -> Any:
        return tuple(_plain(value) for value in values)

    @model_validator(mode="after")
    def _lengths_agree(self) -> Series:
        n = len(self.x)
        for name in ("y", "low", "high", "base", "shade", "text"):
            found = len(getattr(self, name))
            if found != n and (found or name == "y"):
                raise ValueError(f"series {self.name!r}: {name} has {found} values, x has {n}")
        return self


class Guide(Record):
    """A reference line or shaded span across the chart."""

    axis: Literal["x", "y"]
    at: float | str
    to: float | str | None = None
    label: str = ""
    role: Role = "muted"


class Chart(Record):
    """One chart.

    Parameters
    ----------
    key, title : str
        Name within its stage, and heading.
    says : str
        What the reader sees in it, in one sentence; also the alternative text.
    x, y : Axis
    series : tuple of Series
    guides : tuple of Guide
    horizontal : bool
        Bars lie down: categories are in ``y``, values in ``x``.
    diagonal : bool
        Draw the line of equality (calibration).
    colors : Colors, optional
        What shades stand for; drawn as a color bar.
    timing : bool
        True when the picture holds clock times.
    """

    key: str
    title: str
    says: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    guides: tuple[Guide, ...] = ()
    horizontal: bool = False
    diagonal: bool = False
    colors: Colors | None = None
    timing: bool = False

    @property
    def heat(self) -> bool:
        """Whether it is a heat map: categories both ways, a cell where they meet."""
        return any(series.mark == "heat" for series in self.series)

    @property
    def names(self) -> tuple[str, ...]:
        """Categories of the rows, top to bottom."""
        shown = (str(v) for series in self.series for v in series.y if v is not None)
        return tuple(dict.fromkeys((*self.y.order, *shown)))

    @property
    def legend(self) -> tuple[Series, ...]:
        """Series that the legend names: of many only those in color, the others stand behind them.

        Returns
        -------
        tuple of Series
        """
        named = tuple(series for series in self.series if series.name)
        colored = tuple(series for series in named if series.role != "muted")
        return colored if len(named) > MOST_NAMED and colored else named


def _plain(value: Any) -> Point:
    if value is None or isinstance(value, str):
        return value
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    number = float(value)
    return number if math.isfinite(number) else None
