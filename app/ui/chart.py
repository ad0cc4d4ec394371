"""Charts on the screen: one record in, one Plotly figure out."""

from __future__ import annotations

import html
import importlib
import textwrap
from math import log10
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.record.chart import Axis, Chart, Guide
from app.ui.draw import plain
from app.ui.marks import COLORS, dotted, faint, traces

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

# A phone is about fifty characters wide: names of rows get half of it, in at most three lines.
ROW_NAME, ROW_LINES, AXIS_TITLE = 26, 3, 30
AXIS_TYPES = {"number": "linear", "share": "linear", "log": "log", "category": "category"}


def show(chart: Chart, *, key: str, height: int | None = None) -> None:
    """Draw a chart with its one-sentence message above it."""
    st.markdown(f"**{plain(chart.title)}**")
    st.caption(plain(chart.says))
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

    drawn = traces(chart)
    many = len(chart.legend) > 1
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
        "xaxis": _axis(chart.x, narrow=chart.horizontal),
        "yaxis": _axis(chart.y),
        "barmode": "group",
        "bargap": 0.35,
        "hoverlabel": {"namelength": -1},
        "shapes": [_shape(guide) for guide in chart.guides] + _diagonal(chart),
        "annotations": [_note(guide, chart) for guide in chart.guides if guide.label],
    }
    if chart.horizontal or chart.heat:
        layout["yaxis"].update(_rows(chart))
    if chart.heat:
        layout["xaxis"].update(showgrid=False)
        layout["yaxis"].update(showgrid=False)
    # Just after the start another thread may be half through importing pandas, and plotly would look
    # into the half: importing waits for it.
    importlib.import_module("pandas")
    return go.Figure({"data": drawn, "layout": layout}, skip_invalid=True)


def _rows(chart: Chart) -> dict[str, Any]:
    """Every row named, top to bottom, long names on two lines."""
    names = list(chart.names)
    words = ["<br>".join(html.escape(line) for line in _lines(name)) for name in names]
    if dotted(chart):
        places: list[Any] = list(range(len(names)))
        ends = [len(names) - 0.5, -0.5]
        return {"tickvals": places, "ticktext": words, "type": "linear", "range": ends}
    return {
        "categoryorder": "array",
        "categoryarray": names,
        "tickvals": names,
        "ticktext": words,
        "autorange": "reversed",
    }


def _lines(name: str) -> list[str]:
    """Break a name into a few short lines, conditions on lines of their own."""
    parts = name.replace(" and ", "\nand ").split("\n")
    lines = [line for part in parts for line in textwrap.wrap(part, ROW_NAME) or [part]]
    if len(lines) > ROW_LINES:
        lines = [
            *lines[: ROW_LINES - 1],
            textwrap.shorten(lines[ROW_LINES - 1], ROW_NAME - 2) + " …",
        ]
    return lines


def _height(chart: Chart) -> int:
    bar = 45 if chart.colors is not None else 0
    if not (chart.horizontal or chart.heat):
        return 320 + bar
    lines = sum(len(_lines(name)) for name in chart.names)
    return int(min(max(110 + bar + (34 if chart.heat else 26) * lines, 190), 700))


def _axis(axis: Axis, narrow: bool = False) -> dict[str, Any]:
    title = f"{axis.label} ({axis.unit})" if axis.unit else axis.label
    if narrow:
        title = "<br>".join(textwrap.wrap(title, AXIS_TITLE))
    found: dict[str, Any] = {"title": {"text": title}, "automargin": True, "zeroline": False}
    if axis.kind == "date":
        found["type"] = "date"
    elif axis.kind != "number":
        found["type"] = AXIS_TYPES[axis.kind]
    if axis.kind == "share":
        found["tickformat"] = ".0%"
    return found


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
    fill = faint(COLORS[guide.role])
    return {**shape, "type": "rect", "fillcolor": fill, "line": {"width": 0}}


def _note(guide: Guide, chart: Chart) -> dict[str, Any]:
    other = "y" if guide.axis == "x" else "x"
    axis = chart.x if guide.axis == "x" else chart.y
    # On a logarithmic axis Plotly places lines by their value, but words by its logarithm.
    log = axis.kind == "log" and not isinstance(guide.at, str) and guide.at > 0
    at = log10(float(guide.at)) if log else guide.at
    return {
        f"{guide.axis}ref": guide.axis,
        f"{other}ref": "paper",
        guide.axis: at,
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
