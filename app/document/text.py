"""Numbers and user text as a reader sees them."""

from __future__ import annotations

import re

from app.record.measure import Measure
from app.record.number import readable
from app.record.table import Cell, Column

COUNTED = ("rows", "days", "pages")
NOTHING = "not enough data"
SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~$&]|:(?=[a-zA-Z]))")
LEADING = re.compile(r"^(\s*)([#+=\-]|\d+(?=[.)]))")
BREAKS = re.compile(r"\s*[\r\n\u2028\u2029\x0b\x0c\x85]+\s*")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


def number(value: float | None, unit: str = "", currency: str = "") -> str:
    """Return a number with its unit: shares as percent, money in its currency."""
    if value is None:
        return NOTHING
    if unit == "share":
        return f"{readable(100 * value)} %"
    whole = unit in COUNTED and float(value).is_integer()
    shown = f"{value:,.0f}" if whole else readable(value)
    unit = currency if unit == "currency" else unit
    return f"{shown} {unit}".strip()


def interval(found: Measure, currency: str = "") -> str:
    """Return the interval of a measure in words, empty when it has none."""
    if found.low is None or found.high is None:
        return ""
    low, high = (number(end, found.unit, "") for end in (found.low, found.high))
    return f"{found.level:.0%} interval {low} to {high}".replace("%", " %", 1)


def measure(found: Measure, currency: str = "") -> str:
    """Return a measure with its interval and sample size."""
    shown = number(found.value, found.unit, currency)
    extra = [part for part in (interval(found, currency),) if part]
    if found.n is not None:
        extra.append(f"n = {found.n:,}")
    return f"{shown} ({', '.join(extra)})" if extra else shown


def cell(value: Cell, column: Column, currency: str = "") -> str:
    """Return a table cell in words."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column.kind == "text" or isinstance(value, str):
        return str(value)
    if column.kind == "share":
        return f"{readable(100 * value)} %"
    if column.kind == "integer":
        return f"{value:,.0f}"
    return readable(float(value))


def heading(column: Column, currency: str = "") -> str:
    """Return a column's heading with its unit."""
    unit = currency if column.kind == "currency" else column.unit
    return f"{column.label} [{unit}]" if unit else column.label


def markdown(words: object) -> str:
    """Return any words so that Markdown shows them as they are, on one line."""
    plain = BREAKS.sub(" ", CONTROL.sub("", str(words)))
    return _escaped(plain)


def _escaped(line: str) -> str:
    """Escape what has a meaning anywhere, then what has one only at the start of a line."""
    inner = SPECIAL.sub(r"\\\1", line)
    found = LEADING.match(inner)
    if found is None:
        return inner
    # A leading number is a list when a dot or bracket follows: that is what is escaped.
    at = found.end() if found[2].isdigit() else found.start(2)
    return f"{inner[:at]}\\{inner[at:]}"


def paragraphs(words: object) -> str:
    """Return any words so that Markdown shows them as they are, keeping paragraphs and lines."""
    plain = CONTROL.sub("", str(words)).replace("\r\n", "\n").replace("\r", "\n")
    parts = re.split(r"\n\s*\n", plain.strip())
    return "\n\n".join(
        "\\\n".join(_escaped(line.strip()) for line in part.split("\n")) for part in parts
    )
