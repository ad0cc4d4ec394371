"""Serving: the way that follows, the ladder of fallbacks, and what dependencies cost."""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any

import numpy as np
import pytest

from app.document.writer import write
from app.lab.capacity import Volume
from app.lab.queueing import later_than
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.project import Project
from app.stages.road import findings_of, fresh
from app.stages.serving import STAGE
from app.stages.serving.choices import Choices
from app.stages.serving.judgment import judge
from app.stages.serving.ladder_models import ladder_models
from app.stages.serving.load import Plan, load_of
from app.workshop import bench_of, measure_stage, shelf
from tests.conftest import PROJECTS, small_project, small_table

SENSOR = {"name": "Sensor", "columns": ["signal"], "fresh_minutes": 10.0}
REGISTER = {"name": "Register", "columns": ["place", "filler"], "fresh_minutes": 2880.0}
YEAR = 1_000_000.0


def _silent(fraction: float, words: str) -> None:
    """Progress nobody listens to."""


@cache
def _ready() -> Project:
    """A small project whose ladder is climbed, with a known volume."""
    project = small_project(small_table())
    project = project.answered("framing", {"decisions_per_year": YEAR})
    for stage in ("framing", "data", "baselines"):
        project = measure_stage(project, stage, _silent)
    return project


def _again(project: Project, **answers: Any) -> Project:
    quick = {"timed_seconds": 0.05, **answers}
    return measure_stage(project.answered("serving", quick), "serving", _silent)


def _served(**answers: Any) -> Project:
    return _again(_ready(), **answers)


@cache
def _with_feeds() -> Project:
    return _served(dependencies=[SENSOR, REGISTER])


def _evidence(project: Project) -> Evidence:
    return project.evidence["serving"]


def _keys(project: Project) -> dict[str, str]:
    return {f.key: f.level for f in findings_of(project, "serving")}


def _steps(project: Project) -> dict[str, dict[str, Any]]:
    return {str(r["key"]): r for r in _evidence(project).table("fallbacks").records()}


@pytest.mark.parametrize("fixture", PROJECTS)
def test_every_kind_of_prediction_has_its_ladder(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    """Model, reduced model, rule, constant and person stand below one another, with intervals.

    Fitted again on the folds of the ladder, the model costs what its out-of-fold answers cost.
    """
    whole: Project = request.getfixturevalue(fixture)
    project = _again(whole, dependencies=[SENSOR, REGISTER])
    steps = _steps(project)
    assert list(steps) == ["full", "reduced", "rule", "constant", "person"]
    for row in steps.values():
        assert row["low"] <= row["cost"] <= row["high"]
        assert row["low"] >= 0
    assert steps["person"]["basis"] == "assumed"
    if steps["full"]["n"] == _steps(whole)["full"]["n"]:
        assert steps["full"]["cost"] == pytest.approx(_steps(whole)["full"]["cost"])
    assert fresh(project, "serving")


def test_same_seed_same_facts() -> None:
    """Measured twice, everything but clock times is the same byte for byte."""
    one, two = (
        json.dumps(_evidence(_served(dependencies=[SENSOR, REGISTER])).facts(), sort_keys=True)
        for _ in range(2)
    )
    assert one == two


def test_clock_times_are_marked() -> None:
    """Latency, workers and cost of the service are no facts; volume and storage are."""
    marks = {m.key: m.timing for m in _evidence(_served()).measures}
    for key in ("latency_p50", "throughput", "cold_start_ms", "workers", "service_per_year"):
        assert marks[key]
    for key in ("peak_rate", "log_gb_per_year", "log_row_bytes", "size_kb", "cost_full"):
        assert not marks[key]


def test_losing_what_carries_the_model_costs_most() -> None:
    """Without the signal the model is far worse; without place and filler hardly."""
    rows = {r["name"]: r for r in _evidence(_with_feeds()).table("dependencies").records()}
    assert rows["Sensor"]["gone_low"] > rows["Register"]["gone_high"]
    assert rows["Sensor"]["best"] != "Full model, columns missing"
    assert _evidence(_with_feeds()).value("worst_loss") == rows["Sensor"]["gone"]


def test_the_only_way_left_is_a_single_point_of_failure() -> None:
    """Model and rule read the sensor and no reduced model stands below: it is said."""
    two = _served(dependencies=[SENSOR, REGISTER], steps=["rule", "constant"])
    assert _keys(two)["single_point"] == "watch"
    assert "single_point" not in _keys(_with_feeds())


def _serving_another(key: str, feed: dict[str, Any] = SENSOR) -> Project:
    """The project as if another rung of its ladder had been chosen."""
    evidence = _ready().evidence["baselines"]
    words = {**evidence.words, "chosen": key}
    changed = evidence.model_copy(update={"words": words})
    project = _ready().model_copy(update={"evidence": {**_ready().evidence, "baselines": changed}})
    answers = {"dependencies": [feed], "timed_seconds": 0.05}
    return measure_stage(project.answered("serving", answers), "serving", _silent)


def test_a_dependency_the_model_does_not_read_costs_nothing() -> None:
    """Blanking columns that it does not look at leaves every answer as it was."""
    found = _serving_another("one_rule", {"name": "Spare", "columns": ["filler"]})
    row = _evidence(found).table("dependencies").records()[0]
    assert row["read"] == ""
    assert row["gone"] == 0


def test_a_rule_without_its_columns_is_no_reduced_model() -> None:
    """Where the served rung is the rule itself, the step is left out with its reason."""
    found = _serving_another("user_rule")
    assert "reduced" not in _steps(found)
    assert _evidence(found).words["no_reduced"].startswith("There is no reduced model")


def test_every_rung_can_be_served() -> None:
    """Whatever stands on the ladder can be timed, and falls back on something."""
    rungs = shelf().get_pickle(f"{_ready().evidence['baselines'].digest}-rungs")
    assert len(rungs) > 5
    for key in rungs:
        found = _serving_another(key)
        assert _evidence(found).value("latency_p50") > 0
        assert len(_steps(found)) >= 3
        findings_of(found, "serving")


def test_what_the_reduced_model_still_reads_it_loses_too() -> None:
    """A dependency that is not spared has no reduced model to fall back on."""
    kept = {**REGISTER, "spared": False}
    found = _served(dependencies=[SENSOR, kept])
    rows = {r["name"]: r for r in _evidence(found).table("dependencies").records()}
    assert rows["Sensor"]["reduced"] is not None
    assert rows["Register"]["reduced"] is None
    assert _steps(found)["reduced"]["does"].endswith("without signal")
    less = _steps(found)["reduced"]["cost"]
    assert less <= _steps(_with_feeds())["reduced"]["cost"]


@pytest.mark.parametrize(
    ("answers", "way"),
    [
        ({}, "online"),
        ({"arrival": "known_before"}, "batch"),
        ({"arrival": "event"}, "streaming"),
        ({"arrival": "request", "dependencies": [SENSOR, REGISTER]}, "hybrid"),
        ({"arrival": "request", "dependencies": [SENSOR]}, "online"),
        ({"arrival": "known_before", "dependencies": [SENSOR]}, "hybrid"),
        ({"arrival": "known_before", "dependencies": [SENSOR], "every_minutes": 5.0}, "batch"),
    ],
)
def test_the_way_follows_from_the_answers(answers: dict[str, Any], way: str) -> None:
    """How cases come in and how fresh columns must be decide; the reason stands beside it."""
    evidence = _evidence(_served(**answers))
    assert evidence.words["advised"] == evidence.words["mode"] == way
    rows = evidence.table("ways").records()
    assert len(rows) == 4
    assert all(r["why"] and r["noticed"] for r in rows)
    assert next(r for r in rows if r["why"] == evidence.words["advice"])["fits"]


def test_a_forecast_ahead_is_a_batch(forecasting_project: Project) -> None:
    """Known a day before and nothing fresher than a day: nothing needs to be up."""
    assert _evidence(forecasting_project).words["mode"] == "batch"


def test_another_way_is_taken_and_asked_why() -> None:
    """The chosen way is served; without a reason it is asked for one."""
    found = _served(mode="streaming")
    assert _evidence(found).words["mode"] == "streaming"
    assert next(f for f in findings_of(found, "serving") if f.key == "other_way").do
    reasoned = found.answered("serving", {"mode_reason": "The bus is there already."})
    assert not next(f for f in findings_of(reasoned, "serving") if f.key == "other_way").do
    assert fresh(reasoned, "serving")


def test_the_limit_of_the_framing_is_kept_or_a_stop() -> None:
    """Too slow on the whole way is a stop; with time to spare it is good; in a batch it is nothing."""
    assert _keys(_served(lookup_ms=10_000.0))["too_slow"] == "stop"
    assert _keys(_served())["in_time"] == "good"
    assert _keys(_served(lookup_ms=430.0))["tight"] == "watch"
    assert not {"too_slow", "in_time", "tight"} & set(_keys(_served(arrival="known_before")))


def test_the_steps_of_the_budget_add_up() -> None:
    """What is reached at the end is the whole way, and the limit less it is the slack."""
    evidence = _evidence(_served(network_ms=7.0, lookup_ms=3.0))
    last = evidence.table("latency_budget").records()[-1]
    assert last["reached"] == pytest.approx(evidence.value("answer_ms"))
    assert last["left"] == pytest.approx(evidence.value("slack_ms"))
    assert last["reached"] + last["left"] == pytest.approx(500)


def test_an_outage_costs_its_decisions_times_what_each_is_worse_by() -> None:
    """Every cell of the table is decisions times extra cost per 1,000, ends of the interval too."""
    project = _with_feeds()
    steps = {r["step"]: r for r in _steps(project).values()}
    rows = [r for r in _evidence(project).table("outages").records() if r["fallback"] in steps]
    assert len(rows) == 4 * (len(steps) - 1)
    minutes = {"1 minute": 1, "10 minutes": 10, "1 hour": 60, "24 hours": 1440}
    for row in rows:
        assert row["decisions"] == pytest.approx(YEAR / 365 * minutes[row["length"]] / 1440)
        step = steps[row["fallback"]]
        for name, per_1000 in (("extra", "extra"), ("low", "extra_low"), ("high", "extra_high")):
            assert row[name] == pytest.approx(row["decisions"] * step[per_1000] / 1000)


def test_people_take_no_more_than_they_can() -> None:
    """Beyond their hour's work decisions stay undone, at the cost of doing nothing."""
    few = _evidence(_served(person_per_hour=10.0)).table("outages").records()
    row = next(r for r in few if r["fallback"] == "Person" and r["length"] == "1 hour")
    idle = next(r for r in few if r["fallback"] == "Nobody decides" and r["length"] == "1 hour")
    person = _steps(_served())["person"]["extra"]
    left = row["decisions"] - 10
    assert row["taken"] == 10
    assert row["extra"] == pytest.approx(
        (10 * person + left * idle["extra"] / row["decisions"] * 1000) / 1000
    )


def test_a_person_who_is_always_wrong_is_worse_than_nothing() -> None:
    """A fallback whose whole interval lies above doing nothing is a stop."""
    assert _keys(_served(person_wrong=1.0))["worse_than_nothing_person"] == "stop"


def test_a_ladder_out_of_order_is_said(regression_project: Project) -> None:
    """A rule that beats the reduced model beyond doubt should stand above it."""
    found = _again(regression_project, dependencies=[SENSOR, REGISTER])
    steps = _steps(found)
    assert steps["rule"]["above_high"] < 0
    assert _keys(found)["order_rule"] == "watch"


def test_no_step_below_is_a_stop() -> None:
    """Nothing stands below the model: what happens to a decision is not known."""
    assert _keys(_served(steps=[]))["no_fallback"] == "stop"


def test_agreements_are_asked_for_and_change_no_measurement() -> None:
    """Owner, trigger, way back and rehearsal are asked for every step; writing them keeps it fresh."""
    project = _served(steps=["rule"])
    assert {"fallback_no_owner", "fallback_no_rehearsed"} <= set(_keys(project))
    note = {"step": "rule", "trigger": "5 s", "owner": "Ana", "way_back": "Ana", "rehearsed": "May"}
    agreed = project.answered("serving", {"fallbacks": [note], "owner": "Ana"})
    assert not [key for key in _keys(agreed) if key.startswith("fallback_no")]
    assert fresh(agreed, "serving")


def test_texts_of_a_dependency_change_no_measurement() -> None:
    """Owner and plan may be written later; columns and freshness are measured."""
    project = _with_feeds()
    later = [{**SENSOR, "late": "Rule after 5 minutes", "owner": "Feed team"}, REGISTER]
    assert fresh(project.answered("serving", {"dependencies": later}), "serving")
    other = [{**SENSOR, "columns": ["holes"]}, REGISTER]
    assert not fresh(project.answered("serving", {"dependencies": other}), "serving")


def test_slices_of_others_are_measured_there() -> None:
    """Where the rule or a person decides a slice, its cost there stands beside the model's."""
    cohorts = [
        {"name": "North", "where": "place == north", "fallback": "rule"},
        {"name": "South", "where": "place == south", "fallback": "human"},
        {"name": "East", "where": "place == east", "fallback": ""},
        {"name": "Few", "where": "signal > 2.6", "fallback": "rule"},
        {"name": "Late", "where": "leak > 0.5", "fallback": "rule"},
    ]
    project = _ready().answered("errors", {"cohorts": cohorts})
    project = project.answered("serving", {"timed_seconds": 0.05})
    project = measure_stage(project, "serving", _silent)
    rows = {r["name"]: r for r in _evidence(project).table("slice_fallbacks").records()}
    assert list(rows) == ["North", "South", "Few", "Late"]
    north = rows["North"]
    assert north["gain"] == pytest.approx(north["model"] - north["other"])
    assert north["low"] < north["gain"] < north["high"]
    assert rows["Few"]["note"].startswith("Not enough data")
    assert "not known at the decision" in rows["Late"]["note"]
    assert _keys(project)["slice_fallback_dearer"] == "watch"
    changed = project.answered("errors", {"cohorts": cohorts[:1]})
    assert not fresh(changed, "serving")


def test_without_a_volume_nothing_is_made_up(binary_project: Project) -> None:
    """Nobody said how many decisions there are: no workers, no cost, no outages, and it is said."""
    evidence = _evidence(binary_project)
    assert evidence.value("workers") is None
    assert evidence.table("outages") is None
    assert _keys(binary_project)["no_volume"] == "watch"


def _plan(**changes: Any) -> Plan:
    given: dict[str, Any] = {
        "mode": "online",
        "choices": Choices(worker_hour=1.0, storage_gb_month=0.0),
        "volume": Volume(31_536_000.0, peak=10.0),
        "service_s": 0.1,
        "limit_s": 1.0,
        "network_s": 0.0,
        "slack_s": 0.5,
        "rows_per_second": 100.0,
        "start_s": 0.0,
        "rows_per_decision": 1,
        "row_bytes": 100.0,
    }
    return Plan(**{**given, **changes})


def test_workers_follow_from_the_peak() -> None:
    """Ten a second of a tenth of a second each are one worker's work: at most 0.6 busy, two."""
    found = load_of(_plan())
    assert found.workers == 2 + 1
    assert found.busy == pytest.approx(0.5)
    assert found.late == pytest.approx(later_than(1.0, 10.0, 0.1, 2))
    assert found.cost.workers == pytest.approx(3 * 24 * 365)
    assert _plan().logged_gb == pytest.approx(3.1536)


def test_a_batch_pays_for_its_runs() -> None:
    """A day's 86,400 decisions at 100 rows a second are 864 s of one worker a day."""
    found = load_of(_plan(mode="batch"))
    assert found.workers == 1
    assert found.busy == pytest.approx(864 / 86_400)
    assert found.cost.workers == pytest.approx(365 * 864 / 3600)


def test_a_run_must_end_before_the_next() -> None:
    """Ten times what a worker does in the time between runs takes ten workers, and is a stop."""
    found = load_of(_plan(mode="batch", rows_per_second=0.1))
    assert found.workers == 10
    measures = (
        Measure(key="workers", label="", value=found.workers),
        Measure(key="busy", label="", value=found.busy),
    )
    evidence = Evidence(
        stage="serving", measures=measures, words={"mode": "batch", "advised": "batch"}
    )
    assert {f.key: f.level for f in judge(Choices(), evidence)}["run_too_long"] == "stop"


def test_cost_adds_up_and_is_offered_to_framing() -> None:
    """Parts add up to the year, the year to 1,000 decisions; Framing counting nothing is said."""
    found = _served(people_per_year=5000.0, worker_hour=0.5)
    evidence = _evidence(found)
    parts = evidence.table("service_cost").column("year")
    assert sum(parts) == pytest.approx(evidence.value("service_per_year"))
    each = evidence.value("service_per_1000")
    assert each == pytest.approx(1000 * evidence.value("service_per_year") / YEAR)
    assert evidence.value("saving_left") == pytest.approx(
        _ready().evidence["baselines"].value("saving_per_1000") - each
    )
    keys = _keys(found)
    assert keys["framing_apart"] == "watch"
    assert "people_free" not in keys
    ruinous = _served(people_per_year=1e9)
    assert _keys(ruinous)["service_eats_saving"] == "stop"


def test_the_mean_of_the_steps_is_over_1000_decisions() -> None:
    """Doing nothing costs what the misses cost, counted by hand on the same rows."""
    project = _served()
    rungs = shelf().get_pickle(f"{project.evidence['baselines'].digest}-rungs")
    problem = shelf().get_pickle(f"{project.evidence['data'].digest}-problem")
    known = np.isfinite(rungs[project.evidence["baselines"].words["chosen"]].out_of_fold)
    by_hand = 1000 * 5.0 * problem.y[known].mean()
    assert _evidence(project).value("cost_idle") == pytest.approx(by_hand)


def test_the_document_tells_it_all() -> None:
    """Ways, ladder, agreements, dependencies and their pictures stand in the document."""
    text = write(_with_feeds())
    for words in ("Ways to serve, weighed", "The fallback ladder", "What an outage costs"):
        assert words in text
    for words in ("Sensor", "When a dependency is late or gone", "Last rehearsed"):
        assert words in text


def test_answers_are_timed_as_a_service_gives_them() -> None:
    """A rule's database is opened once, as in a service, and not again for every answer that is timed."""
    project = _ready().answered("baselines", {"chosen": "user_rule", "rungs": ["user_rule"]})
    project = _again(measure_stage(project, "baselines", _silent))
    digest = project.evidence["baselines"].digest
    rule = shelf().get_pickle(f"{digest}-rungs")["user_rule"].fitted
    row = small_table().iloc[:1]
    spent = []
    for _ in range(5):
        started = time.perf_counter()
        rule.predict(row)
        spent.append(1000 * (time.perf_counter() - started))
    assert _evidence(project).value("latency_p50") < min(spent) / 4


def test_ladder_models_are_those_that_were_measured() -> None:
    """Handed-on rungs have the costs of the fallback table, and each a threshold of its own."""
    project = _served(dependencies=[{**SENSOR, "columns": ["holes", "place"]}])
    bench = bench_of(project, "serving", _silent)
    found = ladder_models(STAGE.chosen(project), project, bench)
    steps = _steps(project)
    assert list(found.rungs) == ["model", "reduced", "rule", "constant"]
    assert set(found.fragile) == {"holes", "place"}
    assert not {"holes", "place"} & set(found.rungs["reduced"].fitted.inputs)
    for key, step in zip(found.rungs, ("full", "reduced", "rule", "constant"), strict=True):
        cost = found.rungs[key].cost
        assert (cost.value, cost.low, cost.high) == tuple(
            steps[step][name] for name in ("cost", "low", "high")
        )
    assert len(set(found.thresholds.values())) == 4
