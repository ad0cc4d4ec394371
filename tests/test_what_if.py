"""What a warm worker answers about a changed row."""

from __future__ import annotations

from typing import Any

import pytest

from app import what_if
from app.jobs import executor
from app.record.chart import Chart
from app.record.project import Project
from tests.conftest import PROJECTS


def place_of(project: Project) -> what_if.Place:
    """Where the kit of a measured project lies."""
    kept = project.evidence
    return what_if.Place(
        kept["errors"].digest, kept["baselines"].digest, kept["data"].digest, chosen=True
    )


def _row(project: Project) -> int:
    return int(str(project.evidence["errors"].table("queue").column("row")[0]))


@pytest.mark.parametrize("fixture", PROJECTS)
def test_a_worker_answers_for_every_kind_of_problem(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    """Through the real pool: fields with values, then prediction and waterfall of a change."""
    project = request.getfixturevalue(fixture)
    place, row = place_of(project), _row(project)
    opened = executor().submit(what_if.open_row, place, row).result(timeout=120)
    fields = {field["column"]: field for field in opened["fields"]}
    assert fields["place"]["levels"]
    told = executor().submit(what_if.edit_row, place, row, {"place": "moon"}).result(timeout=120)
    assert "never seen “moon”" in told["notes"][0]
    assert Chart.model_validate(told["chart"]).key == f"row_{row}"


def test_the_model_is_loaded_once(binary_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred edits read the shelf once: that is what makes them quick."""
    asked: list[str] = []
    kept = what_if.shelf()

    class Counting:
        """A shelf that counts what is asked of it."""

        def get_pickle(self, key: str) -> Any:
            """Return what is kept."""
            asked.append(key)
            return kept.get_pickle(key)

    what_if._reader.cache_clear()
    monkeypatch.setattr(what_if, "shelf", Counting)
    place, row = place_of(binary_project), _row(binary_project)
    assert what_if.warm(place)
    for at in range(20):
        assert "error" not in what_if.edit_row(place, row, {"signal": float(at)})
    assert len(asked) == 3
    what_if._reader.cache_clear()


def test_what_has_gone_from_the_shelf_is_said(binary_project: Project) -> None:
    """On another machine, or a row that is not in the queue: a plain sentence, no crash."""
    place, row = place_of(binary_project), _row(binary_project)
    gone = what_if.Place("0" * 32, place.baselines, place.data, chosen=True)
    assert not what_if.warm(gone)
    for told in (
        what_if.open_row(gone, row),
        what_if.edit_row(gone, row, {}),
        what_if.open_row(place, -5),
        what_if.edit_row(place, -5, {}),
    ):
        assert "Measure again" in told["error"]


def test_a_value_a_column_cannot_hold_is_refused(binary_project: Project) -> None:
    """The sentence names the column."""
    told = what_if.edit_row(place_of(binary_project), _row(binary_project), {"signal": "high"})
    assert told["error"].startswith("signal: 'high' is no number")


def test_another_rung_than_the_chosen_one_answers_for_itself(binary_project: Project) -> None:
    """Looked at by the constant, no edit moves anything."""
    from app.workshop import measure_stage

    project = binary_project.answered("errors", {"rung": "constant"})
    project = measure_stage(project, "errors", lambda fraction, words: None)
    kept = project.evidence
    place = what_if.Place(
        kept["errors"].digest, kept["baselines"].digest, kept["data"].digest, chosen=False
    )
    told = what_if.edit_row(place, _row(project), {"signal": 99.0})
    assert told["before"] == told["after"]
