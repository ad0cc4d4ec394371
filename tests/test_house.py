"""The house rules that a tool can keep."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from app import PAGES, ROOT

SOURCES = sorted((ROOT / "app").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
LONGEST_FUNCTION = 62


def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def test_no_module_hides_another() -> None:
    """A module of the app with the name of a standard or installed one would be imported instead."""
    taken = set(sys.stdlib_module_names) | set(packages_distributions())
    mine = {p.stem for p in (ROOT / "app").iterdir() if p.suffix == ".py" or p.is_dir()}
    assert not (mine - {"__init__", "__main__", "__pycache__", "mark"}) & taken


def test_modules_are_nouns() -> None:
    """No drawer for everything."""
    assert not [p for p in SOURCES if p.stem in EMPTY_NAMES]


def test_session_state_has_one_door() -> None:
    """Only the memory module touches it, and the address of the page."""
    for path in [*SOURCES, *PAGES.glob("*.py")]:
        text = path.read_text(encoding="utf-8")
        if path.name != "memory.py":
            assert "session_state" not in text, path
            assert "query_params" not in text, path


def test_pages_are_short_lists_of_verbs() -> None:
    """A page defines nothing and imports only the screen and its stage."""
    for path in PAGES.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)], (
            path
        )
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert node.module is not None
                assert node.module.startswith(("app.ui", "app.stages")), (path, node.module)
        assert len(path.read_text().splitlines()) < 40


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_functions_are_short_and_files_small(path: Path) -> None:
    """Nothing grows beyond what one can read at a glance."""
    for function in _functions(path):
        length = (function.end_lineno or 0) - function.lineno
        docs = len((ast.get_docstring(function) or "").splitlines())
        assert length - docs <= LONGEST_FUNCTION, (path.name, function.name, length - docs)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 440


@pytest.mark.parametrize("path", TESTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_test_states_its_promise(path: Path) -> None:
    """Each test says in its first line what it keeps."""
    for function in _functions(path):
        if function.name.startswith("test_"):
            assert ast.get_docstring(function), function.name


def test_nothing_is_skipped() -> None:
    """A test that does not run is no test."""
    pattern = re.compile(r"pytest\.sk" + r"ip|mark\.sk" + r"ip|mark\.xf" + r"ail")
    for path in (ROOT / "tests").rglob("*.py"):
        assert not pattern.search(path.read_text(encoding="utf-8")), path


def test_the_theme_asks_no_one() -> None:
    """No font or picture from elsewhere in the theme, no statistics, no question at the start."""
    text = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert "://" not in text
    assert "gatherUsageStats = false" in text
    assert "showEmailPrompt = false" in text
    assert "[theme.light]" in text
    assert "[theme.dark]" in text
