"""Take the pictures of the README from the running app.

Usage: python docs/take_pictures.py http://localhost:8501 (a running, empty Groundwork).
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from app.launcher import chromium

PAGES = ("data", "baselines", "errors", "serving", "rollout", "monitoring", "document")
SECTIONS = {"Where it fails": "slices", "What it looks at": "explanations", "Read rows": "reading"}
FOLDER = Path(__file__).parent / "pictures"


def main(url: str) -> None:
    """Walk the flight case and save one picture a page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 860}, device_scale_factor=1)
        page.goto(url)
        page.get_by_role("button", name="Walk this case").first.wait_for()
        _save(page, "home")
        page.get_by_role("button", name="Walk this case").first.click()
        page.get_by_role("button", name="Measured").wait_for(timeout=300_000)
        page.get_by_role("button", name="Cancel").wait_for(state="detached", timeout=300_000)
        query = page.url.split("?")[1]
        for key in PAGES:
            page.goto(f"{url}/{key}?{query}")
            page.wait_for_timeout(3500)
            _save(page, key)
        page.goto(f"{url}/errors?{query}")
        for section, name in SECTIONS.items():
            page.get_by_role("radio", name=section).click()
            page.wait_for_timeout(3500)
            page.mouse.move(640, 500)
            page.mouse.wheel(0, 260)
            _save(page, name)
        _drill(page, f"{url}/drills?{query}")
        page.emulate_media(color_scheme="dark")
        page.goto(f"{url}/baselines?{query}")
        page.wait_for_timeout(3500)
        _save(page, "baselines_dark")
        browser.close()


def _drill(page: Page, address: str) -> None:
    """Begin a drill and take the first look."""
    page.goto(address)
    page.get_by_role("button", name="Begin").click(timeout=60_000)
    page.get_by_role("radio", name="Dashboards").click(timeout=120_000)
    page.wait_for_timeout(8000)
    page.get_by_role("button", name="Look", exact=False).first.click()
    page.wait_for_timeout(12_000)
    _save(page, "drill")


def _save(page: Page, name: str) -> None:
    page.wait_for_timeout(800)
    page.screenshot(path=str(FOLDER / f"{name}.png"))


if __name__ == "__main__":
    main(sys.argv[1])
