"""The road: same seed same evidence, one answer stales exactly what depends on it."""

from __future__ import annotations

import json

import pytest

from app import PAGES, TEMPLATES
from app.document.writer import write
from app.record.evidence import Evidence
from app.record.finding import LEVELS
from app.record.project import Project
from app.record.stage import digest_of, inputs_of
from app.stages.road import (
    BY_KEY,
    STAGES,
    dependents,
    evidence_of,
    findings_of,
    fresh,
    state_of,
    to_measure,
)
from app.workshop import measure_all
from tests.conftest import PROJECTS, small_project, small_table

ALL = [stage.key for stage in STAGES]


@pytest.mark.parametrize("stage", STAGES, ids=lambda s: s.key)
def test_every_stage_is_whole(stage: object) -> None:
    """A stage has a page, a section, a question and needs that exist and come before."""
    key = stage.key  # type: ignore[attr-defined]
    assert (PAGES / f"{key}.py").exists()
    assert (TEMPLATES / "design_document" / "sections" / f"{key}.md.j2").exists()
    assert stage.question.endswith("?")  # type: ignore[attr-defined]
    assert stage.choices.stage == key  # type: ignore[attr-defined]
    for need in stage.needs:  # type: ignore[attr-defined]
        assert ALL.index(need) < ALL.index(key)
    for path in stage.reads:  # type: ignore[attr-defined]
        other, _, question = path.partition(".")
        assert BY_KEY[other].choices.question(question)


@pytest.mark.parametrize("fixture", PROJECTS)
def test_a_measured_project_is_whole(fixture: str, request: pytest.FixtureRequest) -> None:
    """Every stage of both tasks has evidence that is fresh, sourced and judged."""
    project: Project = request.getfixturevalue(fixture)
    for key in ALL:
        assert fresh(project, key)
        assert state_of(project, key) in ("measured", "attention")
        evidence = evidence_of(project, key)
        assert evidence is not None
        assert evidence.measures
        assert evidence.charts
        keys = [m.key for m in evidence.measures]
        assert len(keys) == len(set(keys))
        for measure in project.evidence[key].measures:
            assert measure.source == key
            assert measure.seed == 0
            if measure.low is not None and measure.value is not None and measure.high is not None:
                assert measure.low <= measure.value + 1e-9
                assert measure.value <= measure.high + 1e-9
        for finding in findings_of(project, key):
            assert finding.level in LEVELS
            if finding.because is not None:
                assert evidence.measure(finding.because) is not None, finding.key
            if finding.question is not None:
                assert BY_KEY[key].choices.question(finding.question)


def test_same_seed_same_evidence_byte_for_byte(binary_project: Project) -> None:
    """Measured again from nothing, every fact is the same; clocks aside."""
    bare = binary_project.model_copy(update={"evidence": {}, "looks": ()})
    # Not by `measured`, which keeps what was measured before.
    again = measure_all(bare, lambda fraction, words: None, lambda project, stage: None)
    for key in ALL:
        one, two = (
            json.dumps(p.evidence[key].facts(), sort_keys=True) for p in (binary_project, again)
        )
        assert one == two, key


def test_another_seed_is_another_measurement(binary_project: Project) -> None:
    """The seed is an input like any other."""
    other = binary_project.model_copy(update={"seed": 7})
    assert to_measure(other) == tuple(ALL)


FROM_BASELINES = [
    "baselines",
    "errors",
    "serving",
    "rollout",
    "reproducibility",
    "monitoring",
    "drills",
]
COHORT = {"name": "High", "where": "signal > 1", "fallback": ""}
STALES = [
    ("framing", {"cost_miss": 9.0}, ["framing", *FROM_BASELINES]),
    ("framing", {"decision": "Other words"}, []),
    ("framing", {"kill": "Never"}, []),
    ("data", {"label_delay_days": 2.0}, ["data", *FROM_BASELINES]),
    ("data", {"label": "Other words"}, []),
    ("data", {"task": "regression"}, ALL),
    ("baselines", {"folds": 4}, FROM_BASELINES),
    ("baselines", {"reason": "Because"}, []),
    ("errors", {"explained_rows": 70}, ["errors"]),
    ("errors", {"notes": [{"row": 1, "cause": "label_wrong", "comment": ""}]}, []),
    ("errors", {"cohorts": [COHORT]}, ["errors", "serving", "rollout", "monitoring", "drills"]),
    ("monitoring", {"onset_day": 9}, ["monitoring", "drills"]),
    ("monitoring", {"plan": {"null_flood": "fix_data"}}, []),
]


@pytest.mark.parametrize(("stage", "answers", "stale"), STALES)
def test_one_answer_stales_exactly_what_depends_on_it(
    binary_project: Project, stage: str, answers: dict, stale: list[str]
) -> None:
    """No more and no less than what the answer feeds."""
    changed = binary_project.answered(stage, answers)
    assert [key for key in ALL if not fresh(changed, key)] == stale
    assert list(to_measure(changed)) == stale


def test_who_decides_in_a_slice_stales_nothing(binary_project: Project) -> None:
    """A fallback is a decision, not an input of anything that was measured."""
    before = binary_project.answered("errors", {"cohorts": [COHORT]})
    after = binary_project.answered("errors", {"cohorts": [{**COHORT, "fallback": "rule"}]})
    for key in ALL:
        assert digest_of(before, key, BY_KEY) == digest_of(after, key, BY_KEY)


def test_going_back_makes_fresh_again(binary_project: Project) -> None:
    """The digest is of the inputs: undoing an answer needs no new measurement."""
    there = binary_project.answered("baselines", {"folds": 4})
    back = there.answered("baselines", {"folds": 3})
    assert to_measure(back) == ()


def test_other_data_stales_what_rests_on_rows(binary_project: Project) -> None:
    """Another table leaves only what never looked at rows."""
    other = binary_project.data.model_copy(update={"content_hash": "0" * 64})
    changed = binary_project.model_copy(update={"data": other})
    assert [key for key in ALL if fresh(changed, key)] == ["framing"]


def test_measuring_one_stage_measures_what_it_needs() -> None:
    """Errors need baselines need framing and data; monitoring is left alone."""
    project = small_project(small_table(300))
    assert to_measure(project, "errors") == ("framing", "data", "baselines", "errors")
    assert list(dependents("data")) == FROM_BASELINES


def test_stages_only_look_where_they_say(binary_project: Project) -> None:
    """Reading another stage's choices without naming it in the needs is an error."""
    from app.workshop import _needed

    assert _needed("errors", "framing").key == "framing"
    with pytest.raises(LookupError, match="without naming it"):
        _needed("framing", "baselines")


def test_a_new_version_of_the_method_is_part_of_the_digest(binary_project: Project) -> None:
    """When a method changes, older evidence goes stale."""
    inputs = inputs_of(binary_project, "data", BY_KEY)
    assert inputs["version"] == BY_KEY["data"].version
    assert digest_of(binary_project, "data", BY_KEY) == binary_project.evidence["data"].digest


def test_what_was_kept_can_be_made_again(binary_project: Project, home: object) -> None:
    """On a machine without the models, errors are measured all the same, with the same facts."""
    from app import workshop

    table = workshop.table_of(binary_project)
    workshop.shelf.cache_clear()
    workshop._table.cache_clear()
    try:
        workshop.shelf().put_table(table)
        found = workshop.measure_stage(binary_project, "errors", lambda fraction, words: None)
    finally:
        workshop.shelf.cache_clear()
        workshop._table.cache_clear()
    assert found.evidence["errors"].facts() == binary_project.evidence["errors"].facts()


def test_notes_are_counted_without_measuring(binary_project: Project) -> None:
    """The taxonomy follows the notes at once."""
    rows = [int(r) for r in binary_project.evidence["errors"].table("queue").column("row")]
    notes = [
        {"row": row, "cause": "label_wrong" if i < 3 else "rare_case", "comment": ""}
        for i, row in enumerate(rows[:5])
    ]
    changed = binary_project.answered("errors", {"notes": notes})
    evidence = evidence_of(changed, "errors")
    assert evidence.value("notes_coded") == 5
    assert evidence.table("taxonomy").records()[0]["n"] == 3
    assert fresh(changed, "errors")


def test_evidence_of_an_earlier_version_is_outdated_not_a_crash(binary_project: Project) -> None:
    """What cannot be judged any more says so, in every stage; what is fresh must be judged."""
    for key in BY_KEY:
        bare = Evidence(
            stage=key,
            tables=tuple(
                t.model_copy(
                    update={"columns": t.columns[:1], "rows": tuple(r[:1] for r in t.rows)}
                )
                for t in binary_project.evidence[key].tables
            ),
        )
        old = binary_project.measured(bare)
        assert state_of(old, key) == "stale"
        findings_of(old, key)
    assert "Monitoring" in write(binary_project.measured(Evidence(stage="monitoring")))
