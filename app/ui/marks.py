"""Marks of a chart on the screen: each series becomes Plotly traces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.record.chart import Chart, Role, Series
from app.record.swarm import MANY, swarm, swarms

COLORS: Mapping[Role, str] = {
    "main": "#0f7b7b",
    "second": "#c8641b",
    "third": "#6a5acd",
    "muted": "#8a8f98",
    "good": "#2e8b57",
    "watch": "#c98a00",
    "stop": "#c0392b",
}
SCALE = [[0.0, "#2b6cb0"], [0.5, "#b9b3c6"], [1.0, "#c8641b"]]
HEAT = [[0.0, "#e4efed"], [1.0, "#0b5c5c"]]
GREY = "#8a8f98"


def traces(chart: Chart) -> list[dict[str, Any]]:
    """Return all that is drawn, in order."""
    found: list[dict[str, Any]] = []
    for series in chart.series:
        found.extend(_traces(series, chart))
    if chart.colors is not None and not chart.heat:
        found.append(_color_bar(chart))
    return found


def dotted(chart: Chart) -> bool:
    """Return whether rows are numbered, so that dots can stand off their middle."""
    return any(swarms(series, chart) for series in chart.series)


def _places(series: Series, chart: Chart) -> list[Any]:
    """Where marks stand on the value side of y; in a swarm around the number of the row."""
    if not dotted(chart):
        return list(series.y)
    rows = {name: float(place) for place, name in enumerate(chart.names)}
    off = swarm(series) if swarms(series, chart) else (0.0,) * len(series.y)
    return [None if y is None else rows[str(y)] + by for y, by in zip(series.y, off, strict=True)]


def _color_bar(chart: Chart) -> dict[str, Any]:
    """A trace without marks that carries the color bar: what low and high mean."""
    assert chart.colors is not None
    bar = {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": 1.0,
        "yanchor": "bottom",
        "len": 0.62,
        "thickness": 9,
        "tickvals": [0, 1],
        "ticktext": [chart.colors.low, chart.colors.high],
        "ticklabelposition": "outside",
        "title": {"text": f"Color: {chart.colors.label}", "side": "top"},
    }
    marker = {"color": [0.0], "cmin": 0, "cmax": 1, "colorscale": SCALE, "colorbar": bar}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [None],
        "y": [None],
        "marker": {**marker, "showscale": True},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _heat(series: Series, chart: Chart) -> dict[str, Any]:
    columns = list(dict.fromkeys((*chart.x.order, *(str(x) for x in series.x))))
    rows = list(chart.names)
    shades: list[list[float | None]] = [[None] * len(columns) for _ in rows]
    words = [[""] * len(columns) for _ in rows]
    for i, (x, y) in enumerate(zip(series.x, series.y, strict=True)):
        at, across = rows.index(str(y)), columns.index(str(x))
        shades[at][across] = series.shade[i] if series.shade else None
        words[at][across] = series.text[i] if series.text else ""
    return {
        "type": "heatmap",
        "x": columns,
        "y": rows,
        "z": shades,
        "zmin": 0,
        "zmax": 1,
        "text": words,
        "texttemplate": "%{text}",
        "hovertemplate": "%{y} · %{x}: %{text}<extra></extra>",
        "colorscale": HEAT,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
    }


def _traces(series: Series, chart: Chart) -> list[dict[str, Any]]:
    if series.mark == "heat":
        return [_heat(series, chart)]
    color = COLORS[series.role]
    common: dict[str, Any] = {
        "x": series.x,
        "y": _places(series, chart),
        "name": series.name,
        "showlegend": series in chart.legend,
        "text": series.text or None,
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>" if series.text else None,
    }
    if series.mark == "bar":
        return [_bar(series, chart, common, color)]
    if series.mark == "point":
        return [_points(series, chart, common, color)]
    return _line(series, common, color)


def _bar(series: Series, chart: Chart, common: dict[str, Any], color: str) -> dict[str, Any]:
    bar = {**common, "type": "bar", "marker": {"color": color}}
    if series.base:
        bar["base"] = series.base
    if chart.horizontal:
        bar["orientation"] = "h"
    if series.low:
        bar["error_x" if chart.horizontal else "error_y"] = _whiskers(series, chart)
    return bar


def _points(series: Series, chart: Chart, common: dict[str, Any], color: str) -> dict[str, Any]:
    marker: dict[str, Any] = {"color": color, "size": 9}
    if series.shade:
        marker = {"color": _shades(series), "size": 5, "opacity": 0.75}
    elif len(series.x) > MANY:
        marker = {"color": color, "size": 5, "opacity": 0.75}
    if swarms(series, chart) and not series.text:
        common["hovertemplate"] = "%{x:.3g}<extra></extra>"
    common.pop("textposition")
    points = {**common, "type": "scatter", "mode": "markers", "marker": marker}
    if series.low:
        points["error_x" if chart.horizontal else "error_y"] = _whiskers(series, chart)
    return points


def _shades(series: Series) -> list[str]:
    """Mixed here, not by Plotly: a missing shade is grey, which no color scale can say."""
    return [GREY if shade is None else mixed(shade) for shade in series.shade]


def mixed(shade: float) -> str:
    """Return the color of a shade in [0, 1]."""
    at = min(max(shade, 0.0), 1.0) * 2
    first = min(int(at), 1)
    low, high = (_parts(str(SCALE[i][1])) for i in (first, first + 1))
    red, green, blue = (round(a + (b - a) * (at - first)) for a, b in zip(low, high, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _parts(color: str) -> tuple[int, ...]:
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))


def _whiskers(series: Series, chart: Chart) -> dict[str, Any]:
    values = series.x if chart.horizontal else series.y
    up, down = [], []
    for value, low, high in zip(values, series.low, series.high, strict=True):
        known = isinstance(value, float) and low is not None and high is not None
        up.append(high - value if known else 0)  # type: ignore[operator]
        down.append(value - low if known else 0)  # type: ignore[operator]
    return {
        "type": "data",
        "symmetric": False,
        "array": up,
        "arrayminus": down,
        "thickness": 1.5,
        "width": 5,
        "color": COLORS["muted"],
    }


def _line(series: Series, common: dict[str, Any], color: str) -> list[dict[str, Any]]:
    common.pop("textposition")
    shape = "hv" if series.mark == "step" else "linear"
    line = {
        **common,
        "type": "scatter",
        "mode": "lines" if len(series.x) > 40 else "lines+markers",
        "line": {"color": color, "shape": shape, "dash": "dash" if series.dashed else "solid"},
        "marker": {"size": 5},
        "connectgaps": False,
    }
    if not series.low:
        return [line]
    hidden = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    return [
        {**hidden, "x": series.x, "y": series.low, "showlegend": False},
        {
            **hidden,
            "x": series.x,
            "y": series.high,
            "showlegend": False,
            "fill": "tonexty",
            "fillcolor": faint(color),
        },
        line,
    ]


def faint(color: str) -> str:
    """Return a color that lets through what lies behind it."""
    red, green, blue = _parts(color)
    return f"rgba({red},{green},{blue},0.18)"
