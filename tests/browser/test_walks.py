"""What a person does, in a real Chromium, against the real server."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from app.record.project import Project
from app.stages.road import STAGES
from app.workshop import case_project
from tests.browser.conftest import Server, drawn, fits, no_error
from tests.conftest import LADDER, measured, small_table

pytestmark = pytest.mark.browser
LONG = 120_000
# Stages that are played on their page: there is nothing to look at before.
PLAYED = ("drills",)

MONITORING = next(f"{n} · {s.title}" for n, s in enumerate(STAGES, 1) if s.key == "monitoring")


def _heading(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def _go(page: Page, link: str, title: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name=link).click()
    _heading(page, title)
    no_error(page)


def _walk_case(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_role("button", name="Walk this case").last.click()
    _heading(page, "1 · Framing")
    expect(page).to_have_url(re.compile(r"\?project="))
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=LONG)
    expect(page.get_by_role("button", name="Measured")).to_be_visible(timeout=LONG)


def _choose(page: Page, label: str, option: str) -> None:
    """Open a list and take an option; a page still being drawn closes it, so a person clicks again."""
    for _ in range(6):
        page.get_by_label(label).first.click()
        try:
            page.get_by_role("option", name=option, exact=True).click(timeout=4000)
        except PlaywrightTimeout:
            page.keyboard.press("Escape")
            continue
        return
    raise AssertionError(f"{label}: {option} could not be chosen")


def _questions(page: Page) -> None:
    page.get_by_text("Questions", exact=True).click()


def _answer(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=False).first


def test_a_case_from_one_click_to_a_downloaded_document(
    page: Page, own_server: Server, tmp_path: Path
) -> None:
    """One click measures it; every stage shows results, on a phone too; the document opens offline."""
    _walk_case(page, own_server)
    for number, stage in enumerate(STAGES, start=1):
        title = f"{number} · {stage.title}"
        _go(page, title, title)
        if stage.key not in PLAYED:
            page.get_by_text("Results", exact=True).click()
            expect(page.locator(".js-plotly-plot").first).to_be_visible()
        no_error(page)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            drawn(page)
            assert fits(page), (stage.key, width)
    _go(page, "Design document", "Design document")
    for name, ending in (("Download HTML", "html"), ("Download Markdown", "md")):
        with page.expect_download() as started:
            page.get_by_role("button", name=name).click()
        file = tmp_path / f"document.{ending}"
        started.value.save_as(file)
        content = file.read_text(encoding="utf-8")
        assert "Wildlife strike" in content
        assert "Worth it" in content
    page.goto(f"file://{tmp_path / 'document.html'}")
    expect(page.get_by_role("heading", name="Summary")).to_be_visible()
    assert page.locator("svg[role=img]").count() > 12


def test_an_upload_from_file_to_document(page: Page, server: Server, tmp_path: Path) -> None:
    """A person's own CSV: roles, framing, measuring, a downloaded document with their words."""
    table = tmp_path / "mine.csv"
    small_table(600).to_csv(table, index=False)
    page.goto(server.url)
    page.locator("input[type=file]").first.set_input_files(table)
    expect(page.get_by_text("600 rows, 8 columns.")).to_be_visible()
    page.get_by_label("Which column is predicted?").click()
    page.get_by_role("option", name="target", exact=True).click()
    expect(page.get_by_text("Two values, 0 and 1: yes or no.")).to_be_visible()
    expect(page.get_by_role("button", name="Start the project")).to_be_visible()
    _choose(page, "Time of the decision", "when")
    page.get_by_role("button", name="Start the project").click()
    _heading(page, "1 · Framing")
    box = _answer(page, "Which decision does the prediction change?")
    box.fill("Whether to send a van 🌊 <b>today</b>")
    expect(page.get_by_text("Saved").first).to_be_visible()
    _go(page, "Design document", "Design document")
    page.get_by_role("button", name="Measure what is missing").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=LONG)
    missing = page.get_by_role("button", name="Measure what is missing")
    expect(missing).to_have_count(0, timeout=LONG)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download Markdown").click()
    file = tmp_path / "d.md"
    started.value.save_as(file)
    content = file.read_text(encoding="utf-8")
    assert "send a van 🌊 \\<b\\>today" in content
    assert "leak looks like a leak" in content
    no_error(page)


def test_a_ranking_case_says_not_to_ship_and_why(page: Page, server: Server) -> None:
    """The honest case: its story, the verdict, why a rung is there, and a column put into the rule."""
    project = measured(case_project("flight_options"), *LADDER)
    page.goto(f"{server.url}/framing?project={server.bring(project)}")
    _go(page, "2 · Data & labels", "2 · Data & labels")
    page.get_by_text("The story of this case: Which flight to book").click()
    expect(page.get_by_text("Delays add up over the day.")).to_be_visible()
    _go(page, "3 · Baselines", "3 · Baselines")
    page.get_by_text("Results", exact=True).click()
    expect(page.get_by_text("Do not ship a model").first).to_be_visible()
    page.get_by_role("button", name="Your rule").click()
    expect(page.get_by_text("How it is decided today: the baseline")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_text("Questions", exact=True).click()
    page.get_by_label("Insert a column").click()
    page.keyboard.type("flight_bad28", delay=30)
    expect(page.get_by_role("option", name="flight_bad28")).to_be_visible()
    page.keyboard.press("Enter")
    rule = page.get_by_role("textbox", name="How is it decided today, as one expression?")
    expect(rule).to_have_value("-sched_minutes flight_bad28")
    expect(page.get_by_text("This rule cannot run")).to_be_visible()
    no_error(page)


def test_bad_uploads_are_explained(page: Page, server: Server, tmp_path: Path) -> None:
    """Junk called CSV, and Parquet that is none: a message, and the app goes on."""
    page.goto(server.url)
    for name, content, words in (
        ("junk.csv", bytes(range(256)) * 20, "binary data"),
        ("none.parquet", b"hello", "called Parquet but is none"),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        page.locator("input[type=file]").first.set_input_files(file)
        expect(page.get_by_text(words)).to_be_visible()
    no_error(page)


def test_nothing_typed_is_lost_on_refresh_or_kill(page: Page, own_server: Server) -> None:
    """Text typed and never left survives a refresh, and a server killed without a word."""
    project_id = own_server.bring(case_project("hotel_rates"))
    url = f"{own_server.url}/framing?project={project_id}"
    page.goto(url)
    label = "What should it not do?"
    box = _answer(page, label)
    box.click()
    box.press_sequentially(" Typed and never left.", delay=5)
    time.sleep(1.6)
    page.reload()
    _questions(page)
    expect(_answer(page, label)).to_have_value(re.compile("Typed and never left."))
    box = _answer(page, label)
    box.click()
    box.press_sequentially("And more. ", delay=5)
    time.sleep(1.6)
    own_server.kill()
    own_server.start()
    page.goto(url)
    _questions(page)
    expect(_answer(page, label)).to_have_value(re.compile("And more"))
    assert page.url == url


def test_cancel_stops_and_refresh_finds_the_job_again(page: Page, server: Server) -> None:
    """A refresh in the middle shows the same job; cancel ends it; the page can measure again."""
    page.goto(server.url)
    page.get_by_role("button", name="Walk this case").first.click()
    _heading(page, "1 · Framing")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.get_by_test_id("stProgress")).to_contain_text(":", timeout=LONG)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(page.get_by_text("Cancelled.")).to_be_visible()
    _go(page, MONITORING, MONITORING)
    expect(page.get_by_role("button", name="Measure", exact=True)).to_be_enabled()
    no_error(page)


def test_a_second_tab_is_told_and_both_texts_are_shown(
    page: Page, server: Server, binary_project: Project
) -> None:
    """Two tabs on one project: the other one is told; the same field keeps both texts."""
    url = f"{server.url}/framing?project={server.bring(binary_project)}"
    page.goto(url)
    other = page.context.new_page()
    other.goto(url)
    for tab in (page, other):
        _heading(tab, "1 · Framing")
        _questions(tab)
    label = "When would you stop the project?"
    first, second = _answer(page, label), _answer(other, label)
    first.fill("Text of the first tab")
    first.press("Enter")
    expect(other.get_by_text("changed in another tab").first).to_be_visible()
    second.fill("Text of the second tab")
    second.press("Enter")
    expect(other.get_by_text("Two tabs changed the same field")).to_be_visible()
    expect(other.get_by_text("Text of the first tab").first).to_be_visible()
    expect(other.get_by_text("Text of the second tab").first).to_be_visible()
    other.get_by_role("button", name="Keep mine").click()
    expect(_answer(other, label)).to_have_value("Text of the second tab")
    page.reload()
    _questions(page)
    expect(_answer(page, label)).to_have_value("Text of the second tab")
