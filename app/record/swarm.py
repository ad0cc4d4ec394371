"""Dots beside one another: where many lie in one row, none hides the others."""

from __future__ import annotations

from collections import Counter

from app.record.chart import Chart, Series

BINS = 60
REACH = 0.4
STEP = 0.09
MANY = 60


def swarms(series: Series, chart: Chart) -> bool:
    """Return whether the dots of a series are spread around their rows.

    Parameters
    ----------
    series : Series
    chart : Chart
        The chart it stands in; only rows of categories have room beside their middle.

    Returns
    -------
    bool
    """
    rows = chart.horizontal and chart.y.kind == "category"
    return rows and series.mark == "point" and (bool(series.shade) or len(series.x) > MANY)


def swarm(series: Series) -> tuple[float, ...]:
    """Return how far each dot stands off the middle of its row.

    Parameters
    ----------
    series : Series
        Numbers in ``x``, categories in ``y``.

    Returns
    -------
    tuple of float
        In rows, within [-0.4, 0.4]; dots of like value stand off alternately up and down, so
        that a row is as thick as it is dense. The same series gives the same places, always.
    """
    numbers = [float(x) for x in series.x if isinstance(x, int | float)]
    low, span = (min(numbers), max(numbers) - min(numbers)) if numbers else (0.0, 0.0)
    bins = [
        (y, int(BINS * (float(x) - low) / span) if span > 0 and isinstance(x, int | float) else 0)
        for x, y in zip(series.x, series.y, strict=True)
    ]
    most = max(Counter(bins).values(), default=1)
    step = min(STEP, REACH / max(1, most // 2))
    met: Counter[tuple[object, int]] = Counter()
    places = []
    for bin_ in bins:
        level = met[bin_]
        met[bin_] += 1
        places.append(step * ((level + 1) // 2) * (1 if level % 2 else -1))
    return tuple(places)
