"""Naming a slice and having it watched, in a real Chromium, against the real server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.record.project import Project
from app.stages.road import STAGES
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
LONG = 120_000

MONITORING = next(f"{n} · {s.title}" for n, s in enumerate(STAGES, 1) if s.key == "monitoring")


def test_a_slice_from_typing_to_its_watch(
    page: Page, server: Server, binary_project: Project
) -> None:
    """A typing error is explained, the slice counted, named, given to the rule, and then watched."""
    project_id = server.bring(binary_project.answered("errors", {"refits": 0}))
    page.goto(f"{server.url}/errors?project={project_id}")
    page.get_by_role("button", name="Where it fails").or_(
        page.get_by_role("radio", name="Where it fails")
    ).first.click()
    expect(page.get_by_role("heading", name="Name a slice of your own")).to_be_visible()
    where = page.get_by_role("textbox", name="Rows where")
    where.fill("plase == north")
    where.press("Enter")
    expect(page.get_by_text("Did you mean 'place'?")).to_be_visible()
    expect(page.get_by_role("button", name="Add the slice")).to_be_disabled()
    expect(where).to_have_value("plase == north")
    where.fill('place == "north"')
    where.press("Enter")
    expect(page.get_by_text("training rows")).to_be_visible()
    name = page.get_by_role("textbox", name="Call it")
    name.fill("The north")
    name.press("Enter")
    page.get_by_role("button", name="Add the slice").click()
    expect(page.get_by_text("Not measured yet")).to_be_visible()
    page.get_by_role("button", name="Add to what it should not do").last.click()
    expect(page.get_by_role("button", name="In what it should not do").last).to_be_disabled()
    page.get_by_test_id("stSidebar").get_by_role("link", name=MONITORING).click()
    expect(page.get_by_role("heading", name=MONITORING, level=1)).to_be_visible()
    page.get_by_role("button", name="Measure again").click()
    expect(page.get_by_text("Slice: The north")).to_be_visible(timeout=LONG)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.get_by_test_id("stSidebar").get_by_role("link", name="1 · Framing").click()
    page.get_by_text("Questions", exact=True).click()
    box = page.get_by_label("What should it not do?")
    expect(box).to_have_value(re.compile(r"It does not decide by itself in the slice “The north”"))
