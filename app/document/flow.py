"""Flows as SVG, from top to bottom: wide enough for a page, narrow enough for a phone."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from app.document.marks import COLORS
from app.record.flow import Flow, Node

WIDTH = 470
EDGE, INDENT = 8, 26
HEAD, LINE, FOOT, GAP = 24, 16, 8, 12
LETTER, SMALL, STATE = 6.4, 5.8, 6.7
LIGHT: Mapping[str, str] = {
    "ink": "#3b4148",
    "line": "#d9d4c7",
    "paper": "#ffffff",
    **COLORS,
}
DARK: Mapping[str, str] = {
    "ink": "#e6e4de",
    "line": "#4b5158",
    "paper": "#23272b",
    **COLORS,
    "good": "#5fc58c",
    "watch": "#e0a52e",
    "stop": "#ef7b6c",
    "muted": "#a9b0b8",
}


def draw(flow: Flow, colors: Mapping[str, str] | None = None) -> str:
    """Return a flow as one SVG element; without colors it takes those of the page around it."""
    name = "".join(c if c.isalnum() else "-" for c in flow.key)
    tops = _tops(flow)
    height = tops[-1] + _height(flow.nodes[-1]) + EDGE if flow.nodes else 2 * EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="100%" style="max-width:{WIDTH + 60}px" role="img" '
        f'aria-labelledby="{name}-t {name}-d" font-family="system-ui, sans-serif" '
        'font-size="12.5">',
        f'<title id="{name}-t">{escape(flow.title)}</title>',
        f'<desc id="{name}-d">{escape(flow.says)}</desc>',
        *(_link(flow, place, tops, colors) for place in range(1, len(flow.nodes))),
    ]
    for node, top in zip(flow.nodes, tops, strict=True):
        parts += _box(node, top, colors)
    return "".join((*parts, "</svg>"))


def _color(name: str, colors: Mapping[str, str] | None) -> str:
    return colors[name] if colors is not None else f"var(--gw-{name}, {LIGHT[name]})"


def _tops(flow: Flow) -> list[int]:
    tops, at = [], EDGE
    for node in flow.nodes:
        tops.append(at)
        at += _height(node) + GAP
    return tops


def _height(node: Node) -> int:
    return HEAD + LINE * len(node.lines) + FOOT


def _left(node: Node) -> int:
    return EDGE + INDENT * node.depth


def _link(flow: Flow, place: int, tops: list[int], colors: Mapping[str, str] | None) -> str:
    """A line from what a node hangs on: straight down the trunk, or down and across."""
    parent = flow.parent(place)
    if parent is None:
        return ""
    x = _left(flow.nodes[parent]) + INDENT // 2
    start = tops[parent] + _height(flow.nodes[parent])
    end, across = tops[place], ""
    if flow.nodes[place].depth:
        end, across = tops[place] + HEAD // 2 + 4, f"H{_left(flow.nodes[place])}"
    return (
        f'<path d="M{x} {start}V{end}{across}" stroke="{_color("muted", colors)}" '
        'stroke-width="1.6" fill="none"/>'
    )


def _box(node: Node, top: int, colors: Mapping[str, str] | None) -> list[str]:
    left = _left(node)
    wide = WIDTH - EDGE - left
    edge = _color(node.standing or "line", colors)
    ink = _color("ink", colors)
    state = len(node.state) * STATE + 26 if node.state else 0
    title = _short(node.title, wide - 24 - state, LETTER + 0.6)
    parts = [
        f'<rect x="{left}" y="{top}" width="{wide}" height="{_height(node)}" rx="6" '
        f'fill="{_color("paper", colors)}" stroke="{edge}" stroke-width="1.4"/>',
        f'<text x="{left + 12}" y="{top + 20}" font-weight="600" fill="{ink}">{title}</text>',
    ]
    if node.state:
        color = _color(node.standing or "muted", colors)
        end = WIDTH - EDGE - 12
        parts.append(
            f'<circle cx="{end - len(node.state) * STATE - 8:.1f}" cy="{top + 16}" r="4" '
            f'fill="{color}"/><text x="{end}" y="{top + 20}" text-anchor="end" font-size="11.5" '
            f'fill="{ink}">{escape(node.state)}</text>'
        )
    for number, line in enumerate(node.lines):
        parts.append(
            f'<text x="{left + 12}" y="{top + 20 + LINE * (number + 1)}" font-size="11.5" '
            f'fill="{ink}"><title>{escape(line)}</title>{_short(line, wide - 24, SMALL)}</text>'
        )
    return parts


def _short(words: str, room: float, letter: float) -> str:
    most = max(4, int(room / letter))
    return escape(words if len(words) <= most else words[: most - 1] + "…")
