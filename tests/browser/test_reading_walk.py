"""A person reads a row in a real Chromium: by keys, with an edit, and finds the note again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.record.project import Project
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


def _read_rows(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_text("Read rows", exact=True).click()
    expect(page.get_by_role("heading", name="Read the rows")).to_be_visible()
    # Keys are heard once the row with its fields has been drawn.
    expect(page.get_by_text("What if the row were different?")).to_be_visible()
    expect(page.get_by_role("button", name="Reset")).to_be_visible()


def test_a_row_is_read_by_keys_edited_and_found_again(
    page: Page, server: Server, binary_project: Project
) -> None:
    """J to the next row, 4 for its cause, a value changed, the waterfall follows, reload: all kept, on a phone too."""
    address = f"{server.url}/errors?project={server.bring(binary_project)}"
    _read_rows(page, address)
    row = page.get_by_role("heading", level=4).first
    first = row.inner_text()
    page.keyboard.press("j")
    expect(row).not_to_have_text(first)
    second = row.inner_text()
    page.keyboard.press("4")
    expect(page.get_by_text(re.compile(r"^1 of \d+ read"))).to_be_visible()

    comment = page.get_by_label("In your words")
    expect(comment).to_have_count(1)
    comment.click()
    page.keyboard.type("1 jk 2 n seen on the radar")
    page.keyboard.press("Enter")
    expect(row).to_have_text(second)
    expect(page.get_by_text(re.compile(r"^1 of \d+ read"))).to_be_visible()

    number = page.get_by_test_id("stNumberInput").locator("input").first
    number.fill("4000000")
    number.press("Enter")
    expect(page.get_by_text("as you changed it")).to_be_visible()
    expect(page.get_by_text("outside what the model has seen")).to_be_visible()
    expect(page.get_by_text("= 4e+06")).to_be_visible()
    page.get_by_role("button", name="Reset 1 changed").click()
    expect(page.get_by_text("as you changed it")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)

    _read_rows(page, address)
    page.keyboard.press("j")
    expect(row).to_have_text(second)
    # The field of the row before is there until the page has been drawn.
    expect(page.get_by_label("In your words")).to_have_count(1)
    expect(page.get_by_label("In your words")).to_have_value("1 jk 2 n seen on the radar")
    expect(page.get_by_text(re.compile(r"^1 of \d+ read"))).to_be_visible()
    page.keyboard.press("n")
    expect(row).not_to_have_text(second)

    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="People would disagree too").click()
    expect(page.get_by_text(re.compile(r"^2 of \d+ read"))).to_be_visible()
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 1
    expect(page.get_by_test_id("stException")).to_have_count(0)
