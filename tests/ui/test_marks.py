"""Marks on the screen: the same picture as in the document."""

from __future__ import annotations

import pytest

from app.document.marks import shade_color
from app.record.chart import Axis, Chart, Colors, Series
from app.ui.chart import figure
from app.ui.marks import mixed

CATEGORY = Axis(label="", kind="category")


def _chart(*series: Series, **more: object) -> Chart:
    return Chart(
        **{  # type: ignore[arg-type]
            "key": "k",
            "title": "T",
            "says": "S.",
            "x": Axis(label="X"),
            "y": CATEGORY,
            "series": series,
            "horizontal": True,
            **more,
        }
    )


def test_a_heat_map_stands_as_it_was_given() -> None:
    """Rows from top to bottom, columns from left to right, an unknown cell left open."""
    cells = Series(
        name="",
        mark="heat",
        x=["p", "q", "p"],
        y=["b", "b", "a"],
        shade=[0.1, 0.9, 0.4],
        text=["1", "2", "3"],
    )
    drawn = figure(_chart(cells, x=CATEGORY, horizontal=False)).data[0]
    assert list(drawn.x) == ["p", "q"]
    assert list(drawn.y) == ["b", "a"]
    assert [list(row) for row in drawn.z] == [[0.1, 0.9], [0.4, None]]
    assert [list(row) for row in drawn.text] == [["1", "2"], ["3", ""]]


def test_a_median_lies_on_the_row_of_its_swarm() -> None:
    """Dots stand off the middle of their row, what sums them up does not."""
    dots = Series(
        name="", mark="point", x=[1.0, 1.0, 1.0, 2.0], y=["a", "a", "a", "b"], shade=[0.0] * 4
    )
    middle = Series(name="Median", mark="point", x=[1.0, 2.0], y=["a", "b"])
    found = figure(_chart(dots, middle))
    assert len(set(found.data[0].y[:3])) == 3
    assert all(abs(place) <= 0.4 for place in found.data[0].y[:3])
    assert list(found.data[1].y) == [0.0, 1.0]
    assert list(found.layout.yaxis.ticktext) == ["a", "b"]


def test_the_color_bar_says_what_colors_stand_for() -> None:
    """Title and both ends are words, and nothing else is drawn with them."""
    dots = Series(name="", mark="point", x=[1.0], y=["a"], shade=[0.5])
    bar = figure(_chart(dots, colors=Colors(label="wind", low="calm", high="storm"))).data[-1]
    assert bar.marker.colorbar.title.text == "Color: wind"
    assert list(bar.marker.colorbar.ticktext) == ["calm", "storm"]
    assert list(bar.x) == [None]


@pytest.mark.parametrize("shade", [0.0, 0.25, 0.5, 0.8, 1.0])
def test_screen_and_document_share_their_colors(shade: float) -> None:
    """A shade has one color, wherever it is drawn."""
    assert mixed(shade) == shade_color(shade)
