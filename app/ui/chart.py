"""Charts on the screen: one record in, one Plotly figure out."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.record.chart import Axis, Chart, Guide, Role, Series

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

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
AXIS_TYPES = {"number": "linear", "share": "linear", "log": "log", "category": "category"}


def show(chart: Chart, *, key: str, height: int | None = None) -> None:
    """Draw a chart with its one-sentence message above it."""
    st.markdown(f"**{chart.title}**")
    st.caption(chart.says)
    st.plotly_chart(
        _built(chart.model_dump_json(), height, chart),
        key=key,
        theme="streamlit",
        config={"displayModeBar": False, "responsive": True},
        alt=f"{chart.title}. {chart.says}",
    )


@st.cache_resource(max_entries=400, show_spinner=False)
def _built(facts: str, height: int | None, _chart: Chart) -> Figure:
    """Build a figure once: Plotly's checks take longer than the rest of a page."""
    return figure(_chart, height)


def figure(chart: Chart, height: int | None = None) -> Figure:
    """Return the Plotly figure of a chart."""
    import plotly.graph_objects as go

    traces: list[dict[str, Any]] = []
    for series in chart.series:
        traces.extend(_traces(series, chart))
    many = len([s for s in chart.series if s.name]) > 1
    layout: dict[str, Any] = {
        "height": height or _height(chart),
        "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
        "showlegend": many,
        "legend": {
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.0,
            "x": 0,
            "title": {"text": ""},
        },
        "xaxis": _axis(chart.x),
        "yaxis": _axis(chart.y),
        "barmode": "group",
        "bargap": 0.35,
        "hoverlabel": {"namelength": -1},
        "shapes": [_shape(guide) for guide in chart.guides] + _diagonal(chart),
        "annotations": [_note(guide) for guide in chart.guides if guide.label],
    }
    if chart.horizontal:
        layout["yaxis"].update(_rows(chart))
    return go.Figure({"data": traces, "layout": layout}, skip_invalid=True)


def _names(chart: Chart) -> list[str]:
    shown = [str(v) for s in chart.series for v in s.y if v is not None]
    return list(dict.fromkeys([*chart.y.order, *shown]))


def _rows(chart: Chart) -> dict[str, Any]:
    """Every row named, top to bottom, long names on two lines."""
    names = _names(chart)
    words = [html.escape(name).replace(" and ", "<br>and ") for name in names]
    if any(s.shade for s in chart.series):
        places: list[Any] = list(range(len(names)))
        return {"tickvals": places, "ticktext": words, "type": "linear", "autorange": "reversed"}
    return {
        "categoryorder": "array",
        "categoryarray": names,
        "tickvals": names,
        "ticktext": words,
        "autorange": "reversed",
    }


def _scattered(series: Series, chart: Chart) -> list[float | str | None]:
    """A fixed scatter around the row, so that dots do not hide one another."""
    if not chart.horizontal:
        return list(series.y)
    names = _names(chart)
    return [names.index(str(y)) + ((i * 7919) % 17 - 8) / 26 for i, y in enumerate(series.y)]


def _height(chart: Chart) -> int:
    if not chart.horizontal:
        return 320
    names = _names(chart)
    lines = sum(1 + name.count(" and ") for name in names)
    return int(min(max(110 + 26 * lines, 190), 700))


def _axis(axis: Axis) -> dict[str, Any]:
    title = f"{axis.label} ({axis.unit})" if axis.unit else axis.label
    found: dict[str, Any] = {"title": {"text": title}, "automargin": True, "zeroline": False}
    if axis.kind == "date":
        found["type"] = "date"
    elif axis.kind != "number":
        found["type"] = AXIS_TYPES[axis.kind]
    if axis.kind == "share":
        found["tickformat"] = ".0%"
    return found


def _traces(series: Series, chart: Chart) -> list[dict[str, Any]]:
    color = COLORS[series.role]
    common: dict[str, Any] = {
        "x": series.x,
        "y": series.y,
        "name": series.name,
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
        # A text column has no high or low; its dots take the middle color.
        shades = [0.5 if shade is None else shade for shade in series.shade]
        marker = {
            "color": shades,
            "colorscale": SCALE,
            "cmin": 0,
            "cmax": 1,
            "size": 5,
            "opacity": 0.75,
        }
        common["y"] = _scattered(series, chart)
    common.pop("textposition")
    points = {**common, "type": "scatter", "mode": "markers", "marker": marker}
    if series.low:
        points["error_x" if chart.horizontal else "error_y"] = _whiskers(series, chart)
    return points


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
            "fillcolor": _faint(color),
        },
        line,
    ]


def _faint(color: str) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def _shape(guide: Guide) -> dict[str, Any]:
    other = "y" if guide.axis == "x" else "x"
    end = guide.at if guide.to is None else guide.to
    shape: dict[str, Any] = {
        f"{guide.axis}ref": guide.axis,
        f"{other}ref": "paper",
        f"{guide.axis}0": guide.at,
        f"{guide.axis}1": end,
        f"{other}0": 0,
        f"{other}1": 1,
        "layer": "below",
    }
    if guide.to is None:
        line = {"color": COLORS[guide.role], "width": 1.5, "dash": "dot"}
        return {**shape, "type": "line", "line": line}
    fill = _faint(COLORS[guide.role])
    return {**shape, "type": "rect", "fillcolor": fill, "line": {"width": 0}}


def _note(guide: Guide) -> dict[str, Any]:
    other = "y" if guide.axis == "x" else "x"
    return {
        f"{guide.axis}ref": guide.axis,
        f"{other}ref": "paper",
        guide.axis: guide.at,
        other: 1 if guide.axis == "x" else 0,
        "text": guide.label,
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "top" if guide.axis == "x" else "bottom",
        "font": {"size": 11, "color": COLORS[guide.role]},
    }


def _diagonal(chart: Chart) -> list[dict[str, Any]]:
    if not chart.diagonal:
        return []
    points = [v for s in chart.series for v in (*s.x, *s.y) if isinstance(v, float)]
    low, high = (min(points), max(points)) if points else (0.0, 1.0)
    line = {"color": COLORS["muted"], "width": 1, "dash": "dot"}
    return [{"type": "line", "x0": low, "y0": low, "x1": high, "y1": high, "line": line}]
