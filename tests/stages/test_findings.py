"""What the stages find on tables with known faults."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from app.record.project import Project
from app.stages.road import STAGES, findings_of
from app.workshop import case_project, measure_stage
from tests.conftest import LADDER, measured, small_project, small_table


def _silent(fraction: float, words: str) -> None:
    """Progress nobody listens to."""


def _keys(project: Project, stage: str) -> dict[str, str]:
    return {f.key: f.level for f in findings_of(project, stage)}


def test_a_leak_left_in_is_a_stop_and_left_out_is_good() -> None:
    """The same column, judged by whether it is used."""
    inside = measure_stage(small_project(small_table(), leak=True), "data", _silent)
    outside = measure_stage(small_project(small_table()), "data", _silent)
    assert _keys(inside, "data")["leak_leak"] == "stop"
    assert _keys(outside, "data")["leak_leak"] == "good"


def test_flights_with_all_columns_names_both_leaks() -> None:
    """Left in, the departure delay and the missing tail number are named as stops."""
    project = case_project("flight_disruption")
    known = [c for c in project.data.names() if c != "late_or_lost"]
    found = _keys(
        measure_stage(project.answered("data", {"known": known}), "data", _silent), "data"
    )
    assert found["leak_leak_dep_delay"] == "stop"
    assert found["leak_tailnum"] == "stop"


def test_a_random_split_of_hotel_rates_is_called_what_it_is() -> None:
    """13.9 % copies make a random split a stop, with the figure in the words."""
    project = case_project("hotel_rates").answered("data", {"split": "random", "test_from": None})
    project = measure_stage(project, "data", _silent)
    stop = next(f for f in findings_of(project, "data") if f.key == "random_split_duplicates")
    assert stop.level == "stop"
    assert "13.9%" in stop.detail


def test_flights_reach_the_promised_score_without_leaks() -> None:
    """Trained January to April, boosting ranks May with ROC AUC of at least 0.77."""
    project = measured(case_project("flight_disruption"), *LADDER)
    evidence = project.evidence["baselines"]
    assert project.evidence["data"].words["test_period"] == "2013-05-01 to 2013-05-31"
    assert evidence.value("boosting_test_roc_auc") >= 0.77
    assert len(project.looks) == 1


def test_noise_is_not_worth_a_model() -> None:
    """With a target that nothing tells, the verdict does not recommend a model."""
    table = small_table(900)
    table["target"] = np.random.default_rng(5).permutation(table["target"])
    project = small_project(table).answered("baselines", {"rule": ""})
    for key in ("framing", "data", "baselines"):
        project = measure_stage(project, key, _silent)
    assert not project.evidence["baselines"].words["verdict"].startswith("Worth it")


def test_missing_targets_are_told() -> None:
    """Forty percent without a target is a stop that says what is left out."""
    table = small_table(900)
    table["target"] = table["target"].astype(float).where(np.arange(900) % 5 > 1)
    project = measure_stage(small_project(table), "data", _silent)
    finding = next(f for f in findings_of(project, "data") if f.key == "target_missing")
    assert finding.level == "stop"
    assert "40%" in finding.title


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"target": "nope"}, "target column 'nope' is not in the table"),
        ({"target": ""}, "no target is chosen"),
        ({"target": "place"}, "say which one counts"),
        ({"positive": "7"}, "'7' does not occur"),
        ({"time": "signal"}, "holds numbers, not dates"),
        ({"known": []}, "no column is marked as known"),
        ({"test_from": "2031-01-01"}, "no test rows"),
        ({"split": "group"}, "needs a group column"),
        ({"target": "place", "task": "regression"}, "not numeric"),
    ],
)
def test_answers_that_do_not_fit_the_table_are_explained(change: dict, words: str) -> None:
    """Each wrong role says what it is and what to do."""
    project = small_project(small_table(300)).answered("data", change)
    with pytest.raises(ValueError, match=words):
        measure_stage(project, "data", _silent)


def test_a_table_without_time_walks_the_whole_road() -> None:
    """Random split, pretended days, no crash, and it says the days are pretended."""
    table = small_table(900).drop(columns="when")
    project = small_project(table).answered("data", {"time": ""})
    project = measured(project)
    assert project.evidence["data"].words["split"] == "random"
    assert project.evidence["monitoring"].chart("timeline_input").x.kind == "category"


def test_strange_columns_walk_the_whole_road() -> None:
    """Infinite values, all-missing, constant, unique text and odd names break nothing."""
    table = small_table(700)
    rng = np.random.default_rng(0)
    table["infinite"] = np.where(rng.random(700) < 0.1, np.inf, rng.normal(size=700))
    table["empty"] = np.nan
    table["constant"] = 1
    table["id"] = [f"id{i}" for i in range(700)]
    table["a (b) | *c* <script>"] = pd.Categorical(rng.choice(["<b>", "{{x}}", "| "], 700))
    known = ["signal", "place", "infinite", "empty", "constant", "id", "a (b) | *c* <script>"]
    project = measured(small_project(table).answered("data", {"known": known}))
    assert set(project.evidence) == {stage.key for stage in STAGES}


def test_a_group_split_keeps_groups_apart() -> None:
    """Without a time but with a group the folds and the test keep groups whole."""
    table = small_table(800).drop(columns="when")
    table["shop"] = [f"s{i % 40}" for i in range(800)]
    project = small_project(table).answered("data", {"time": "", "group": "shop", "split": "group"})
    project = measured(project)
    assert project.evidence["data"].value("group_overlap") == 0.0


def test_capacity_limits_the_alarms() -> None:
    """With room for one case a day the threshold acts on about that many."""
    tight = small_project(small_table()).answered("framing", {"capacity_per_day": 0.5})
    tight = measured(tight)
    free = measured(small_project(small_table()))
    assert tight.evidence["baselines"].value("threshold") > free.evidence["baselines"].value(
        "threshold"
    )


def test_a_rung_that_is_not_there_is_told() -> None:
    """A package that is not installed, or a choice that does not stand there, is a finding."""
    project = small_project(small_table(300))
    rungs = ["constant", "linear", "catboost"]
    project = project.answered("baselines", {"rungs": rungs, "chosen": "seasonal_naive"})
    for stage in ("framing", "data", "baselines"):
        project = measure_stage(project, stage, _silent)
    evidence = project.evidence["baselines"]
    found = _keys(project, "baselines")
    assert found["choice_not_there"] == "watch"
    assert evidence.words["chosen"] in ("constant", "linear", "catboost")
    assert ("absent_rungs" in found) == ("absent" in evidence.words)
    stood = {str(r["rung"]) for r in evidence.table("ladder").records()}
    assert ("CatBoost" in stood) != ("absent_rungs" in found)
