"""Every page in a real Chromium: all its buttons, both widths, and axe."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from app import PAGES
from app.record.project import Project
from tests.browser.conftest import Server, drawn, fits, no_error, opened, pressed

pytestmark = pytest.mark.browser

KEYS = sorted(path.stem for path in PAGES.glob("*.py") if path.stem != "home")
# Light and dark as the theme says.
SCHEMES = {"dark": "rgb(20, 25, 29)", "light": "rgb(251, 248, 241)"}
WITHOUT_BUTTONS = ("review",)
WITHOUT_BARRIERS = ("", "framing", "baselines")

# Every visible, enabled button of the page under a name that it keeps when the page is drawn anew.
BUTTONS = """() => {
    const seen = {};
    const found = {};
    for (const button of document.querySelectorAll('[data-testid=stMain] button')) {
        const words = button.getAttribute('aria-label') || button.innerText.trim();
        seen[words] = (seen[words] || 0) + 1;
        const box = button.getBoundingClientRect();
        const seeable = button.checkVisibility({visibilityProperty: true}) && box.width * box.height;
        if (!button.disabled && !button.closest('[inert]') && seeable)
            found[`${words} ${seen[words]}`] = button;
    }
    return found;
}"""


def _names(page: Page) -> list[str]:
    return list(page.evaluate(f"Object.keys(({BUTTONS})())"))


def _press(page: Page, name: str) -> bool:
    """Press a button by its name; False when it is not there."""
    for _ in range(5):
        button: Any = page.evaluate_handle(f"name => ({BUTTONS})()[name]", name).as_element()
        if button is None:
            return False
        try:
            button.click()
        except PlaywrightError as error:
            # Drawn anew between finding and pressing it: a person would just press the new one.
            if "not attached" not in str(error):
                raise
        else:
            return True
    return False


def _press_all(page: Page, address: str) -> int:
    """Press what is there when the page opens, each once, and return how many they were."""
    names = sorted(_names(page), key=lambda name: name.startswith("Walk this case"))
    count = 0
    for name in names:
        if not _press(page, name):
            opened(page, address)
            if not _press(page, name):
                # What was pressed before took it away for good.
                continue
        pressed(page)
        no_error(page)
        count += 1
        page.keyboard.press("Escape")
        if page.url != address:
            opened(page, address)
    return count


def _barriers(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [
        (v["id"], v["nodes"][0]["html"][:160])
        for v in found
        if v["impact"] in ("critical", "serious")
    ]


def _look_and_press(page: Page, server: Server, key: str, project: Project) -> int:
    """A page is opened once on a phone and looked at in every way, then all its buttons are pressed."""
    address = f"{server.url}/{key}?project={server.bring(project)}"
    page.set_viewport_size({"width": 390, "height": 900})
    opened(page, address)
    assert fits(page), "it scrolls sideways on a phone"
    page.set_viewport_size({"width": 1440, "height": 900})
    drawn(page)
    assert fits(page), "it scrolls sideways on a desk"
    for scheme, background in SCHEMES.items() if key in WITHOUT_BARRIERS else ():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", background)
        assert _barriers(page) == [], scheme
    no_error(page)
    return _press_all(page, address)


@pytest.mark.parametrize("key", KEYS)
def test_a_page_fits_has_no_serious_barrier_and_all_its_buttons_work(
    key: str, page: Page, server: Server, binary_project: Project
) -> None:
    """Nothing scrolls sideways, axe finds nothing grave, each visible button is pressed once and nothing breaks."""
    assert _look_and_press(page, server, key, binary_project) > 0 or key in WITHOUT_BUTTONS


def test_the_home_page_fits_has_no_serious_barrier_and_all_its_buttons_work(
    page: Page, own_server: Server, binary_project: Project
) -> None:
    """The same for each way in, each case, and what can be done with a project."""
    assert _look_and_press(page, own_server, "", binary_project) > 8
