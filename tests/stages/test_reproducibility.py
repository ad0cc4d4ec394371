"""Reproducibility: the same bits, the seeds, the contract, the lineage, and who may hand over."""

from __future__ import annotations

import json

import numpy as np
import pytest

from app.lab.replication import digest_of_answers
from app.record.evidence import Evidence
from app.record.project import Project
from app.stages.lineage import lineage
from app.stages.reproducibility import STAGE
from app.stages.reproducibility.choices import ColumnRule
from app.stages.road import BY_KEY, findings_of, fresh
from app.store import samples
from app.workshop import measure_stage, shelf
from tests.conftest import PROJECTS, small_project, small_table

KEY = "reproducibility"


def _silent(fraction: float, words: str) -> None:
    """Progress nobody listens to."""


def _again(project: Project, **answers: object) -> Project:
    return measure_stage(project.answered(KEY, answers), KEY, _silent)


def _keys(project: Project) -> dict[str, str]:
    return {finding.key: finding.level for finding in findings_of(project, KEY)}


@pytest.mark.parametrize("fixture", PROJECTS)
def test_every_kind_is_the_same_to_the_last_bit(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    """Fitted again from scratch, answers, scores and digests of all five kinds are the same."""
    project: Project = request.getfixturevalue(fixture)
    evidence = project.evidence[KEY]
    assert evidence.value("answers_differing") == 0
    assert evidence.value("score_difference") == 0
    assert all(evidence.table("again").column("same"))
    assert evidence.words["answers_digest"] == evidence.words["recorded_digest"]
    champion = shelf().get_pickle(f"{project.evidence['baselines'].digest}-champion")
    assert evidence.words["answers_digest"] == digest_of_answers(champion.out_of_fold)
    assert _keys(project)["again"] == "good"
    assert len(evidence.table("runs").rows) == len(
        project.evidence["baselines"].table("ladder").rows
    )


@pytest.mark.parametrize("rung", ["constant", "user_rule", "group_means", "boosting", "lightgbm"])
def test_any_rung_is_fitted_again(rung: str) -> None:
    """Whichever rung goes on, it can be made again, and its version is written without pickle."""
    project = small_project(small_table(300)).answered("baselines", {"chosen": rung, "folds": 2})
    for stage in ("framing", "data", "baselines", KEY):
        project = measure_stage(project, stage, _silent)
    evidence = project.evidence[KEY]
    assert evidence.value("answers_differing") == 0
    assert evidence.words["no_safe_format"] == ""
    assert len(evidence.words["version"]) == 12


def test_another_fit_is_seen(binary_project: Project) -> None:
    """A kept model that answers otherwise in one bit of one row is told, not passed over."""
    key = f"{binary_project.evidence['baselines'].digest}-champion"
    champion = shelf().get_pickle(key)
    place = int(np.flatnonzero(np.isfinite(champion.out_of_fold))[0])
    champion.out_of_fold[place] = np.nextafter(champion.out_of_fold[place], 2.0)
    before = shelf().get_pickle(key)
    shelf().put_pickle(key, champion)
    try:
        found = _again(binary_project)
    finally:
        shelf().put_pickle(key, before)
    assert found.evidence[KEY].value("answers_differing") == 1
    assert _keys(found)["again"] == "watch"
    assert found.evidence[KEY].table("again").column("same")[0] is False


def test_seeds_are_fitted_on_the_same_folds(binary_project: Project) -> None:
    """As many seeds as were asked for; none leaves the recorded one alone, without a finding."""
    rows = binary_project.evidence[KEY].table("seeds").records()
    assert [row["seed"] for row in rows] == [0, 1, 2, 3]
    assert [row["recorded"] for row in rows] == [True, False, False, False]
    alone = _again(binary_project, refits=0)
    assert len(alone.evidence[KEY].table("seeds").rows) == 1
    assert alone.evidence[KEY].measure("seed_spread") is None
    assert "seeds" not in _keys(alone)


def test_the_seed_of_a_drawn_fit_moves_the_score() -> None:
    """A forest without a fixed seed of its own scores otherwise with each; the spread says so."""
    project = small_project(small_table(300)).answered(
        "baselines",
        {
            "estimator": "RandomForestClassifier",
            "estimator_params": '{"n_estimators": 5}',
            "chosen": "own_estimator",
            "rungs": ["linear", "own_estimator"],
            "folds": 2,
        },
    )
    for stage in ("framing", "data", "baselines", KEY):
        project = measure_stage(project, stage, _silent)
    evidence = project.evidence[KEY]
    assert evidence.value("seed_spread") > 0
    scores = [float(row["score"]) for row in evidence.table("seeds").records()]
    assert evidence.value("seed_spread") == pytest.approx(max(scores) - min(scores))


def test_the_contract_is_derived_and_changed_by_hand(binary_project: Project) -> None:
    """A rule by hand changes what is refused and flagged, on the very rows it should."""
    evidence = binary_project.evidence[KEY]
    columns = {row["column"]: row for row in evidence.table("contract").records()}
    assert list(columns) == ["signal", "place", "holes", "filler"]
    assert columns["holes"]["missing"]
    assert not columns["signal"]["missing"]
    assert evidence.value("train_refused") == evidence.value("train_flagged") == 0
    rules = [
        {"column": "holes", "missing": "no"},
        {"column": "filler", "low": "0", "high": "24"},
        {"column": "gone", "low": "1"},
    ]
    changed = _again(binary_project, contract=rules)
    problem = shelf().get_pickle(f"{binary_project.evidence['data'].digest}-problem")
    table = small_table()
    rows = table.iloc[problem.rows[problem.split.test]]
    assert changed.evidence[KEY].value("test_refused") == pytest.approx(rows["holes"].isna().mean())
    told = {
        (r["column"], r["what"]): r for r in changed.evidence[KEY].table("violations").records()
    }
    assert told["filler", "outside the range"]["test"] == (rows["filler"] > 24).sum()
    keys = _keys(changed)
    assert keys["test_refused"] in ("watch", "stop")
    assert keys["contract_lost"] == "watch"
    assert keys["test_flagged"] == "watch"
    assert _keys(changed.answered(KEY, {"most_refused": 100.0}))["test_refused"] == "good"


def test_a_rule_that_cannot_be_names_its_column(binary_project: Project) -> None:
    """The measurement says which column, which value and what is allowed."""
    with pytest.raises(ValueError, match=r"reproducibility\.contract: signal: 'five'"):
        _again(binary_project, contract=[{"column": "signal", "low": "five"}])


def test_owners_and_approvals_stale_nothing(binary_project: Project) -> None:
    """Who stands for it is no input of the numbers; a range is."""
    owned = binary_project.answered(
        KEY, {"approval": "approved", "owner": "Ops", "most_refused": 5}
    )
    assert fresh(owned, KEY)
    ranged = binary_project.answered(KEY, {"contract": [{"column": "signal", "low": "0"}]})
    one = _again(ranged)
    two = one.answered(KEY, {"contract": [{"column": "signal", "low": "0", "owner": "Ops"}]})
    assert not fresh(ranged, KEY)
    assert fresh(two, KEY)


HANDED = {
    "approval": "approved",
    "approver": "Dana",
    "approved_on": "2026-01-05",
    "owner": "Ops",
    "rollback": "Move the alias back.",
}


def _judged(evidence: Evidence, **answers: object) -> dict[str, str]:
    choices = STAGE.choices.check(answers)
    return {finding.key: finding.level for finding in STAGE.judge(choices, evidence)}


def test_handing_over_needs_everything(binary_project: Project) -> None:
    """Each thing that is missing is a stop of its own; with all of them it is good."""
    evidence = binary_project.evidence[KEY]
    version = evidence.words["version"]
    whole = {**HANDED, "approved_version": version}
    assert _judged(evidence, **whole)["approved"] == "good"
    for key in ("owner", "rollback", "approver"):
        assert _judged(evidence, **{**whole, key: "  "})[f"no_{key}"] == "stop"
    assert _judged(evidence, **HANDED)["other_version"] == "stop"
    assert _judged(evidence, **{**whole, "approved_version": "0" * 12})["other_version"] == "stop"
    assert _judged(evidence, approval="rejected")["rejected"] == "stop"
    assert _judged(evidence)["draft"] == "watch"
    review = _judged(evidence, approval="in_review")
    assert review["no_owner"] == review["no_rollback"] == "stop"
    assert "no_approver" not in review
    ready = _judged(evidence, approval="in_review", owner="Ops", rollback="Move it back.")
    assert ready["in_review"] == "watch"
    worse = evidence.model_copy(update={"words": {**evidence.words, "verdict_kind": "worse"}})
    assert _judged(worse, **whole)["worse"] == "stop"


def test_a_score_beyond_its_interval_is_a_stop(binary_project: Project) -> None:
    """Another answer within the interval is to be watched, one beyond it stops."""
    evidence = binary_project.evidence[KEY]

    def moved(value: float) -> Evidence:
        changes = {"answers_differing": {"value": 5.0}, "score_again": {"value": value}}
        measures = tuple(m.model_copy(update=changes.get(m.key, {})) for m in evidence.measures)
        return evidence.model_copy(update={"measures": measures})

    inside = evidence.measure("score_again").value
    assert _judged(moved(inside))["again"] == "watch"
    assert _judged(moved(9.0))["again"] == "stop"


def test_a_seed_that_decides_is_watched(binary_project: Project) -> None:
    """Half the width of the interval is too much for luck."""
    evidence = binary_project.evidence[KEY]

    def spread(share: float) -> Evidence:
        measures = tuple(
            m.model_copy(update={"value": share}) if m.key == "seed_share" else m
            for m in evidence.measures
        )
        return evidence.model_copy(update={"measures": measures})

    assert _judged(spread(0.6))["seeds"] == "watch"
    assert _judged(spread(0.1))["seeds"] == "good"


def test_the_lineage_follows_what_is_stale(binary_project: Project) -> None:
    """Whole, every part is fresh; one changed cost stales the ladder and what hangs on it."""

    def states(project: Project) -> dict[str, str]:
        return {node.key: node.state for node in lineage(project).nodes}

    whole = states(binary_project)
    assert "stale" not in whole.values()
    assert {"table", "framing", "data", "baselines", "version", "errors", "document"} <= set(whole)
    changed = states(binary_project.answered("framing", {"cost_miss": 9.0}))
    assert changed["baselines"] == changed["version"] == changed["document"] == "stale"
    assert changed["data"] == whole["data"]
    bare = states(binary_project.model_copy(update={"evidence": {}}))
    assert bare["version"] == "not measured"
    assert bare["document"] == "incomplete"
    record = {
        "name": "small",
        "version": "3",
        "digest": binary_project.evidence[KEY].words["version"],
        "alias": "champion",
        "uri": "models:/small@champion",
        "at": "2026-01-05T00:00:00+00:00",
    }
    assert states(binary_project.answered(KEY, {"registered": record}))["registered"] == (
        "this version"
    )
    other = {**record, "digest": "0" * 12}
    assert states(binary_project.answered(KEY, {"registered": other}))["registered"] == (
        "another version"
    )


@pytest.mark.parametrize("key", [case.key for case in samples.cases()])
def test_the_answers_of_every_case_can_be_taken(key: str) -> None:
    """Each shipped case says who owns its model and how to go back, and names columns it has."""
    case = samples.case(key)
    answers = BY_KEY[KEY].choices.check(case.answers[KEY])
    assert answers.owner
    assert answers.rollback
    names = {column.name for column in case.columns}
    assert {rule.column for rule in answers.contract} <= names


def test_evidence_is_small(binary_project: Project) -> None:
    """What is saved at every change stays far below what would be felt."""
    assert len(json.dumps(binary_project.evidence[KEY].to_json())) < 60_000


def test_an_empty_rule_says_nothing() -> None:
    """A row of the editor that was opened and left is no rule."""
    assert ColumnRule(column="a").empty
    assert not ColumnRule(column="a", owner="Ops").empty
