"""Every page in a real Chromium: all its buttons, both widths, and axe."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from app.record.project import Project
from app.stages.road import STAGES
from tests.browser.conftest import Server, no_error, opened, pressed

pytestmark = pytest.mark.browser

KEYS = (*(stage.key for stage in STAGES), "document")

# Every visible, enabled button of the page under a name that it keeps when the page is drawn anew.
BUTTONS = """() => {
    const seen = {};
    const found = {};
    for (const button of document.querySelectorAll('[data-testid=stMain] button')) {
        const words = button.getAttribute('aria-label') || button.innerText.trim();
        seen[words] = (seen[words] || 0) + 1;
        if (!button.disabled && !button.closest('[inert]') && button.checkVisibility())
            found[`${words} ${seen[words]}`] = button;
    }
    return found;
}"""


def _names(page: Page) -> list[str]:
    return list(page.evaluate(f"Object.keys(({BUTTONS})())"))


def _button(page: Page, name: str) -> Any:
    return page.evaluate_handle(f"name => ({BUTTONS})()[name]", name).as_element()


def _press_all(page: Page, address: str) -> int:
    """Press what is there when the page opens, each once, and return how many they were."""
    opened(page, address)
    names = sorted(_names(page), key=lambda name: name.startswith("Walk this case"))
    count = 0
    for name in names:
        button = _button(page, name)
        if button is None:
            opened(page, address)
            button = _button(page, name)
        if button is None:
            # What was pressed before took it away for good.
            continue
        button.click()
        pressed(page)
        no_error(page)
        count += 1
        page.keyboard.press("Escape")
        if page.url != address:
            opened(page, address)
    return count


@pytest.mark.parametrize("key", KEYS)
def test_every_button_of_a_page_can_be_pressed(
    key: str, page: Page, server: Server, hotel_project: Project
) -> None:
    """Each visible button is pressed once; the page does not break."""
    address = f"{server.url}/{key}?project={server.bring(hotel_project)}"
    assert _press_all(page, address) > 0


def test_every_button_of_the_home_page_can_be_pressed(
    page: Page, own_server: Server, hotel_project: Project
) -> None:
    """Each way in, each case, and what can be done with a project."""
    project_id = own_server.bring(hotel_project)
    assert _press_all(page, f"{own_server.url}/?project={project_id}") > 8


@pytest.mark.parametrize("width", [390, 1440])
def test_pages_fit_the_screen(
    page: Page, server: Server, width: int, hotel_project: Project
) -> None:
    """No page scrolls sideways, on a phone or on a desk."""
    project_id = server.bring(hotel_project)
    page.set_viewport_size({"width": width, "height": 900})
    for key in ("", *KEYS):
        opened(page, f"{server.url}/{key}?project={project_id}")
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 1, key
        no_error(page)


def test_pages_have_no_serious_barrier(page: Page, server: Server, hotel_project: Project) -> None:
    """axe finds no critical or serious violation of ours, light or dark."""
    from axe_playwright_python.sync_playwright import Axe

    project_id = server.bring(hotel_project)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for key in ("", "framing", "baselines"):
            opened(page, f"{server.url}/{key}?project={project_id}")
            found = Axe().run(page).response["violations"]
            grave = [
                (v["id"], v["nodes"][0]["html"][:160])
                for v in found
                if v["impact"] in ("critical", "serious")
            ]
            assert grave == [], (scheme, key)
