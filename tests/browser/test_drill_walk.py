"""A drill in a real Chromium: refreshed, the server killed in the middle of it, and gone on with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.record.project import Project
from tests.browser.conftest import RUN, Server, drawn, no_error, opened, pressed

pytestmark = pytest.mark.browser


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Server]:
    """A server of one's own that may be killed, with what the tests measured."""
    found = Server(tmp_path, RUN)
    yield found
    found.kill()


def _look(page: Page, name: str) -> None:
    page.get_by_text(re.compile(f"^{name} · ")).click()
    pressed(page)
    page.get_by_role("button", name=re.compile(r"Look \(")).click()
    pressed(page)


def test_a_drill_survives_refresh_and_kill(
    page: Page, mortal: Server, binary_project: Project
) -> None:
    """The clock stands where it stood, every event is there, the look shows the same; then it is closed on a phone."""
    address = f"{mortal.url}/drills?project={mortal.bring(binary_project)}"
    opened(page, address)
    code = page.get_by_label("Code")
    code.fill("GW-small-medium-7")
    code.press("Enter")
    pressed(page)
    page.get_by_role("button", name="Walk it").click()
    expect(page.get_by_text("Lead the incident")).to_be_visible()
    _look(page, "Dashboards")
    expect(page.get_by_text("Drift of the inputs, day by day")).to_be_visible()
    clock = page.get_by_role("heading", name=re.compile(r"Day \d, \d\d:\d\d"))
    then = clock.inner_text()

    page.reload()
    drawn(page)
    expect(clock).to_have_text(then)
    page.get_by_role("tab", name="Act").click()
    page.get_by_role("button", name="Order", exact=True).nth(1).click()
    pressed(page)
    expect(page.get_by_text("Ordered: Fall back")).to_be_visible()
    then = clock.inner_text()

    mortal.kill()
    mortal.start()
    opened(page, address)
    expect(clock).to_have_text(then)
    expect(page.get_by_text("Ordered: Fall back")).to_be_visible()
    expect(page.get_by_text("Drift of the inputs, day by day")).to_be_visible()

    page.set_viewport_size({"width": 390, "height": 900})
    drawn(page)
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 1
    page.get_by_role("button", name=re.compile("Close …")).click()
    page.get_by_role("button", name="Close the incident").click()
    expect(page.get_by_text("Debrief:")).to_be_visible()
    expect(page.get_by_text("Harm, minute by minute")).to_be_visible()
    no_error(page)
