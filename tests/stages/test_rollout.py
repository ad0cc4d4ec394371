"""The rollout of the five kinds and of shipped cases: plan, played test, way back, retraining."""

from __future__ import annotations

import json

import numpy as np
import pytest

from app.record.answers import AnswerError
from app.record.project import Project
from app.stages.road import findings_of
from app.stages.rollout.choices import Choices
from app.stages.rollout.steps import read_steps
from app.store import samples
from app.workshop import case_project, measure_stage
from tests.conftest import PROJECTS, small_project, small_table

SMALL = 200_000


def _silent(fraction: float, words: str) -> None:
    """Progress nobody listens to."""


def _short(project: Project) -> Project:
    """Measured up to a ladder of few rungs, which is climbed quickly."""
    project = project.answered("baselines", {"rungs": ["constant", "user_rule", "linear"]})
    for stage in ("framing", "data", "baselines"):
        project = measure_stage(project, stage, _silent)
    return project


def _again(project: Project, answers: dict) -> Project:
    """The rollout measured with other answers."""
    return measure_stage(project.answered("rollout", answers), "rollout", _silent)


def _keys(project: Project) -> dict[str, str]:
    return {f.key: f.level for f in findings_of(project, "rollout")}


@pytest.mark.parametrize("fixture", PROJECTS)
def test_every_kind_has_a_whole_rollout(fixture: str, request: pytest.FixtureRequest) -> None:
    """Plan, shadow, canary, played test, rehearsal and retraining, small enough to be stored."""
    project: Project = request.getfixturevalue(fixture)
    evidence = project.evidence["rollout"]
    for key in ("timeline", "power", "detectable_by_day", "shadow", "canary", "peeking"):
        assert evidence.chart(key) is not None, key
    for key in ("conclusions", "length", "example", "rehearsal", "retraining", "policies"):
        assert evidence.chart(key) is not None, key
    for key in ("ab_plan", "units", "canary", "guardrails", "trials", "rehearsal", "policies"):
        assert evidence.table(key).rows, key
    for key in ("detectable", "planned_days", "agreement", "chosen_error", "policy_saving"):
        assert evidence.value(key) is not None, key
    for key in ("cost_today", "expected_saving", "policy_saving", "agreement", "peek_error"):
        assert evidence.measure(key).low is not None, key
    assert len(json.dumps(evidence.to_json())) < SMALL
    assert any(look.stage == "rollout" for look in project.looks)


@pytest.mark.parametrize("fixture", PROJECTS)
def test_shares_add_up(fixture: str, request: pytest.FixtureRequest) -> None:
    """Right, wrong and nothing are all there is, and a fooled test is one of equal arms."""
    evidence = request.getfixturevalue(fixture).evidence["rollout"]
    for row in evidence.table("trials").records():
        assert row["right"] + row["wrong"] + row["nothing"] == pytest.approx(1.0)
        assert row["low"] <= row["false"] <= row["high"]
    shares = [row["share"] for row in evidence.table("shadow").records()]
    assert sum(shares) == pytest.approx(1.0)


def test_what_decisions_cost_is_what_the_baselines_say(binary_project: Project) -> None:
    """Lists or rows: the cost of today is the mean over the same rows by the same costs."""
    table = binary_project.evidence["rollout"].table("shadow").records()
    today = sum(row["share"] * row["today"] for row in table)
    assert today == pytest.approx(binary_project.evidence["rollout"].value("cost_today"))
    model = sum(row["share"] * row["model"] for row in table)
    saving = binary_project.evidence["rollout"].value("expected_saving")
    assert today - model == pytest.approx(saving)


def test_a_smaller_effect_takes_longer(binary_project: Project) -> None:
    """Half the saving takes about four times the days."""
    days = [
        _again(binary_project, {"effect": effect}).evidence["rollout"].value("days_needed")
        for effect in (400.0, 200.0)
    ]
    assert days[1] == pytest.approx(4 * days[0], rel=0.1)


def test_two_sides_cost_more_than_one(binary_project: Project) -> None:
    """Looking both ways shows less; looking every day shows less still."""
    shown = [
        _again(binary_project, answers).evidence["rollout"].value("detectable")
        for answers in (
            {"sides": "one", "stopping": "fixed"},
            {"stopping": "fixed"},
            {"stopping": "obrien_fleming"},
            {"stopping": "always_valid"},
        )
    ]
    assert shown == sorted(shown)


def test_peeking_is_a_stop_with_its_error(binary_project: Project) -> None:
    """Whoever stops at the first good day is told how often that fools."""
    project = _again(binary_project, {"stopping": "peek"})
    assert _keys(project)["peeking"] == "stop"
    assert project.evidence["rollout"].value("chosen_error") > 0.1
    calm = _again(binary_project, {"stopping": "always_valid"})
    assert "peeking" not in _keys(calm)
    assert calm.evidence["rollout"].measure("chosen_error").low <= 0.05


def test_one_side_never_concludes_harm(binary_project: Project) -> None:
    """Its error is the one asked for, and no test ends the wrong way round for a good model."""
    evidence = _again(binary_project, {"sides": "one", "stopping": "fixed"}).evidence["rollout"]
    rows = evidence.table("trials").records()
    assert evidence.measure("chosen_error").low <= 0.05
    assert evidence.value("true_saving") > 0
    assert all(row["wrong"] == 0 for row in rows)


def _grouped(shops: int, late: bool = False) -> Project:
    table = small_table(900)
    table["shop"] = [f"s{i % shops}" for i in range(len(table))]
    project = small_project(table).answered("data", {"group": "shop"})
    if late:
        columns = tuple(
            c.model_copy(update={"known": "after"}) if c.name == "shop" else c
            for c in project.data.columns
        )
        project = project.model_copy(
            update={"data": project.data.model_copy(update={"columns": columns})}
        )
    return _short(project)


def test_whole_groups_are_drawn_where_they_are_many() -> None:
    """Sixty shops: drawn as wholes; drawn row by row the page says what leaks."""
    project = _grouped(60)
    whole = _again(project, {})
    assert whole.evidence["rollout"].words["unit"] == "group"
    assert "interference" not in _keys(whole)
    rows = _again(project, {"unit": "row"})
    assert _keys(rows)["interference"] == "watch"


def test_few_groups_are_told() -> None:
    """Six shops: not drawn unless asked, and then the errors are not to be trusted."""
    project = _grouped(6)
    assert _again(project, {}).evidence["rollout"].words["unit"] == "row"
    asked = _again(project, {"unit": "group"})
    assert asked.evidence["rollout"].words["unit"] == "group"
    assert _keys(asked)["few_units"] == "watch"


def test_a_group_known_too_late_is_not_drawn() -> None:
    """What is filled in after the decision cannot decide who gets which way."""
    project = _again(_grouped(60, late=True), {"unit": "group"})
    assert project.evidence["rollout"].words["unit"] == "row"
    assert "only after the decision" in project.evidence["rollout"].words["unit_trouble"]
    assert _keys(project)["other_unit"] == "watch"


def test_days_as_units_take_longer(binary_project: Project) -> None:
    """There are few days: the same test shows less."""
    days = _again(binary_project, {"unit": "day"}).evidence["rollout"]
    rows = binary_project.evidence["rollout"]
    assert days.value("detectable") > rows.value("detectable")
    assert days.value("effective_units") == pytest.approx(days.value("planned_days"), rel=0.01)


def test_slices_get_their_own_answer(binary_project: Project) -> None:
    """A wide slice, a narrow one and one that cannot be read: each is told what the test says."""
    notes = [
        {"name": "North", "where": "place = 'north'"},
        {"name": "Rare", "where": "signal > 2.9"},
        {"name": "Broken", "where": "nothing here"},
    ]
    project = binary_project.answered("errors", {"cohorts": notes})
    project = _again(project, {})
    rows = {r["name"]: r for r in project.evidence["rollout"].table("segments").records()}
    assert rows["North"]["n"] > 100
    assert rows["North"]["detectable"] > project.evidence["rollout"].value("detectable")
    assert "Not enough data" in rows["Rare"]["note"]
    assert rows["Broken"]["n"] is None
    assert _keys(project)["segments_few"] == "watch"


def test_planted_harms_cost_and_nothing_wrong_does_not(binary_project: Project) -> None:
    """Answers of other cases are dearer than the model as it is; a good canary goes through."""
    rows = {r["harm"]: r for r in binary_project.evidence["rollout"].table("rehearsal").records()}
    assert rows["Answers of other cases"]["extra"] > rows["Nothing is wrong"]["extra"]
    assert rows["Nothing is wrong"]["caught"] < 0.1


def test_a_long_canary_notices_what_a_short_one_does_not(binary_project: Project) -> None:
    """More days, more decisions, more canaries taken back."""
    project = binary_project.answered("framing", {"decisions_per_year": 200_000.0})
    project = _short(project)
    caught = [
        _again(project, {"canary_days": days, "canary": "5, 25"}).evidence["rollout"]
        for days in (1, 10)
    ]
    assert caught[0].value("harm_caught") < caught[1].value("harm_caught")
    assert caught[1].value("harm_caught") > 0.95


def test_never_retraining_is_the_yardstick(binary_project: Project) -> None:
    """Against itself it saves nothing, in every period."""
    evidence = _again(binary_project, {"policy": "never"}).evidence["rollout"]
    assert evidence.value("policy_saving") == 0.0
    assert evidence.value("worse_periods") == 0.0
    assert evidence.table("policies").records()[0]["saved"] == 0.0


def test_an_old_model_in_a_new_world_is_retrained() -> None:
    """When the signal turns round in the test, learning again pays, and the replay proves it."""
    table = small_table(3000)
    start = len(table) * 4 // 10
    table.loc[start:, "signal"] = -table.loc[start:, "signal"]
    project = small_project(table).answered("data", {"test_share": 0.6})
    project = _short(project)
    project = _again(project, {"policy": "month", "gate": False})
    evidence = project.evidence["rollout"]
    assert evidence.measure("policy_saving").low > 0
    assert evidence.value("retrained") >= 1
    assert _keys(project)["policy_pays"] == "good"
    assert _keys(project)["no_gate"] == "watch"
    never = _again(project, {"policy": "never"})
    assert _keys(never)["never_costs"] == "watch"


def test_without_time_retraining_does_not_apply() -> None:
    """Said in words; everything else is there."""
    table = small_table(900).drop(columns="when")
    project = small_project(table).answered("data", {"time": ""})
    project = _short(project)
    evidence = _again(project, {"unit": "day"}).evidence["rollout"]
    assert evidence.words["retraining"].startswith("Does not apply")
    assert evidence.words["unit_trouble"] == "the rows have no dates"
    assert evidence.words["volume"] == "pretended"
    assert evidence.table("policies") is None
    assert evidence.chart("peeking") is not None


def test_one_rung_alone_has_nothing_to_roll_out() -> None:
    """Only the constant on the ladder: a sentence, no crash."""
    project = small_project(small_table()).answered("baselines", {"rungs": [], "rule": ""})
    for stage in ("framing", "data", "baselines", "rollout"):
        project = measure_stage(project, stage, _silent)
    assert "nothing" in project.evidence["rollout"].words
    assert list(_keys(project)) == ["nothing"]


def test_a_rule_on_top_is_compared_with_the_best_model() -> None:
    """Where the ladder recommends no model the page says so, and plans with the best there is."""
    project = small_project(small_table()).answered("baselines", {"chosen": "user_rule"})
    project = _again(_short(project), {})
    words = project.evidence["rollout"].words
    assert words["today"] == "Your rule"
    assert words["model"] == "Linear model"
    assert words["recommended"] == ""
    assert _keys(project)["no_model"] == "watch"


@pytest.mark.parametrize("text", ["", "5, 1", "0, 5", "5, 100", "one", "1 1", "nan"])
def test_steps_that_do_not_rise_are_refused(text: str) -> None:
    """With what is allowed, before anything is measured."""
    with pytest.raises(AnswerError, match="rising percentages") as told:
        Choices.check({"canary": text})
    assert told.value.problems[0].field == "canary"


@pytest.mark.parametrize("text", ["1, 5, 25", "1 % → 5 % → 25 %", "1;5;25"])
def test_steps_are_read_as_people_write_them(text: str) -> None:
    """Commas, arrows and percent signs."""
    assert read_steps(text) == pytest.approx((0.01, 0.05, 0.25))


def test_same_seed_same_rollout(regression_project: Project) -> None:
    """Measured again, every fact is the same."""
    again = measure_stage(regression_project, "rollout", _silent)
    assert again.evidence["rollout"].facts() == regression_project.evidence["rollout"].facts()


@pytest.mark.parametrize("case", [c.key for c in samples.cases()])
def test_every_case_says_how_it_goes_live(case: str) -> None:
    """Owner, way back, approver and the result that ends it are written, and can be taken."""
    given = case_project(case).answers["rollout"]
    choices = Choices.check(given)
    for key in ("owner", "way_back", "approver", "stop_if"):
        assert getattr(choices, key).strip(), key


def test_flights_cannot_be_drawn_by_aircraft_and_take_months() -> None:
    """The tail number comes too late; peeking fools; the frozen model is beaten by a monthly one."""
    project = _again(_short(case_project("flight_disruption")), {})
    evidence = project.evidence["rollout"]
    assert evidence.words["unit"] == "row"
    assert evidence.words["group_late"] == "yes"
    assert 90 < evidence.value("days_needed") < 180
    assert evidence.value("peek_error") > 0.25
    rows = {r["policy"]: r for r in evidence.table("policies").records()}
    assert rows["Every month, without a gate"]["low"] > 0
    periods = evidence.chart("retraining").x.order
    assert periods[0] == "2013-05"
    assert len(periods) == 8
    assert np.isfinite(evidence.value("rollback_cost"))
