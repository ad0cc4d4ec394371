"""Charts as SVG, drawn without a browser: the same chart gives the same text, always."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from app.document.scale import Scale, scale_of
from app.record.chart import Chart, Guide, Point, Series

WIDTH = 640
HEIGHT = 300
ROW = 26
TOP, BOTTOM, RIGHT = 14, 46, 18
LETTER = 6.2
LONGEST_LABEL = 34
COLORS = {
    "main": "#0f7b7b",
    "second": "#c8641b",
    "third": "#6a5acd",
    "muted": "#7b828c",
    "good": "#2e8b57",
    "watch": "#a87400",
    "stop": "#c0392b",
}


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


def draw(chart: Chart) -> str:
    """Return a chart as one SVG element."""
    canvas = _canvas(chart)
    name = "".join(c if c.isalnum() else "-" for c in chart.key)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {canvas.height:.0f}" '
        f'width="100%" role="img" aria-labelledby="{name}-t {name}-d" '
        'font-family="system-ui, sans-serif" font-size="11.5">',
        f'<title id="{name}-t">{escape(chart.title)}</title>',
        f'<desc id="{name}-d">{escape(chart.says)}</desc>',
        *_grid(chart, canvas),
        *(_guide(guide, canvas) for guide in chart.guides),
        *(_diagonal(chart, canvas) if chart.diagonal else ()),
    ]
    bars = [s for s in chart.series if s.mark == "bar"]
    for series in chart.series:
        place = _grouped(bars, series) if series in bars else (0, 1)
        parts += _series(series, canvas, place)
    parts += _legend(chart, canvas)
    return "".join((*parts, "</svg>"))


def _canvas(chart: Chart) -> Canvas:
    legend = 20 if _named(chart) > 1 else 0
    top = TOP + legend
    height = float(HEIGHT + legend)
    ys = _values(chart, "y")
    if chart.horizontal:
        rows = len(dict.fromkeys(str(v) for v in ys))
        height = top + BOTTOM + ROW * max(rows, 2)
        longest = max((min(len(str(v)), LONGEST_LABEL) for v in ys), default=4)
        left = 16 + LETTER * longest
    else:
        left = 62.0
    bottom = height - BOTTOM
    x = scale_of(chart.x, _values(chart, "x"), left, WIDTH - RIGHT)
    start, end = (top, bottom) if chart.horizontal and chart.y.kind == "category" else (bottom, top)
    y = scale_of(chart.y, ys, start, end)
    return Canvas(x, y, WIDTH, height, left, top, bottom, chart.horizontal)


def _values(chart: Chart, axis: str) -> list[Point]:
    found: list[Point] = []
    lies = chart.horizontal == (axis == "x")
    for series in chart.series:
        found += getattr(series, axis)
        if lies:
            found += [*series.low, *series.high]
            if series.mark == "bar":
                ends = getattr(series, axis)
                base = series.base or (0.0,) * len(ends)
                found += [_plus(b, v) for b, v in zip(base, ends, strict=True)] + list(base)
    kind = getattr(chart, axis).kind
    if kind != "category":
        for guide in chart.guides:
            if guide.axis == axis and kind != "date":
                found.append(guide.at)
    return [v for v in found if v is not None]


def _plus(base: float | None, value: Point) -> Point:
    return base + value if base is not None and isinstance(value, int | float) else None


def _grid(chart: Chart, c: Canvas) -> list[str]:
    parts = []
    line = 'stroke="var(--gw-line, #d9d4c7)" stroke-width="1"'
    ink = 'fill="var(--gw-ink, #3b4148)"'
    for place, label in c.x.ticks():
        if c.x.kind != "category":
            parts.append(f'<path d="M{place:.1f} {c.top:.1f}V{c.bottom:.1f}" {line}/>')
        shown = escape(_short(label, 14))
        parts.append(
            f'<text x="{place:.1f}" y="{c.bottom + 16:.1f}" text-anchor="middle" {ink}>{shown}</text>'
        )
    for place, label in c.y.ticks(5 if not c.horizontal else 100):
        if c.y.kind != "category":
            parts.append(f'<path d="M{c.left:.1f} {place:.1f}H{c.width - RIGHT:.1f}" {line}/>')
        shown = escape(_short(label, LONGEST_LABEL))
        parts.append(
            f'<text x="{c.left - 7:.1f}" y="{place + 4:.1f}" text-anchor="end" {ink}>'
            f"<title>{escape(label)}</title>{shown}</text>"
        )
    middle = (c.left + c.width - RIGHT) / 2
    parts.append(
        f'<text x="{middle:.1f}" y="{c.height - 8:.1f}" text-anchor="middle" {ink} '
        f'font-weight="600">{escape(_title(chart.x.label, chart.x.unit))}</text>'
    )
    words = _title(chart.y.label, chart.y.unit)
    if words and not c.horizontal:
        half = (c.top + c.bottom) / 2
        parts.append(
            f'<text transform="translate(13 {half:.1f}) rotate(-90)" text-anchor="middle" {ink} '
            f'font-weight="600">{escape(_short(words, 44))}</text>'
        )
    return parts


def _title(label: str, unit: str) -> str:
    return f"{label} ({unit})" if unit else label


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"


def _color(role: str) -> str:
    return f"var(--gw-{role}, {COLORS[role]})"


def _guide(guide: Guide, c: Canvas) -> str:
    scale = c.x if guide.axis == "x" else c.y
    at = scale.place(guide.at)
    if at is None:
        return ""
    color = _color(guide.role)
    to = scale.place(guide.to) if guide.to is not None else None
    across = guide.axis == "x"
    if to is None:
        path = (
            f"M{at:.1f} {c.top:.1f}V{c.bottom:.1f}"
            if across
            else (f"M{c.left:.1f} {at:.1f}H{c.width - RIGHT:.1f}")
        )
        mark = f'<path d="{path}" stroke="{color}" stroke-width="1.5" stroke-dasharray="4 3"/>'
    else:
        low, size = min(at, to), max(abs(to - at), 1.0)
        box = (
            (low, c.top, size, c.bottom - c.top)
            if across
            else (c.left, low, c.width - RIGHT - c.left, size)
        )
        mark = (
            f'<rect x="{box[0]:.1f}" y="{box[1]:.1f}" width="{box[2]:.1f}" height="{box[3]:.1f}" '
            f'fill="{color}" opacity="0.14"/>'
        )
    if not guide.label:
        return mark
    near_end = across and at > c.width - 110
    x, y = (at + (-4 if near_end else 4), c.top + 10) if across else (c.left + 4, at - 4)
    anchor = ' text-anchor="end"' if near_end else ""
    return (
        mark + f'<text x="{x:.1f}" y="{y:.1f}"{anchor} fill="{color}">{escape(guide.label)}</text>'
    )


def _diagonal(chart: Chart, c: Canvas) -> list[str]:
    low, high = max(c.x.low, c.y.low), min(c.x.high, c.y.high)
    ends = [c.x.place(low), c.y.place(low), c.x.place(high), c.y.place(high)]
    if low >= high or any(end is None for end in ends):
        return []
    x0, y0, x1, y1 = ends
    return [
        f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" stroke="{_color("muted")}" '
        'stroke-dasharray="3 3"/>'
    ]


def _grouped(bars: list[Series], series: Series) -> tuple[int, int]:
    """Bars share a category side by side only where they really meet."""
    across = [s for s in bars if set(_categories(s)) & set(_categories(series))]
    return (across.index(series), len(across)) if len(across) > 1 else (0, 1)


def _categories(series: Series) -> tuple[Point, ...]:
    return series.y if any(isinstance(v, str) for v in series.y) else series.x


def _series(series: Series, c: Canvas, group: tuple[int, int]) -> list[str]:
    if series.mark == "bar":
        return _bars(series, c, group)
    if series.mark == "point":
        return _points(series, c)
    return _line(series, c)


def _bars(series: Series, c: Canvas, group: tuple[int, int]) -> list[str]:
    parts = []
    color = _color(series.role)
    rows = len(c.y.names if c.horizontal else c.x.names) or len(series.x)
    room = (c.bottom - c.top if c.horizontal else c.width - RIGHT - c.left) / max(rows, 1)
    thick = max(1.0, min(0.66 * room, 46.0) / group[1])
    for i in range(len(series.x)):
        base = series.base[i] if series.base else 0.0
        if c.horizontal:
            at, end = c.y.place(series.y[i]), c.x.place(_plus(base, series.x[i]))
            start = c.x.place(base)
        else:
            at, end = c.x.place(series.x[i]), c.y.place(_plus(base, series.y[i]))
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


def _points(series: Series, c: Canvas) -> list[str]:
    parts = []
    many = len(series.x) > 60
    for i in range(len(series.x)):
        x, y = c.x.place(series.x[i]), c.y.place(series.y[i])
        if x is None or y is None:
            continue
        parts += _whisker(series, i, y if c.horizontal else x, c)
        color, opacity = _color(series.role), "1"
        if series.shade:
            color, opacity = _shade(series.shade[i]), "0.7"
        if many and c.horizontal:
            # A fixed scatter around the row, so that dots do not hide one another.
            y += ((i * 7919) % 17 - 8) * 0.9
        radius = 2.1 if many else 4.5
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{color}" opacity="{opacity}"/>'
        )
    return parts


def _shade(value: float | None) -> str:
    if value is None:
        return "#8a8f98"
    low, high = (43, 108, 176), (200, 100, 27)
    red, green, blue = (round(a + (b - a) * value) for a, b in zip(low, high, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _line(series: Series, c: Canvas) -> list[str]:
    color = _color(series.role)
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


def _named(chart: Chart) -> int:
    return len({s.name for s in chart.series if s.name})


def _legend(chart: Chart, c: Canvas) -> list[str]:
    if _named(chart) < 2:
        return []
    parts, x = [], c.left
    for series in chart.series:
        if not series.name:
            continue
        size = 24 + LETTER * len(series.name)
        parts.append(
            f'<rect x="{x:.1f}" y="6" width="10" height="10" rx="2" fill="{_color(series.role)}"/>'
        )
        parts.append(
            f'<text x="{x + 14:.1f}" y="15" fill="var(--gw-ink, #3b4148)">{escape(series.name)}</text>'
        )
        x += size
    return parts
