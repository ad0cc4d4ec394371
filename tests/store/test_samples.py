"""Shipped cases are whole: data as recorded, every column explained, answers that check."""

from __future__ import annotations

import pytest

from app.incidents import ACTIONS
from app.record.task import TASKS
from app.stages.road import BY_KEY
from app.store import samples
from app.store.artifacts import content_hash

KEYS = [case.key for case in samples.cases()]


def test_the_seven_cases_are_there() -> None:
    """The keys that scripts rely on, and at least one case for each kind of prediction."""
    assert KEYS == [
        "flight_disruption",
        "hotel_rates",
        "rodent_species",
        "bike_rentals",
        "documentation_search",
        "flight_options",
        "wildlife_strikes",
    ]
    assert {case.task for case in samples.cases()} == set(TASKS)


@pytest.mark.parametrize("key", KEYS)
def test_a_case_is_whole(key: str) -> None:
    """Hash, rows and columns are those of the file; datasheet, licence, source and cut are there."""
    case = samples.case(key)
    table = samples.table(key)
    assert content_hash(table) == case.content_hash
    assert len(table) == case.rows
    assert [c.name for c in case.columns] == list(table.columns)
    assert {c.known for c in case.columns} <= {"before", "after", "target"}
    assert "Licence" in case.datasheet()
    assert (case.folder / "cut.py").exists()
    assert case.licence
    assert case.source


@pytest.mark.parametrize("key", KEYS)
def test_the_filled_answers_check(key: str) -> None:
    """Answers are valid, name real columns, and use only what is known before."""
    case = samples.case(key)
    for stage, answers in case.answers.items():
        BY_KEY[stage].choices.check(answers)
    known = {c.name for c in case.columns if c.known == "before"}
    assert set(case.answers["data"]["known"]) <= known
    assert case.answers["data"]["target"] == case.target


def test_an_unknown_case_names_the_known_ones() -> None:
    """A wrong key is answered with the right ones."""
    with pytest.raises(samples.UnknownCase, match="flight_disruption, hotel_rates, rodent_species"):
        samples.case("titanic")


@pytest.mark.parametrize("key", KEYS)
def test_every_case_tells_its_traps_and_incidents(key: str) -> None:
    """Each trap and natural incident has a title, a story and, for an incident, a move."""
    case = samples.case(key)
    assert len(case.traps) >= 3
    assert case.incidents
    for tale in (*case.traps, *case.incidents):
        assert tale.title
        assert tale.text.endswith((".", ")"))
    assert {tale.move for tale in case.incidents} <= set(ACTIONS)
