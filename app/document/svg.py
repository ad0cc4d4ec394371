"""Charts as SVG, drawn without a browser: the same chart gives the same text, always."""

from __future__ import annotations

from html import escape

from app.document.marks import INK, LETTER, RIGHT, Canvas, color_of, plus, shade_color, shapes
from app.document.scale import Scale, scale_of
from app.record.chart import Chart, Guide, Point

WIDTH = 640
HEIGHT = 300
ROW = 26
TOP, BOTTOM = 14, 46
LONGEST_LABEL = 34
LINE = 20
CELL = 30
SLANT = 42
TICK = 14
BAR, STEPS = 96.0, 24


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
    for series in chart.series:
        parts += shapes(series, chart, canvas)
    parts += _legend(chart, canvas)
    parts += _color_bar(chart, canvas)
    return "".join((*parts, "</svg>"))


def _canvas(chart: Chart) -> Canvas:
    top = TOP + LINE * ((_named(chart) > 1) + _barred(chart))
    ys = _values(chart, "y")
    rows_lie = chart.horizontal or chart.heat
    left, room = 62.0, float(HEIGHT - TOP - BOTTOM)
    if rows_lie:
        rows = len(dict.fromkeys(str(v) for v in ys))
        room = float((CELL if chart.heat else ROW) * max(rows, 2))
        longest = max((min(len(str(v)), LONGEST_LABEL) for v in ys), default=4)
        left = 16 + LETTER * longest + (14 if chart.heat and chart.y.label else 0)
    x = scale_of(chart.x, _values(chart, "x"), left, WIDTH - RIGHT)
    slanted = _crowded(x)
    bottom = top + room
    height = bottom + BOTTOM + (SLANT if slanted else 0)
    down = rows_lie and chart.y.kind == "category"
    y = scale_of(chart.y, ys, *((top, bottom) if down else (bottom, top)))
    return Canvas(x, y, WIDTH, height, left, top, bottom, rows_lie, slanted)


def _crowded(x: Scale) -> bool:
    """Names below the chart need more room than there is."""
    shown = x.ticks() if x.kind == "category" else []
    longest = max((len(_short(label, TICK)) for _, label in shown), default=0)
    return len(shown) > 1 and LETTER * longest > (x.end - x.start) / len(shown)


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
                found += [plus(b, v) for b, v in zip(base, ends, strict=True)] + list(base)
    kind = getattr(chart, axis).kind
    if kind != "category":
        for guide in chart.guides:
            if guide.axis == axis and kind != "date":
                found.append(guide.at)
    return [v for v in found if v is not None]


def _grid(chart: Chart, c: Canvas) -> list[str]:
    parts = []
    line = 'stroke="var(--gw-line, #d9d4c7)" stroke-width="1"'
    for place, label in c.x.ticks():
        if c.x.kind != "category":
            parts.append(f'<path d="M{place:.1f} {c.top:.1f}V{c.bottom:.1f}" {line}/>')
        where = f'x="{place:.1f}" y="{c.bottom + 16:.1f}" text-anchor="middle"'
        if c.slanted:
            at = f"{place + 4:.1f} {c.bottom + 12:.1f}"
            where = f'transform="translate({at}) rotate(-35)" text-anchor="end"'
        parts.append(f"<text {where} {INK}>{escape(_short(label, TICK))}</text>")
    for place, label in c.y.ticks(5 if not c.horizontal else 100):
        if c.y.kind != "category":
            parts.append(f'<path d="M{c.left:.1f} {place:.1f}H{c.width - RIGHT:.1f}" {line}/>')
        shown = escape(_short(label, LONGEST_LABEL))
        parts.append(
            f'<text x="{c.left - 7:.1f}" y="{place + 4:.1f}" text-anchor="end" {INK}>'
            f"<title>{escape(label)}</title>{shown}</text>"
        )
    middle = (c.left + c.width - RIGHT) / 2
    parts.append(
        f'<text x="{middle:.1f}" y="{c.height - 8:.1f}" text-anchor="middle" {INK} '
        f'font-weight="600">{escape(_title(chart.x.label, chart.x.unit))}</text>'
    )
    words = _title(chart.y.label, chart.y.unit)
    if words and (chart.heat or not c.horizontal):
        half = (c.top + c.bottom) / 2
        parts.append(
            f'<text transform="translate(13 {half:.1f}) rotate(-90)" text-anchor="middle" {INK} '
            f'font-weight="600">{escape(_short(words, 44))}</text>'
        )
    return parts


def _title(label: str, unit: str) -> str:
    return f"{label} ({unit})" if unit else label


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"


def _guide(guide: Guide, c: Canvas) -> str:
    scale = c.x if guide.axis == "x" else c.y
    at = scale.place(guide.at)
    if at is None:
        return ""
    color = color_of(guide.role)
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
        f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" stroke="{color_of("muted")}" '
        'stroke-dasharray="3 3"/>'
    ]


def _barred(chart: Chart) -> bool:
    return chart.colors is not None and not chart.heat


def _named(chart: Chart) -> int:
    return len({s.name for s in chart.legend})


def _legend(chart: Chart, c: Canvas) -> list[str]:
    if _named(chart) < 2:
        return []
    parts, x = [], c.left
    for series in chart.legend:
        size = 32 + LETTER * len(series.name)
        parts.append(
            f'<rect x="{x:.1f}" y="6" width="10" height="10" rx="2" fill="{color_of(series.role)}"/>'
        )
        parts.append(
            f'<text x="{x + 14:.1f}" y="15" fill="var(--gw-ink, #3b4148)">{escape(series.name)}</text>'
        )
        x += size
    return parts


def _color_bar(chart: Chart, c: Canvas) -> list[str]:
    """What colors stand for: a title, and a bar from low to high."""
    if not _barred(chart) or chart.colors is None:
        return []
    y = 6 + (LINE if _named(chart) > 1 else 0)
    title, low = f"Color: {_short(chart.colors.label, 40)}", _short(chart.colors.low, 16)
    start = c.left + LETTER * len(title) + 12
    bar = start + LETTER * len(low) + 6
    texts = ((c.left, title), (start, low), (bar + BAR + 6, _short(chart.colors.high, 16)))
    parts = [f'<text x="{x:.1f}" y="{y + 9}" {INK}>{escape(words)}</text>' for x, words in texts]
    wide = BAR / STEPS
    steps = [
        f'<rect x="{bar + step * wide:.1f}" y="{y}" width="{wide + 0.4:.1f}" height="10" '
        f'fill="{shade_color(step / (STEPS - 1))}"/>'
        for step in range(STEPS)
    ]
    return [*parts, *steps]
