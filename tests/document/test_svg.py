"""Charts as SVG: well-formed for any data, the same each time, text stays text."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.document.svg import draw
from app.record.chart import Axis, Chart, Colors, Guide, Series
from app.record.project import Project
from app.record.swarm import REACH, swarm
from tests.conftest import PROJECTS

NUMBERS = st.none() | st.floats(-1e12, 1e12, allow_nan=False)


def _chart(series: tuple[Series, ...], **more: object) -> Chart:
    given = {"x": Axis(label="X"), "y": Axis(label="Y", unit="EUR"), **more}
    return Chart(key="k", title="A title", says="What it says.", series=series, **given)


@given(
    st.sampled_from(["line", "bar", "point", "step"]),
    st.lists(st.tuples(NUMBERS, NUMBERS), max_size=30),
)
@settings(max_examples=150, deadline=None)
def test_any_numbers_make_a_picture(mark: str, points: list[tuple]) -> None:
    """Gaps, single points, equal values, huge and tiny: always well-formed, never NaN."""
    series = Series(name="s", mark=mark, x=[p[0] for p in points], y=[p[1] for p in points])
    found = draw(_chart((series,), guides=(Guide(axis="y", at=0.0, label="zero"),), diagonal=True))
    ET.fromstring(found)
    assert "nan" not in found.lower().replace("main", "")
    assert found == draw(
        _chart((series,), guides=(Guide(axis="y", at=0.0, label="zero"),), diagonal=True)
    )


NASTY = "<script>alert('x')</script> & \"quotes\" ]]> ﷽ 🌊 \u202e"


def test_names_stay_text() -> None:
    """Titles, labels and categories from anyone are drawn as they are."""
    series = Series(name=NASTY, mark="bar", x=(1.0, 2.0), y=(NASTY, "b"), text=(NASTY, ""))
    other = Series(name="second", mark="point", x=(1.0,), y=("b",), low=(0.5,), high=(1.5,))
    found = draw(
        Chart(
            key=NASTY,
            title=NASTY,
            says=NASTY,
            x=Axis(label=NASTY),
            y=Axis(label="", kind="category"),
            series=(series, other),
            horizontal=True,
        )
    )
    tree = ET.fromstring(found)
    assert tree.find("{http://www.w3.org/2000/svg}title").text == NASTY
    assert "<script" not in found


def test_five_hundred_categories_fit() -> None:
    """A long list still makes a picture, with fewer labels."""
    names = [f"category number {i}" for i in range(500)]
    found = draw(
        _chart(
            (Series(name="s", mark="bar", x=names, y=[float(i) for i in range(500)]),),
            x=Axis(label="", kind="category"),
        )
    )
    ET.fromstring(found)
    assert found.count("category number") < 60


def test_a_heat_map_has_a_cell_where_two_names_meet() -> None:
    """Each known pair is one cell with its words; a pair without a shade is left open."""
    pairs = [(x, y) for y in ("a", "b", "c") for x in ("p", "q")]
    series = Series(
        name="",
        mark="heat",
        x=[x for x, _ in pairs],
        y=[y for _, y in pairs],
        shade=[0.0, 1.0, None, 0.5, 0.2, 0.9],
        text=["0 %", "100 %", "lost", "50 %", "20 %", "90 %"],
    )
    kinds = {"x": Axis(label="Called", kind="category"), "y": Axis(label="Was", kind="category")}
    found = draw(_chart((series,), **kinds))
    tree = ET.fromstring(found)
    assert len(tree.findall("{http://www.w3.org/2000/svg}rect")) == 5
    words = [text.text for text in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert "100 %" in words
    assert "lost" not in words
    assert 'fill="#e4efed"' in found
    assert 'fill="#0b5c5c"' in found


def test_colors_are_explained_by_a_bar() -> None:
    """What low and high stand for is written beside the colors."""
    series = Series(name="", mark="point", x=(1.0, 2.0), y=(3.0, 4.0), shade=(0.0, None))
    found = draw(_chart((series,), colors=Colors(label="wind", low="calm", high="storm")))
    for words in ("Color: wind", "calm", "storm", "#2b6cb0", "#8a8f98"):
        assert words in found
    assert "Color:" not in draw(_chart((series,)))


def test_crowded_names_below_are_slanted() -> None:
    """Names that would run into each other are turned; short ones are not."""
    for names, slanted in ((["a", "b"], False), ([f"a long name {i}" for i in range(12)], True)):
        series = Series(name="s", mark="bar", x=names, y=[1.0] * len(names))
        found = draw(_chart((series,), x=Axis(label="", kind="category")))
        assert ("rotate(-35)" in found) == slanted


@given(st.lists(st.tuples(NUMBERS, st.sampled_from("abc")), max_size=200))
@settings(max_examples=80, deadline=None)
def test_a_swarm_stays_within_its_row(dots: list[tuple]) -> None:
    """No dot leaves its row, whatever the values; dots of one value do not lie on each other."""
    series = Series(name="", mark="point", x=[x for x, _ in dots], y=[y for _, y in dots])
    off = swarm(series)
    assert all(abs(place) <= REACH + 1e-9 for place in off)
    met = [(x, y, by) for (x, y), by in zip(dots, off, strict=True)]
    assert len(set(met)) == len(met)


def test_an_empty_chart_is_a_picture_too() -> None:
    """No series, no crash."""
    ET.fromstring(draw(_chart(())))


@pytest.mark.parametrize("fixture", PROJECTS)
def test_every_chart_of_a_project_is_drawn(fixture: str, request: pytest.FixtureRequest) -> None:
    """Whatever the stages measure can be drawn, with title and words for those who cannot see."""
    project: Project = request.getfixturevalue(fixture)
    for evidence in project.evidence.values():
        for chart in evidence.charts:
            tree = ET.fromstring(draw(chart))
            assert tree.find("{http://www.w3.org/2000/svg}desc").text == chart.says
            assert len(tree) > 4, chart.key


def test_of_many_lines_only_those_in_color_are_named() -> None:
    """A legend of eleven names leaves no room for the picture; a few names all stand in it."""
    lines = [
        Series(name=f"Line {n}", mark="line", x=[0, 1], y=[n, n], role="muted") for n in range(9)
    ]
    chosen = Series(name="Chosen", mark="line", x=[0, 1], y=[1, 2])
    many, few = _chart((*lines, chosen)), _chart((*lines[:3], chosen))
    assert [s.name for s in many.legend] == ["Chosen"]
    assert len(few.legend) == 4
    assert "Line 3" not in draw(many)
    assert "Line 1" in draw(few)
