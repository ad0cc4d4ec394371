"""Whatever a person calls things, what is written is sound."""

from __future__ import annotations

import keyword
import sys
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.starter import toml
from app.starter.names import package_name, slug
from app.starter.pins import pins

# Lone halves of a letter cannot be written to a file at all.
TEXT = st.text(st.characters(exclude_categories=("Cs",)))


@given(TEXT)
def test_any_title_gives_a_package(title: str) -> None:
    """The name of the package is a plain identifier that hides nothing."""
    name = package_name(title)
    assert name.isidentifier()
    assert name.isascii()
    assert name == name.lower()
    assert not keyword.iskeyword(name)
    assert name not in sys.stdlib_module_names
    assert "_" not in slug(name)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Flight disruption", "flight_disruption"),
        ("class", "class_model"),
        ("numpy", "numpy_model"),
        ("json", "json_model"),
        ("3 bikes", "model_3_bikes"),
        ("Überfahrt nach Ålesund", "uberfahrt_nach_alesund"),
        ("../../etc/passwd", "etc_passwd"),
        ("数据", "model"),
        ('"; import os; os.system("x") #', "import_os_os_system_x"),
    ],
)
def test_titles(title: str, name: str) -> None:
    """Titles people give, and titles people attack with."""
    assert package_name(title) == name


@given(st.dictionaries(TEXT, TEXT | st.booleans() | st.floats(allow_nan=False) | st.lists(TEXT)))
def test_settings_come_back(table: dict[str, object]) -> None:
    """Any text is read from TOML as it was written: nothing in it is taken for TOML."""
    assert tomllib.loads(toml.written({"part": table})).get("part", {}) == table


def test_lone_halves_of_letters_are_replaced() -> None:
    """A text that no file can hold does not stop an export."""
    assert tomllib.loads(toml.written({"name": "a\ud800b"})) == {"name": "a?b"}


def test_pins_are_those_of_the_measurement() -> None:
    """Packages are pinned at the measured version, with all that they need."""
    found = pins(("pandas",), {"pandas": "2.3.0"})
    assert "pandas==2.3.0" in found
    assert any(pin.startswith("numpy==") for pin in found)
    assert all("==" in pin for pin in found)
