"""Marks of a chart as SVG: each series becomes shapes on the canvas."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from app.document.scale import Scale
from app.record.chart import Chart, Point, Series
from app.record.swarm import MANY, swarm, swarms

RIGHT = 18
INK = 'fill="var(--gw-ink, #3b4148)"'
LETTER = 6.2
COLORS = {
    "main": "#0f7b7b",
    "second": "#c8641b",
    "third": "#6a5acd",
    "muted": "#7b828c",
    "good": "#2e8b57",
    "watch": "#a87400",
    "stop": "#c0392b",
}
SHADES = ((43, 108, 176), (185, 179, 198), (200, 100, 27))
HEAT = ((228, 239, 237), (11, 92, 92))
GREY = "#8a8f98"


@dataclass(frozen=True)
class Canvas:
    """Scales and size of one drawing."""

    x: Scale
    y: Scale
    width: float
    height: float
    left: float
    top: float
    bottom: float
    horizontal: bool
    slanted: bool = False


def color_of(role: str) -> str:
    """Return the color of a role, as the page around it has it."""
    return f"var(--gw-{role}, {COLORS[role]})"


def plus(base: float | None, value: Point) -> Point:
    """Return where a bar ends that starts at a base."""
    return base + value if base is not None and isinstance(value, int | float) else None


def _grouped(bars: list[Series], series: Series) -> tuple[int, int]:
    """Bars share a category side by side only where they really meet."""
    across = [s for s in bars if set(_categories(s)) & set(_categories(series))]
    return (across.index(series), len(across)) if len(across) > 1 else (0, 1)


def _categories(series: Series) -> tuple[Point, ...]:
    return series.y if any(isinstance(v, str) for v in series.y) else series.x


def shapes(series: Series, chart: Chart, c: Canvas) -> list[str]:
    """Return the shapes of one series."""
    if series.mark == "heat":
        return _cells(series, c)
    if series.mark == "bar":
        return _bars(series, c, _grouped([s for s in chart.series if s.mark == "bar"], series))
    if series.mark == "point":
        return _points(series, chart, c)
    return _line(series, c)


def _cells(series: Series, c: Canvas) -> list[str]:
    parts = []
    wide = (c.width - RIGHT - c.left) / max(len(c.x.names), 1)
    tall = (c.bottom - c.top) / max(len(c.y.names), 1)
    for i in range(len(series.x)):
        x, y = c.x.place(series.x[i]), c.y.place(series.y[i])
        shade = series.shade[i] if series.shade else None
        if x is None or y is None or shade is None:
            continue
        parts.append(
            f'<rect x="{x - wide / 2 + 1:.1f}" y="{y - tall / 2 + 1:.1f}" '
            f'width="{max(wide - 2, 0.5):.1f}" height="{max(tall - 2, 0.5):.1f}" rx="1.5" '
            f'fill="{_mixed(HEAT, shade)}"/>'
        )
        words = series.text[i] if series.text else ""
        if words and LETTER * len(words) <= wide:
            ink = "#ffffff" if shade > 0.5 else "#22313a"
            parts.append(
                f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" fill="{ink}">'
                f"{escape(words)}</text>"
            )
    return parts


def _bars(series: Series, c: Canvas, group: tuple[int, int]) -> list[str]:
    parts = []
    color = color_of(series.role)
    rows = len(c.y.names if c.horizontal else c.x.names) or len(series.x)
    room = (c.bottom - c.top if c.horizontal else c.width - RIGHT - c.left) / max(rows, 1)
    thick = max(1.0, min(0.66 * room, 46.0) / group[1])
    for i in range(len(series.x)):
        base = series.base[i] if series.base else 0.0
        if c.horizontal:
            at, end = c.y.place(series.y[i]), c.x.place(plus(base, series.x[i]))
            start = c.x.place(base)
        else:
            at, end = c.x.place(series.x[i]), c.y.place(plus(base, series.y[i]))
            start = c.y.place(base)
        if at is None or end is None or start is None:
            continue
        at += (group[0] - (group[1] - 1) / 2) * thick
        low, size = min(start, end), max(abs(end - start), 0.8)
        box = (
            (low, at - thick / 2, size, thick)
            if c.horizontal
            else (at - thick / 2, low, thick, size)
        )
        parts.append(
            f'<rect x="{box[0]:.1f}" y="{box[1]:.1f}" width="{box[2]:.1f}" height="{box[3]:.1f}" '
            f'fill="{color}" rx="1.5"/>'
        )
        parts += _whisker(series, i, at, c)
        if series.text and c.horizontal:
            parts.append(_beside(series.text[i], max(start, end), at, c))
    return parts


def _beside(words: str, end: float, at: float, c: Canvas) -> str:
    if not words:
        return ""
    inside = end + LETTER * len(words) > c.width - 4
    x, anchor = (end - 5, "end") if inside else (end + 5, "start")
    fill = "#ffffff" if inside else "var(--gw-ink, #3b4148)"
    return f'<text x="{x:.1f}" y="{at + 4:.1f}" text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'


def _whisker(series: Series, i: int, at: float, c: Canvas) -> list[str]:
    if not series.low:
        return []
    scale = c.x if c.horizontal else c.y
    low, high = scale.place(series.low[i]), scale.place(series.high[i])
    if low is None or high is None:
        return []
    path = (
        f"M{low:.1f} {at:.1f}H{high:.1f}M{low:.1f} {at - 3.5:.1f}v7M{high:.1f} {at - 3.5:.1f}v7"
        if c.horizontal
        else f"M{at:.1f} {low:.1f}V{high:.1f}M{at - 3.5:.1f} {low:.1f}h7M{at - 3.5:.1f} {high:.1f}h7"
    )
    return [f'<path d="{path}" stroke="var(--gw-ink, #3b4148)" stroke-width="1.3" fill="none"/>']


def _points(series: Series, chart: Chart, c: Canvas) -> list[str]:
    parts = []
    many = len(series.x) > MANY or bool(series.shade)
    row = (c.bottom - c.top) / max(len(c.y.names), 1)
    off = swarm(series) if swarms(series, chart) else (0.0,) * len(series.x)
    for i in range(len(series.x)):
        x, y = c.x.place(series.x[i]), c.y.place(series.y[i])
        if x is None or y is None:
            continue
        parts += _whisker(series, i, y if c.horizontal else x, c)
        color, opacity = color_of(series.role), "0.7" if many else "1"
        if series.shade:
            color = shade_color(series.shade[i])
        y += row * off[i]
        radius = 2.1 if many else 4.5
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{color}" opacity="{opacity}"/>'
        )
    return parts


def shade_color(shade: float | None) -> str:
    """Return the color of a shade in [0, 1], grey where there is none."""
    return GREY if shade is None else _mixed(SHADES, shade)


def _mixed(stops: tuple[tuple[int, int, int], ...], shade: float) -> str:
    at = min(max(shade, 0.0), 1.0) * (len(stops) - 1)
    first = min(int(at), len(stops) - 2)
    mixed = (
        a + (b - a) * (at - first) for a, b in zip(stops[first], stops[first + 1], strict=True)
    )
    return "#" + "".join(f"{round(part):02x}" for part in mixed)


def _line(series: Series, c: Canvas) -> list[str]:
    color = color_of(series.role)
    xs = [c.x.place(v) for v in series.x]
    parts = []
    if series.low:
        lows, highs = ([c.y.place(v) for v in ends] for ends in (series.low, series.high))
        for run in _runs(xs, lows, highs):
            there = "L".join(f"{xs[i]:.1f} {highs[i]:.1f}" for i in run)
            back = "L".join(f"{xs[i]:.1f} {lows[i]:.1f}" for i in reversed(run))
            parts.append(f'<path d="M{there}L{back}Z" fill="{color}" opacity="0.18"/>')
    ys = [c.y.place(v) for v in series.y]
    dash = ' stroke-dasharray="5 4"' if series.dashed else ""
    for run in _runs(xs, ys, ys):
        if len(run) == 1:
            parts.append(
                f'<circle cx="{xs[run[0]]:.1f}" cy="{ys[run[0]]:.1f}" r="2.5" fill="{color}"/>'
            )
            continue
        steps = [f"{xs[i]:.1f} {ys[i]:.1f}" for i in run]
        path = "L".join(steps)
        if series.mark == "step":
            path = steps[0] + "".join(f"H{xs[i]:.1f}V{ys[i]:.1f}" for i in run[1:])
        parts.append(
            f'<path d="M{path}" stroke="{color}" stroke-width="2" fill="none"{dash} '
            'stroke-linejoin="round"/>'
        )
    return parts


def _runs(*places: list[float | None]) -> list[list[int]]:
    runs: list[list[int]] = [[]]
    for i in range(len(places[0])):
        if all(side[i] is not None for side in places):
            runs[-1].append(i)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
