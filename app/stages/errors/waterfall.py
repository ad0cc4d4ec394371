"""How one prediction is put together, as a picture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.lab.shapley import Attribution
from app.record.chart import Axis, Chart, Series
from app.stages.errors.wording import shown_value

MOST_BARS = 7


def waterfall(
    key: str, title: str, says: str, found: Attribution, at: int, cells: Mapping[str, object]
) -> Chart:
    """Draw the contributions to one row's output, largest first, from the base on."""
    values = found.values[at]
    order = np.argsort(-np.abs(values), kind="stable")
    order = order[np.abs(values[order]) > 0]
    top, rest = order[:MOST_BARS], order[MOST_BARS:]
    steps = [(_named(found.columns[i], cells), float(values[i])) for i in top]
    if len(rest):
        steps.append((f"{len(rest)} other columns", float(values[rest].sum())))
    starts = base_of(found, at) + np.concatenate([[0.0], np.cumsum([s for _, s in steps])[:-1]])
    placed = [
        (words, size, float(start)) for (words, size), start in zip(steps, starts, strict=False)
    ]
    return Chart(
        key=key,
        title=title,
        says=says,
        x=Axis(label="Output", unit="" if found.unit == "target" else found.unit),
        y=Axis(label="", kind="category", order=tuple(words for words, _ in steps)),
        series=tuple(
            series
            for up in (True, False)
            if (series := _bars(up, [p for p in placed if (p[1] >= 0) == up])) is not None
        ),
        horizontal=True,
    )


def _named(column: str, cells: Mapping[str, object]) -> str:
    return f"{column} = {shown_value(cells[column])}" if column in cells else column


def base_of(found: Attribution, at: int) -> float:
    """Return the output from which one row's contributions start."""
    return float(found.bases[at])


def _bars(up: bool, bars: list[tuple[str, float, float]]) -> Series | None:
    if not bars:
        return None
    return Series(
        name="Pushes up" if up else "Pushes down",
        mark="bar",
        # Four digits tell bars apart; more would only swell the project file.
        x=[_short(size) for _, size, _ in bars],
        y=[words for words, *_ in bars],
        base=[_short(start) for *_, start in bars],
        text=[f"{size:+.3g}" for _, size, _ in bars],
        role="second" if up else "main",
    )


def _short(value: float) -> float:
    return float(f"{value:.5g}")
