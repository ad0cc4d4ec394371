"""The names of a stream's own columns, values and days, for lines that speak of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.columns import ranked, varying
from app.incidents.daily import daily_lines
from app.incidents.groups import costliest_group
from app.incidents.incident import Context, Incident, Line, Trace

if TYPE_CHECKING:
    from app.lab.world import World


def names_of(world: World, onset_day: int, context: Context, version: int) -> dict[str, str]:
    """Return what the fields in the words of a trace stand for.

    ``column`` the most important input, ``number`` and ``category`` the most important of their
    kind, ``minor`` the least important, ``value`` the most frequent value of the category,
    ``group`` the group that the model does worst on, ``version`` and ``next_version`` of the
    model, ``day`` the name of the day of onset. Where a kind is missing another column stands in.
    """
    rows, importance = world.rows, context.importance
    every = varying(rows, importance) or [str(c) for c in rows.columns] or ["input"]
    texts = ranked(rows, importance, numeric=False)
    figures = ranked(rows, importance, numeric=True)
    category = texts[0] if texts else every[-1]
    day = min(max(onset_day, 0), world.days.count - 1)
    return {
        "column": every[0],
        "number": figures[0] if figures else every[0],
        "category": category,
        "minor": every[-1],
        "value": str(rows[category].value_counts().index[0]) if len(rows) else "",
        "group": costliest_group(world, context)[0] if texts or figures else every[0],
        "version": str(version),
        "next_version": str(version + 1),
        "day": world.days.names[day],
        "rows": f"{_rows_a_day(world):,}",
    }


def _rows_a_day(world: World) -> int:
    return max(1, round(len(world.rows) / max(1, len(np.unique(world.days.of_row)))))


def lines_of(
    incident: Incident, world: World, onset_day: int, context: Context, version: int
) -> tuple[Line, ...]:
    """Return all lines around an incident in the order of time: its own, its decoys', ordinary ones.

    Give the quiet world, so that a line names what was there before.
    """
    names = names_of(world, onset_day, context, version)
    last = world.days.count - 1
    planted = [(incident.key, trace) for trace in incident.traces]
    planted += [(decoy.key, decoy.trace) for decoy in incident.decoys]
    found = [_line(trace, key, names, onset_day, last, version) for key, trace in planted]
    found += daily_lines(names, onset_day, world.days.count)
    return tuple(sorted(found, key=lambda line: (line.day, line.minute)))


def _line(
    trace: Trace, key: str, names: dict[str, str], onset_day: int, last: int, version: int
) -> Line:
    day = min(max(onset_day + trace.day, 0), last)
    announced = version + 1 if trace.announces else 0
    return Line(day, trace.minute, trace.source, trace.words.format(**names), key, announced)
