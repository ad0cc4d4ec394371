"""What the shipped cases must say, measured."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from app.cli import main
from app.record.project import Project
from app.record.project_file import dump
from app.stages.road import findings_of
from app.store import samples
from app.workshop import case_project
from tests.conftest import LADDER, measured

KEYS = [case.key for case in samples.cases()]


@cache
def _laddered(key: str) -> Project:
    return measured(case_project(key), *LADDER)


@pytest.mark.parametrize("key", KEYS)
def test_every_case_climbs_its_ladder(key: str) -> None:
    """No rung fails, each has score and money with intervals, and the verdict is a sentence."""
    evidence = _laddered(key).evidence["baselines"]
    assert "failures" not in evidence.words
    assert evidence.words["verdict"].endswith(".")
    for record in evidence.table("ladder").records():
        for name in ("cv", "cv_low", "test", "test_low", "cost", "saving", "p50", "p99", "size"):
            assert record[name] is not None, (record["rung"], name)
        assert record["why"]
        assert record["holes"]
        assert record["readable"]
    assert evidence.measure("chosen_test_score").low is not None


@pytest.mark.parametrize("key", KEYS)
def test_no_case_uses_a_leak(key: str) -> None:
    """Filled in as shipped, no column in use raises an alarm, and no split is a stop."""
    found = findings_of(_laddered(key), "data")
    assert [f.title for f in found if f.level == "stop"] == []


def test_do_not_ship_a_model_for_flight_options() -> None:
    """Earliest first is as good as anything: the verdict is not to ship a model."""
    words = _laddered("flight_options").evidence["baselines"].words
    assert words["verdict"].startswith("Do not ship a model")
    assert words["chosen"] == "user_rule"
    assert words["verdict_kind"] == "no_model"


def test_the_rule_beats_the_frozen_model_in_the_thunderstorms() -> None:
    """In June and July the rule is cheaper than the model frozen in May, and the verdict says so."""
    evidence = _laddered("flight_disruption").evidence["baselines"]
    rows = {r["period"]: r for r in evidence.table("over_time").records()}
    assert list(rows) == [f"2013-{month:02d}" for month in range(5, 13)]
    assert rows["2013-06"]["saving"] < 0
    assert rows["2013-07"]["saving"] < 0
    assert "“your rule” wins in 2013-06, 2013-07" in evidence.words["verdict"]


def test_leaks_left_in_look_superb() -> None:
    """The delay at departure lifts the score far beyond what is honest; the table says by how much."""
    table = _laddered("flight_disruption").evidence["data"].table("leak_effect")
    gains = {r["column"]: r["gain"] for r in table.records()}
    assert gains["leak_dep_delay"] > 0.2
    assert 0 < gains["tailnum"] < 0.1


def test_it_answers_less_alone_when_the_new_species_comes() -> None:
    """Coverage before the new species is twice that after; what is answered stays right."""
    evidence = _laddered("rodent_species").evidence["baselines"]
    alone, right = evidence.chart("coverage_over_time").series
    share = dict(zip(alone.x, alone.y, strict=True))
    before = [share[str(year)] for year in range(1985, 1992)]
    after = [share[str(year)] for year in range(1997, 2003)]
    assert sum(before) / len(before) > 2 * sum(after) / len(after)
    assert min(right.y) > 0.8
    assert any(f.key == "unseen_classes" for f in findings_of(_laddered("rodent_species"), "data"))


def test_trees_grow_with_the_bikes() -> None:
    """Learned as a ratio, boosting follows two thirds more rides than it has ever seen."""
    rows = _laddered("bike_rentals").evidence["baselines"].table("ladder").records()
    score = {r["rung"]: r["test"] for r in rows}
    assert score["Gradient boosting"] < score["Same day of the season before"]
    assert score["Gradient boosting"] < score["Mean of the last four weeks"]
    assert score["Constant"] > 2 * score["Gradient boosting"]


def test_a_split_by_search_flatters_documentation_search() -> None:
    """Split by search the order looks far better than split by page."""
    data = _laddered("documentation_search").evidence["data"]
    assert data.value("random_split_score") - data.value("group_split_score") > 0.1


def test_costs_by_row_are_counted() -> None:
    """With a column of what misses cost, the money is that of the column, not a flat sum."""
    project = _laddered("wildlife_strikes")
    flat = measured(project.answered("framing", {"cost_column": ""}), *LADDER)
    mine, other = (p.evidence["baselines"].value("linear_cost_per_1000") for p in (project, flat))
    assert mine != other


def test_headless_show_holds_the_ladder_and_the_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One command prints the ladder in numbers and the verdict in words, as JSON."""
    path = tmp_path / "project.json"
    path.write_text(dump(_laddered("flight_options")), encoding="utf-8")
    assert main(["show", str(path), "--stage", "baselines", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["evidence"]["words"]["verdict"].startswith("Do not ship a model")
    ladder = next(t for t in shown["evidence"]["tables"] if t["key"] == "ladder")
    assert len(ladder["rows"]) == len(
        _laddered("flight_options").evidence["baselines"].table("ladder").rows
    )
