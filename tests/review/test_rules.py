"""The catalogue is complete, and every rule can both fire and stay silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.record.project import Project
from app.record.table import Table
from app.review.catalogue import BY_KEY, RULES
from app.review.flaw import with_flaw
from app.review.flaws import FLAWS
from app.review.reviewer import noted_of, open_rules
from app.review.rule import SEVERITIES
from app.review.sections import DIMENSIONS, PROFILES, SECTIONS
from app.review.view import View
from app.stages.road import BY_KEY as STAGES
from tests.review.good import measuring, stamped

VETOES = {
    "L01",
    "L02",
    "L03",
    "L09",
    "L13",
    "L14",
    "L15",
    "L16",
    "L18",
    "L19",
    "L22",
    "L30",
    "L33",
    "L36",
    "L42",
    "L43",
    "L50",
    "L52",
    "L55",
}
MINORS = {"L04", "L28", "L34", "L39", "L47", "L48", "L49", "L53"}


def _fired(project: Project) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in noted_of(View(project)):
        found.setdefault(one.rule.key, one.severity)
    return found


def test_the_catalogue_is_complete() -> None:
    """L01 to L55 in order, each with everything a reader needs, and the severity of the reference."""
    assert [rule.key for rule in RULES] == [f"L{n:02d}" for n in range(1, 56)]
    for rule in RULES:
        assert rule.section in SECTIONS, rule.key
        assert rule.dimension in DIMENSIONS, rule.key
        assert rule.severity in SEVERITIES
        assert rule.question.endswith("?"), rule.key
        assert rule.fix not in rule.question
        assert min(len(rule.title), len(rule.why), len(rule.fix)) > 10, rule.key
        assert set(rule.needs) <= set(STAGES), rule.key
    assert {rule.key for rule in RULES if rule.severity == "veto"} == VETOES
    assert {rule.key for rule in RULES if rule.severity == "minor"} == MINORS
    assert set(DIMENSIONS) == {rule.dimension for rule in RULES}
    assert all(set(sections) <= set(SECTIONS) for sections in PROFILES.values())


def test_every_place_is_there(good: dict[str, Project]) -> None:
    """A finding leads to a question that exists; so does each that a flaw brings about."""
    places = [rule.place for rule in RULES]
    for flaw in FLAWS:
        flawed = with_flaw(good["binary"], flaw)
        places += [one.place for one in noted_of(View(flawed))] if flawed else []
    for place in places:
        if place.question:
            STAGES[place.stage].choices.question(place.question)
        assert place.stage in STAGES


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression", "ranking"])
def test_a_good_project_is_left_alone(good: dict[str, Project], task: str) -> None:
    """No rule fires, and none is silent because it could not look."""
    assert _fired(good[task]) == {}
    assert open_rules(View(good[task])) == ()


def _table(stage: str, key: str, **cells: Any) -> Callable[[Project], Project]:
    """Put one row into a table, made of the row before where there is one."""

    def change(project: Project) -> Project:
        found = project.evidence[stage]
        table = found.table(key)
        assert table is not None
        before = table.records()[0] if table.rows else dict.fromkeys(c.key for c in table.columns)
        row = tuple({**before, **cells}.values())
        other = Table(**{**table.__dict__, "rows": (row,)})
        tables = tuple(other if t.key == key else t for t in found.tables)
        return project.measured(found.model_copy(update={"tables": tables}))

    return change


def _without(stage: str, part: str, key: str) -> Callable[[Project], Project]:
    def change(project: Project) -> Project:
        found = project.evidence[stage]
        kept = tuple(one for one in getattr(found, part) if one.key != key)
        return project.measured(found.model_copy(update={part: kept}))

    return change


def _word(path: str, words: str) -> Callable[[Project], Project]:
    stage, _, key = path.partition(".")

    def change(project: Project) -> Project:
        found = project.evidence[stage]
        return project.measured(found.model_copy(update={"words": {**found.words, key: words}}))

    return change


def _value(path: str, **change: Any) -> Callable[[Project], Project]:
    return lambda project: measuring(project, path, **change)


def _answer(place: str, value: Any) -> Callable[[Project], Project]:
    stage, _, key = place.partition(".")
    return lambda project: project.answered(stage, {key: value})


def _unmeasured(stage: str) -> Callable[[Project], Project]:
    return lambda project: project.model_copy(
        update={"evidence": {k: v for k, v in project.evidence.items() if k != stage}}
    )


# Flaws that only a measurement can show: the rule, the kind of prediction, and what is changed.
MEASURED: tuple[tuple[str, str, tuple[Callable[[Project], Project], ...]], ...] = (
    ("L10", "multiclass", (_value("data.largest_class", value=0.9),)),
    (
        "L11",
        "binary",
        (_value("data.base_rate", value=0.05), _answer("baselines.metric_binary", "roc_auc")),
    ),
    ("L12", "binary", (_without("errors", "charts", "calibration"),)),
    ("L14", "binary", (_answer("data.label_delay_days", 20.0),)),
    ("L15", "binary", (_value("data.twin_share", value=0.2),)),
    (
        "L16",
        "binary",
        (
            _table("data", "leak_alarms", column="signal", severity="stop", used=True, reason="x"),
            _answer("data.known", ["signal", "place"]),
        ),
    ),
    ("L23", "regression", (_value("baselines.saving_per_1000", low=-4.0),)),
    ("L24", "regression", (_value("baselines.saving_per_1000", value=-4.0, low=-9.0, high=-1.0),)),
    ("L26", "binary", (_unmeasured("errors"),)),
    (
        "L27",
        "binary",
        (
            _table("errors", "slices", words="place is north", confirmed=True),
            _answer("errors.next_step", ""),
            _answer("errors.actions", {}),
        ),
    ),
    ("L31", "binary", (_word("reproducibility.no_safe_format", "Only as a pickle."),)),
    ("L41", "binary", (_value("rollout.days_needed", value=None, low=None, high=None),)),
    (
        "L44",
        "binary",
        (_answer("errors.sensitive", ["holes"]), _without("errors", "tables", "fairness_gaps")),
    ),
)


@pytest.mark.parametrize(("rule", "task", "changes"), MEASURED, ids=lambda v: str(v)[:8])
def test_a_flaw_in_what_was_measured_is_found(
    good: dict[str, Project],
    rule: str,
    task: str,
    changes: tuple[Callable[[Project], Project], ...],
) -> None:
    """Where only evidence can show it, the rule reads the evidence."""
    project = good[task]
    for change in changes:
        project = change(project)
    assert rule in _fired(stamped(project))


def test_what_changed_since_is_found(good: dict[str, Project]) -> None:
    """An answer changed after measuring makes what rests on it older than the change (L46)."""
    changed = good["binary"].answered("framing", {"cost_miss": 61.0})
    assert "L46" in _fired(changed)


def test_a_bar_set_after_the_results_is_found(good: dict[str, Project]) -> None:
    """The test was opened from the same answers without a bar: the bar came later (L25)."""
    before = stamped(good["binary"].answered("framing", {"bar": 0.0}))
    after = before.answered("framing", {"bar": 10.0})
    assert "L25" in _fired(after)
    again = stamped(after).model_copy(update={"looks": (*before.looks, *stamped(after).looks)})
    assert "L25" in _fired(again)
    assert "L25" not in _fired(good["binary"])


def test_a_test_opened_again_and_again_is_found(good: dict[str, Project]) -> None:
    """Each opening after a change is a chance to choose by the test (L19)."""
    (look,) = good["binary"].looks
    looks = tuple(look.model_copy(update={"digest": str(n)}) for n in range(6))
    assert "L19" in _fired(good["binary"].model_copy(update={"looks": looks}))
    assert "L19" not in _fired(good["binary"].model_copy(update={"looks": looks[:3]}))


def test_every_rule_can_fire() -> None:
    """No rule passes silently for ever: each has a flaw that it must find."""
    named = {flaw.rule for flaw in FLAWS} | {rule for rule, *_ in MEASURED} | {"L46", "L25", "L19"}
    assert named == set(BY_KEY)


def test_an_empty_project_is_open_not_passed(good: dict[str, Project]) -> None:
    """What nobody measured is unknown; vetoes on what is missing fire all the same."""
    bare = good["binary"].model_copy(update={"answers": {}, "evidence": {}, "looks": ()})
    assert {"L01", "L03"} <= set(_fired(bare))
    waiting = {rule.key for rule in open_rules(View(bare))}
    assert {"L15", "L23", "L37"} <= waiting
    assert not waiting & set(_fired(bare))
