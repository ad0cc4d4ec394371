"""The monitoring stage: what is measured, judged and shown."""

from __future__ import annotations

import numpy as np
import pytest

from app.incidents import INCIDENTS
from app.lab.detection import Caught
from app.record.project import Project
from app.stages.monitoring.judgment import good_move
from app.stages.monitoring.striking import Outcome
from app.stages.road import findings_of
from app.ui.monitoring import PLACES, place_of
from app.workshop import measure_stage
from tests.conftest import PROJECTS

EVENT = {"date": "2025-05-02", "title": "A storm", "text": "It blew.", "move": "leave_alone"}


def _silent(fraction: float, words: str) -> None:
    pass


@pytest.fixture(scope="module")
def other(binary_project: Project) -> Project:
    """The same project with a year of traffic, another detector, and an event of its own."""
    answers = {
        "stream": "year",
        "detector": "daily_tests",
        "monitors": ["volume", "psi", "loss"],
        "events": [EVENT],
        "owner": "Me",
        "runbook": "docs/runbook.md",
    }
    return measure_stage(binary_project.answered("monitoring", answers), "monitoring", _silent)


@pytest.mark.parametrize("fixture", PROJECTS)
def test_every_kind_of_project_says_what_its_monitors_are_worth(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    """Headline numbers with intervals, both heat maps, every monitor measured, one offered."""
    project: Project = request.getfixturevalue(fixture)
    evidence = project.evidence["monitoring"]
    for key in ("incidents_caught", "money_before_alarm", "pages_quiet", "pages_live"):
        measure = evidence.measure(key)
        assert measure is not None
        assert measure.low is not None
        assert measure.low <= measure.value <= measure.high
    assert {"overview", "timeline_input", "catch_on", "catch_off"} <= {
        c.key for c in evidence.charts
    }
    monitors = {str(r["monitor"]): r for r in evidence.table("monitors").records()}
    assert monitors["Freshness"]["on"] is False
    offered = evidence.table("to_add").records()
    assert offered[0]["monitor"] in evidence.words["add"]
    assert offered == sorted(offered, key=lambda r: -float(r["per_page"]))
    assert len(evidence.model_dump_json()) < 300_000


def test_the_usual_monitors_miss_something_and_harmless_changes_stay_benign(
    binary_project: Project,
) -> None:
    """What one begins with is not enough; a shift that does no harm is called harmless."""
    rows = {
        str(r["key"]): r
        for r in binary_project.evidence["monitoring"].table("catch_matrix").records()
    }
    assert rows["deletion_missed"]["caught"] is False
    assert rows["deletion_missed"]["only"]
    assert rows["harmless_shift"]["severity"] in ("", "benign")
    assert rows["null_flood"]["severity"] == "page"
    keys = {finding.key for finding in findings_of(binary_project, "monitoring")}
    assert {"missed", "add", "estimate_blind"} <= keys


def test_estimated_quality_fails_under_a_concept_shift(binary_project: Project) -> None:
    """Without labels the loss is known well on quiet days, and not at all when the world changes."""
    evidence = binary_project.evidence["monitoring"]
    assert evidence.value("estimate_error") < 0.15
    assert evidence.value("estimate_error_concept") > 3 * evidence.value("estimate_error")


def test_a_year_other_monitors_and_another_detector(other: Project) -> None:
    """A year of days; only what is on is drawn and counted; alerts carry owner and runbook."""
    evidence = other.evidence["monitoring"]
    assert "365 days" in evidence.words["stream"]
    assert "drawn to a year" in evidence.words["stream"]
    assert evidence.value("monitors_on") == 3
    assert {line.name for line in evidence.chart("timeline_input").series} == {"Drift (PSI)"}
    assert evidence.chart("timeline_business") is None
    assert evidence.table("events") is None
    for row in evidence.table("alerts").records():
        assert row["owner"] == "Me"
        assert row["runbook"] == "docs/runbook.md"
    keys = {finding.key for finding in findings_of(other, "monitoring")}
    assert not keys & {"no_owner", "no_runbook", "none_on"}


def test_what_really_happened_is_marked(binary_project: Project) -> None:
    """An event in the stream is drawn where it was, and told with what spoke near it."""
    answers = {"events": [EVENT, {**EVENT, "date": "1999-01-01"}], "monitors": []}
    project = measure_stage(binary_project.answered("monitoring", answers), "monitoring", _silent)
    evidence = project.evidence["monitoring"]
    assert "A storm" in {guide.label for guide in evidence.chart("overview").guides}
    inside, outside = evidence.table("events").records()
    assert inside["by"] == ""
    assert outside["by"] == "not in the held-out time"
    found = {finding.key: finding for finding in findings_of(project, "monitoring")}
    assert found["none_on"].level == "stop"
    assert evidence.value("incidents_caught") == 0


def test_every_chart_and_table_has_its_section(binary_project: Project) -> None:
    """Nothing named in a section is misspelt."""
    evidence = binary_project.evidence["monitoring"]
    there = {c.key for c in evidence.charts} | {t.key for t in evidence.tables}
    named = {key for keys in PLACES.values() for key in keys}
    assert named <= there
    assert place_of("overview") == "overview"
    assert place_of("cohort_1") == "overview"


def test_a_move_is_good_when_it_ends_or_contains() -> None:
    """Retraining on broken inputs is no remedy, mending them is."""
    assert good_move("unit_change", "fix_data")
    assert not good_move("unit_change", "retrain")


def test_what_is_lost_counts_the_day_of_the_alert() -> None:
    """A day is judged when it is over: noticed on the first day still costs that day."""
    caught = {"psi": Caught(0, "psi", 1.0, "page"), "loss": Caught(1, "loss", 1.0, "page")}
    outcome = Outcome(INCIDENTS["unit_change"], caught, np.array([5.0, 7.0, 11.0]))
    assert outcome.lost(("psi", "loss")) == 5.0
    assert outcome.lost(("loss",)) == 12.0
    assert outcome.lost(()) == 23.0
