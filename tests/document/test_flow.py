"""Flows as data and as SVG: nothing hangs in the air, nothing is lost in the drawing."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document import flow
from app.record.flow import Flow, Node


def _flow(depths: list[int]) -> Flow:
    nodes = tuple(
        Node(key=f"n{i}", title=f"Part {i}", lines=("one", "two")[: i % 3], depth=depth, state="ok")
        for i, depth in enumerate(depths)
    )
    return Flow(key="f", title="From where", says="Says it.", nodes=nodes)


@st.composite
def depths(draw: st.DrawFn) -> list[int]:
    """Depths that hang together."""
    found = [0]
    for _ in range(draw(st.integers(0, 12))):
        found.append(draw(st.integers(0, found[-1] + 1)))
    return found


@given(depths())
def test_every_node_is_drawn_once_and_hangs_on_another(given_depths: list[int]) -> None:
    """One box a node, one line a node but the first, boxes never overlap, always the same text."""
    made = _flow(given_depths)
    text = flow.draw(made)
    assert text == flow.draw(made)
    root = ET.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    boxes = [(float(b.get("y")), float(b.get("height"))) for b in root.iter(f"{space}rect")]
    assert len(boxes) == len(given_depths)
    assert len(list(root.iter(f"{space}path"))) == len(given_depths) - 1
    for (top, height), (below, _) in pairwise(boxes):
        assert top + height < below
    for place in range(1, len(given_depths)):
        parent = made.parent(place)
        assert parent is not None
        assert parent < place


def test_depths_that_hang_in_the_air_are_refused() -> None:
    """A branch needs a stem."""
    for wrong in ([1], [0, 2]):
        with pytest.raises(ValueError, match="is allowed"):
            _flow(wrong)


def test_words_of_the_user_stay_words() -> None:
    """A title with markup is shown, not run; a long one is cut and kept in full for hovering."""
    node = Node(key="a", title="<script>alert(1)</script>", lines=("x" * 300,), state="fresh")
    text = flow.draw(Flow(key="f", title="T", says="S", nodes=(node,)))
    assert "<script>" not in text
    assert "…" in text
    assert "x" * 300 in text
    ET.fromstring(text)


def test_the_colors_of_a_dark_page_can_be_given() -> None:
    """Without colors it follows the page around it, with them it stands alone."""
    assert "var(--gw-ink" in flow.draw(_flow([0]))
    assert "var(" not in flow.draw(_flow([0, 1]), flow.DARK)
