"""The report as a whole: vetoes stand whatever the average, unknown is not yes, and it is quick."""

from __future__ import annotations

import time

import pytest

from app.record.project import Project
from app.review import pictures, printed
from app.review.catalogue import BY_KEY
from app.review.reviewer import review
from app.review.sections import PROFILES
from app.store import samples
from app.workshop import case_project
from tests.review.good import stamped


def test_a_good_project_goes_on(good: dict[str, Project]) -> None:
    """Everything measured, nothing fires: Go, and the best grade in each dimension."""
    report = review(good["binary"])
    assert report.gate.verdict == "go"
    assert (report.gate.step, report.gate.following) == ("pilot", "production")
    assert {grade.level for grade in report.grades} == {3}
    assert report.letter == "A"


def test_production_is_reached_by_approval(good: dict[str, Project]) -> None:
    """Measured is not live: a step is reached when a version is approved and registered."""
    at = {"name": "m", "version": "1", "digest": "x", "alias": "champion", "uri": "x", "at": "x"}
    version = good["binary"].evidence["reproducibility"].words["version"]
    approved = {
        "approval": "approved",
        "approved_version": version,
        "approver": "Dana Ortiz",
        "approved_on": "2126-01-20",
        "registered": at,
    }
    report = review(stamped(good["binary"].answered("reproducibility", approved)))
    assert (report.gate.step, report.gate.following) == ("production", "maintenance")


def test_an_average_does_not_lift_a_veto(good: dict[str, Project]) -> None:
    """One veto stops it though nine dimensions of ten are at their best."""
    report = review(stamped(good["binary"].answered("serving", {"steps": []})))
    assert [one.rule.key for one in report.vetoes] == ["L33"]
    assert report.gate.verdict == "stop"
    assert report.average >= 2.7
    assert "does not lift a veto" in report.gate.because
    assert [g.level for g in report.grades if g.dimension == "serving"] == [1]


def test_a_major_finding_is_a_condition_with_owner_and_place(good: dict[str, Project]) -> None:
    """Conditional names what to show, by whom, where, and a way to go on."""
    report = review(stamped(good["binary"].answered("monitoring", {"first_move": ""})))
    assert report.gate.verdict == "conditional"
    (condition,) = report.gate.conditions
    assert condition.rule == "L37"
    assert condition.owner.startswith("Kim Larsen")
    assert any(words.startswith("Repair") for words in report.gate.variants)


@pytest.mark.parametrize(
    ("kept", "step", "lacking"),
    [
        ((), "concept", "Framing"),
        (("framing", "data"), "design", "Baselines"),
        (("framing", "data", "baselines", "errors"), "prototype", "Serving"),
        (("framing", "data", "baselines", "errors", "serving", "rollout"), "pilot", "Monitoring"),
    ],
)
def test_unknown_is_not_yes(
    good: dict[str, Project], kept: tuple[str, ...], step: str, lacking: str
) -> None:
    """A good project that is not measured yet may only go on under a condition."""
    evidence = {key: good["binary"].evidence[key] for key in kept}
    report = review(good["binary"].model_copy(update={"evidence": evidence}))
    assert report.gate.step == step
    assert report.gate.verdict == "conditional"
    assert lacking in report.gate.because


def test_the_same_project_gives_the_same_report_in_under_a_second(good: dict[str, Project]) -> None:
    """No clock, no chance, no network: twice the same, and quick."""
    flawed = good["multiclass"].answered("framing", {"anti_goals": ""})
    started = time.perf_counter()
    first = printed.to_json(review(flawed))
    assert time.perf_counter() - started < 1.0
    assert printed.to_json(review(flawed)) == first
    for finding in first["findings"]:
        assert {"rule", "section", "severity", "question", "fix"} <= set(finding)


def test_a_profile_looks_at_its_own_sections(good: dict[str, Project]) -> None:
    """A missing fallback is no business of the model card; readiness is of the whole project."""
    flawed = stamped(good["binary"].answered("serving", {"steps": []}))
    card, runbook = review(flawed, "model_card"), review(flawed, "runbook")
    assert not card.vetoes
    assert runbook.vetoes
    assert card.readiness == runbook.readiness
    for profile in PROFILES:
        assert all(one.rule.section in PROFILES[profile] for one in review(flawed, profile).noted)


def test_fixes_are_shown_when_asked_for(good: dict[str, Project]) -> None:
    """The lines ask; how to mend it comes on demand only."""
    report = review(stamped(good["binary"].answered("serving", {"steps": []})))
    fix = BY_KEY["L33"].fix
    assert not any(fix in line for line in printed.lines(report))
    assert any(fix in line for line in printed.lines(report, fixes=True))
    assert any(BY_KEY["L33"].question in line for line in printed.lines(report))


def test_pictures_say_what_the_numbers_say(good: dict[str, Project]) -> None:
    """Each cell of the heat map is a section at a level, each bar a dimension."""
    report = review(good["binary"])
    heat = pictures.heat(report.readiness)
    cells = dict(
        zip(zip(heat.series[0].y, heat.series[0].x, strict=True), heat.series[0].shade, strict=True)
    )
    for section in report.readiness.sections:
        assert cells[f"{section.key} {section.title}", "C"] == section.of("C")
    bars = pictures.rubric(report)
    assert sum(len(series.y) for series in bars.series) == 10


@pytest.mark.parametrize("case", [case.key for case in samples.cases()])
def test_texts_of_real_cases_are_not_accused(case: str) -> None:
    """Seven real projects as people filled them: no veto, and no rule on words cries wolf."""
    fired = {one.rule.key for one in review(case_project(case)).noted}
    assert not fired & {"L05", "L06", "L18", "L19", "L48", "L49", "L50", "L51", "L53", "L54", "L55"}
    assert not review(case_project(case)).vetoes


@pytest.mark.parametrize("words", ["save 9,970 USD per 1,000. ", "scaled ", "not a · ", "\u202e5 "])
def test_long_and_odd_texts_are_read_in_time(good: dict[str, Project], words: str) -> None:
    """50,000 characters that every pattern stumbles over: seconds at most, and few places a rule."""
    text = (words * 50_000)[:50_000]
    project = good["binary"].answered("framing", dict.fromkeys(("actions", "anti_goals"), text))
    started = time.perf_counter()
    report = review(project.answered("baselines", {"reason": text}))
    assert time.perf_counter() - started < 10.0
    assert len(report.noted) < 300
