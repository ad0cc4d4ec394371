"""A walk by chance over all pages and widgets."""

from __future__ import annotations

import random

import pytest
from streamlit.testing.v1 import AppTest

from app import PAGES
from app.record.project import Project
from app.ui import desk
from tests.pages.conftest import PAGE_KEYS, open_page

WALKED = (
    "button",
    "checkbox",
    "toggle",
    "number_input",
    "text_input",
    "text_area",
    "selectbox",
    "multiselect",
    "radio",
    "button_group",
    "date_input",
)
TEXTS = ("", "x", "<b>ü</b> {{7*7}}", "signal > 0", "a" * 300, "2025-03-01", "nonsense (")
TRAIL: list[tuple[str, str]] = []
LEFT_OUT = ("case:", "wait:", "measure:", "paper:measure", "rule:suggest", "delete:")


def _poke(app: AppTest, rng: random.Random) -> bool:
    """Use one widget, chosen by chance, in a way a person could."""
    kinds = [
        kind
        for kind in WALKED
        if len(app.get(kind) if kind == "button_group" else getattr(app, kind))
    ]
    if not kinds:
        return False
    kind = rng.choice(kinds)
    widget = rng.choice(list(getattr(app, kind)))
    if getattr(widget, "disabled", False) or str(widget.key).startswith(LEFT_OUT):
        return False
    if kind == "button":
        widget.click()
    elif kind in ("checkbox", "toggle"):
        widget.set_value(rng.random() < 0.5)
    elif kind == "number_input":
        low = widget.min if widget.min is not None else 0
        high = min(widget.max if widget.max is not None else 1000, low + 1000)
        value = rng.uniform(low, high)
        widget.set_value(round(value) if isinstance(widget.value, int) else value)
    elif kind in ("text_input", "text_area"):
        widget.set_value(rng.choice(TEXTS))
    elif str(widget.key) == "shell:project":
        # The test tool would hand the label to the function that makes labels of ids.
        widget.set_value(rng.choice(list(desk.store().names())))
    elif kind in ("selectbox", "radio"):
        widget.select_index(
            rng.randrange(len(widget.options))
        ) if kind == "selectbox" else widget.set_value(rng.choice(widget.options))
    elif kind == "multiselect":
        widget.set_value(rng.sample(widget.options, rng.randint(0, len(widget.options))))
    elif kind == "button_group":
        widget.set_value(rng.choice(["Questions", "Results"]))
    else:
        return False
    TRAIL.append((kind, str(widget.key)))
    app.run()
    return True


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(2))
def test_a_random_walk_presses_a_thousand_widgets(
    seed: int, binary_project: Project, regression_project: Project
) -> None:
    """Whatever is pressed in whatever order, no page ever breaks."""
    rng = random.Random(seed)
    ids = [desk.create(p) for p in (binary_project, regression_project)]
    app = open_page("home", ids[seed % 2])
    pressed = 0
    while pressed < 1000:
        if rng.random() < 0.06:
            app.switch_page(str(PAGES / f"{rng.choice(PAGE_KEYS)}.py"))
            app.run()
        elif not _poke(app, rng):
            continue
        pressed += 1
        assert not app.exception, (seed, TRAIL[-5:], app.exception)
        if not desk.store().names():
            ids = [desk.create(binary_project)]
