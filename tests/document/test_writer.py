"""The document: at any moment, with nothing hidden, and user text always text."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.document import text
from app.document.writer import UnknownDocument, documents, write
from app.record.project import Project
from app.stages.road import STAGES
from tests.conftest import PROJECTS, small_project, small_table

ARGUED = ("slices", "importance", "stability", "loss_columns", "calibration", "abstention")
GOLDEN = Path(__file__).parent / "golden"


def _steady(markdown: str) -> str:
    """Leave out what differs from run to run: pictures, clocks, versions, digests."""
    found = re.sub(r"\(data:image/svg\+xml;base64,[^)]*\)", "(picture)", markdown)
    found = re.sub(r"\d{4}-\d\d-\d\dT[\d:+]+", "(time)", found)
    found = re.sub(r"\| \d{4}-\d\d-\d\d \|\n", "| (day) |\n", found)
    found = re.sub(r"\b[0-9a-f]{10,64}\b", "(digest)", found)
    found = re.sub(r"^\| Packages \|.*$", "| Packages | (versions) |", found, flags=re.MULTILINE)
    return re.sub(r"[\d.,]+ ms \(n = 40\)", "(ms)", found)


def test_an_empty_project_writes_a_document_that_says_what_is_missing() -> None:
    """Golden: every stage is named as not measured, with the page that fills it."""
    project = small_project(small_table(300)).model_copy(
        update={"answers": {"data": {"task": "binary"}}}
    )
    found = _steady(write(project, project_id="abc"))
    path = GOLDEN / "empty.md"
    if os.environ.get("GROUNDWORK_REWRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")
    for stage in STAGES:
        assert f"http://localhost:8501/{stage.key}?project=abc" in found
    assert found.count("is not measured yet") == len(STAGES)


@pytest.mark.parametrize("fixture", PROJECTS)
def test_a_full_document_holds_every_number_and_picture(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    """Every measure is in the appendix with its digest, every chart that carries an argument is drawn.

    Of the error analysis, single rows and single columns stay on the page.
    """
    project: Project = request.getfixturevalue(fixture)
    found = write(project, to="html")
    plain = html.unescape(re.sub(r"<[^>]+>", "", found))
    charts = [c for key, e in project.evidence.items() if key != "errors" for c in e.charts]
    charts += [c for c in project.evidence["errors"].charts if c.key in ARGUED]
    assert len(charts) > 10
    for chart in charts:
        assert chart.title in plain, chart.key
    assert found.count("<svg") >= len(charts)
    for evidence in project.evidence.values():
        assert evidence.digest[:10] in plain
        for measure in evidence.measures:
            assert measure.label in plain, measure.label
    assert "(stale)" not in plain
    assert project.data.content_hash in plain
    assert "not measured yet" not in plain.lower()


def test_stale_numbers_are_marked(binary_project: Project) -> None:
    """One changed answer marks what rests on it, and nothing else."""
    found = write(binary_project.answered("framing", {"cost_miss": 50.0}))
    assert "## 3 · Baselines (stale)" in found
    assert "## 2 · Data & labels (stale)" not in found.replace("\\&", "&")
    assert found.count("**(stale)**") > 10


def test_html_stands_alone(binary_project: Project) -> None:
    """One file, no script, no request: it opens offline."""
    found = write(binary_project, to="html")
    assert "<script" not in found
    assert not re.findall(r'(?:src|href)="(?!#|data:)', found)
    assert "url(" not in found
    assert "Content-Security-Policy" in found
    ids = re.findall(r'id="([^"]+)"', found)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#([^"]+)"', found):
        assert target in ids


NASTY = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1)) ![y](http://evil.example/z.png)",
    "{{ 7*7 }} {% for x in y %} {# c #}",
    "| a | b |\n| -- | -- |",
    "# heading\n\n- list\n1. item\n> quote\n```\ncode",
    "*bold* _it_ ~~s~~ `c` $x$ :red[x] <b> &lt;",
    "שלום \u202eevil\u202c 🌊 \x00\x1b[31m",
    "GWPICTURE0GW",
    "line one\nline two\n\n\n\nparagraph",
    "x" * 50_000,
]


@pytest.mark.parametrize("words", NASTY)
def test_nasty_text_comes_out_as_text(binary_project: Project, words: str) -> None:
    """Markdown, HTML, scripts, templates and tables from the user are only ever words."""
    project = binary_project.answered("framing", {"decision": words, "who": words[:2000]}).renamed(
        words[:200]
    )
    plain = write(project, to="html")
    assert "<script" not in plain
    assert "javascript:" not in re.sub(r">[^<]*<", "><", plain)
    assert "evil.example" not in "".join(re.findall(r"<[^>]+>", plain))
    assert plain.count("<svg") == write(binary_project, to="html").count("<svg")
    shown = html.unescape(re.sub(r"<[^>]+>", "", plain))
    bare = re.sub(r"[\x00-\x1f\s]+", "", words)
    assert bare in re.sub(r"\s+", "", shown)


@given(st.text(max_size=80))
@settings(max_examples=300)
def test_escaped_words_render_as_they_are(words: str) -> None:
    """Whatever is typed, Markdown shows the same characters and makes nothing of them."""
    rendered = MarkdownIt("commonmark").enable("table").render("A " + text.markdown(words) + " Z")
    assert set(re.findall(r"<(/?\w+)", rendered)) <= {"p", "/p"}
    shown = html.unescape(re.sub(r"<[^>]+>", "", rendered))
    clean = re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", "", words)
    assert re.sub(r"\s", "", clean) in re.sub(r"\s", "", shown)


def test_unknown_names_are_answered_with_known_ones(binary_project: Project) -> None:
    """A wrong document or format names what there is."""
    with pytest.raises(UnknownDocument, match="design_document"):
        write(binary_project, document="poem")
    with pytest.raises(UnknownDocument, match="md, html"):
        write(binary_project, to="docx")
    assert documents()["design_document"].sentence
