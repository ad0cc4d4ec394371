"""What the values of a changed column looked like, before and now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.lab.watching import ColumnCounts
from app.record.chart import Axis, Chart, Series

if TYPE_CHECKING:
    from app.watching.watch import Found

MOST_PICTURES = 4
MOST_CELLS = 10
# Cells that hold less than this on both sides are not drawn, if they are special.
LEAST_SHARE = 1e-9


def shape_pictures(found: Found) -> tuple[Chart, ...]:
    """Return a picture of each of the columns that matter most."""
    known = found.chunked.reference.columns
    names = list(dict.fromkeys(a.column for a in found.alerts if a.column in known))
    return tuple(_picture(found, name, i) for i, name in enumerate(names[:MOST_PICTURES]))


def _picture(found: Found, name: str, number: int) -> Chart:
    alert = next(a for a in found.alerts if a.column == name)
    current = found.chunked.current
    days = [i for i, day in enumerate(current.names) if alert.first <= day <= alert.last]
    before = found.chunked.reference.total().columns[name]
    now = current.pick(np.array(days, dtype=int)).total().columns[name]
    labels, shares = _cells(before, now)
    return Chart(
        key=f"watch_shape_{number}",
        title=f"{name}, before and now",
        says=alert.words,
        x=Axis(label=name, kind="category"),
        y=Axis(label="Share of the rows", kind="share"),
        series=(
            Series(name="reference", mark="bar", x=labels, y=tuple(shares[0]), role="muted"),
            Series(name="now", mark="bar", x=labels, y=tuple(shares[1]), role="watch"),
        ),
    )


def _cells(before: ColumnCounts, now: ColumnCounts) -> tuple[tuple[str, ...], np.ndarray]:
    """Return words and shares of at most ten cells and the special ones that occur."""
    counts = np.vstack([before.cells[0], now.cells[0]]).astype(float)
    counts /= np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    bins, labels = before.shape.bins, before.shape.labels
    known = counts[:, :bins]
    if before.shape.kind == "category":
        order = np.argsort(-known.max(axis=0), kind="stable")
        groups = [[int(i)] for i in order[: MOST_CELLS - 1]]
        groups += [[int(i) for i in order[MOST_CELLS - 1 :]]] if bins >= MOST_CELLS else []
        words = [labels[group[0]] if len(group) == 1 else "all others" for group in groups]
    else:
        groups = [[int(i) for i in part] for part in np.array_split(range(bins), MOST_CELLS)]
        groups = [group for group in groups if group]
        words = [_span(labels, group) for group in groups]
    shares = [known[:, group].sum(axis=1) for group in groups]
    for place in range(bins, before.shape.size):
        if counts[:, place].max() > LEAST_SHARE:
            words.append(labels[place])
            shares.append(counts[:, place])
    return tuple(words), np.array(shares).T


def _span(labels: tuple[str, ...], group: list[int]) -> str:
    """Join the words of neighbouring bins."""
    first, last = labels[group[0]], labels[group[-1]]
    if len(group) == 1:
        return first
    low, high = first.split(" to ")[0], last.split(" to ")[-1]
    if first.startswith("up to "):
        return last if last.startswith("up to ") else f"up to {high}"
    return f"above {low}" if last.startswith("above ") else f"{low} to {high}"
