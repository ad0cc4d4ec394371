"""The rows to read: for every kind of problem and every rung, with reasons, pictures and a kit."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.lab.shapley import explain
from app.record.evidence import Evidence
from app.record.project import Project
from app.record.stage import digest_of
from app.stages.bench import Bench
from app.stages.errors.choices import ACTIONS, CAUSES, Choices, RowNote
from app.stages.errors.kit import NAME, Kit
from app.stages.errors.priorities import findings
from app.stages.errors.queue import line_of
from app.stages.errors.reading import reading
from app.stages.errors.reasons import REASONS, keys_of
from app.stages.errors.rereading import opened, reader_of, reread
from app.stages.errors.scene import Scene, scene_of
from app.stages.errors.tally import SUGGESTED, tally
from app.stages.part import joined
from app.stages.road import BY_KEY, evidence_of, findings_of, fresh
from app.workshop import KeptThings, shelf, table_of
from tests.conftest import PROJECTS


def _bench(project: Project) -> Bench:
    return Bench(
        load_table=lambda: table_of(project),
        seed=project.seed,
        clock=time.perf_counter,
        progress=lambda fraction, words: None,
        shelf=KeptThings(shelf()),
        digests=lambda key: digest_of(project, key, BY_KEY),
        remake=lambda key: None,
        choices=lambda key: BY_KEY[key].chosen(project),
    )


def _scene(project: Project, rung: str = "auto") -> tuple[Scene, Bench]:
    bench = _bench(project.answered("errors", {"rung": rung}))
    return scene_of(Choices(rung=rung), project, bench), bench  # type: ignore[arg-type]


def _read(scene: Scene, bench: Bench) -> Evidence:
    return joined("errors", [reading(scene, Choices(), bench)])


@pytest.mark.parametrize("fixture", PROJECTS)
def test_every_kind_of_problem_has_a_queue(fixture: str, request: pytest.FixtureRequest) -> None:
    """Rows with a reason, a draw among them, a picture each, no row twice, at most sixty."""
    project = request.getfixturevalue(fixture)
    evidence = project.evidence["errors"]
    records = evidence.table("queue").records()
    rows = [record["row"] for record in records]
    least = 5 if fixture == "ranking_project" else 40
    assert least <= len(rows) <= 60
    assert len(set(rows)) == len(rows)
    assert all(keys_of(record["why"]) for record in records)
    assert sum(record["draws"] for record in records) >= min(least, 24)
    assert {f"row_{row}" for row in rows} <= {chart.key for chart in evidence.charts}
    assert evidence.words["label_noise"].startswith("Wrong labels: ")
    assert len({key for record in records for key in keys_of(record["why"])}) >= 3
    assert evidence.value("error_cost") <= evidence.value("mean_loss") + 1e-9
    assert len(evidence.model_dump_json()) < 300_000


@pytest.mark.parametrize("fixture", PROJECTS)
def test_every_rung_can_be_read(fixture: str, request: pytest.FixtureRequest) -> None:
    """Constant, rule, trees, past values: each has its queue, and a row put back is the row."""
    project = request.getfixturevalue(fixture)
    rungs = _bench(project).fetch("baselines", "rungs")
    for key in rungs:
        scene, bench = _scene(project, key)
        evidence = _read(scene, bench)
        kit: Kit = bench.fetch("errors", NAME)
        assert kit.rung == key
        row = int(str(evidence.table("queue").column("row")[0]))
        reader = reader_of(kit, scene.champion, scene.problem)
        fields = opened(reader, row)["fields"]
        assert {field["column"] for field in fields} == set(scene.problem.inputs)
        same = {field["column"]: field["value"] for field in fields}
        told = reread(reader, row, same)
        assert told["before"] == told["after"], key


@pytest.mark.parametrize("fixture", PROJECTS)
def test_a_waterfall_ends_at_the_output(fixture: str, request: pytest.FixtureRequest) -> None:
    """The bars of each picture lead from the base of the row to what the final model puts out."""
    project = request.getfixturevalue(fixture)
    scene, bench = _scene(project)
    evidence = _read(scene, bench)
    line = line_of(scene, bench)
    rows = scene.rows.iloc[line.at].reset_index(drop=True)
    about = explain(scene.champion.fitted, rows, scene.background, scene.problem.inputs)
    for place, at in enumerate(line.at):
        chart = evidence.chart(f"row_{int(scene.numbers[at])}")
        total = sum(size for series in chart.series for size in series.x)
        assert total == pytest.approx(about.values[place].sum(), rel=1e-3, abs=1e-3)


def test_each_row_says_when_it_was(forecasting_project: Project) -> None:
    """The time of the row in the user's table, though the model may not look at it."""
    table = table_of(forecasting_project)
    for record in forecasting_project.evidence["errors"].table("queue").records():
        assert pd.Timestamp(record["when"]) == table["when"].iloc[int(record["row"])]


def test_right_neighbours_are_right(binary_project: Project) -> None:
    """Each was decided rightly; same outcome and other outcome are what they say; never itself."""
    table = table_of(binary_project)
    for record in binary_project.evidence["errors"].table("neighbours").records():
        assert record["row"] != record["neighbour"]
        mine, theirs = (table["target"].iloc[int(record[key])] for key in ("row", "neighbour"))
        assert (mine == theirs) == (record["kind"] == "same outcome")
        acted = str(record["predicted"]).endswith(", acted")
        assert acted == (theirs == 1)
        assert 0 <= record["distance"] <= 1


def test_a_planted_wrong_label_is_read(binary_project: Project) -> None:
    """Outcomes that were swapped where the fold was sure come up as suspects."""
    scene, bench = _scene(binary_project)
    y = scene.y.copy()
    sure = np.argsort(-np.abs(scene.prediction - 0.5))[:10]
    y[sure] = (scene.prediction[sure] < 0.5).astype(float)
    line = line_of(replace(scene, y=y), bench)
    suspects = {item.at for item in line.queued if "label" in item.reasons}
    assert len(suspects & {int(at) for at in sure}) >= 5


def test_a_model_that_is_always_right_leaves_nothing_to_draw(binary_project: Project) -> None:
    """No cost to avoid, no random draw, no crash: what is left are close calls, or a sentence."""
    scene, bench = _scene(binary_project)
    perfect = replace(scene, prediction=scene.y.copy())
    evidence = _read(perfect, bench)
    assert evidence.value("error_cost") == 0
    table = evidence.table("queue")
    if table is None:
        assert "nothing to read" in evidence.words["queue"]
    else:
        assert not any(table.column("draws"))


def test_lists_say_what_stood_above_the_answer(ranking_project: Project) -> None:
    """Each list has its first item, the place of the answer, and what was ranked above it."""
    evidence = ranking_project.evidence["errors"]
    for record in evidence.table("queue").records():
        assert str(record["above"]).startswith(f"1. row {record['row']:,}")
        assert "at place" in record["was"]
    assert "Of lists it cannot be told" in evidence.words["label_noise"]


def test_an_edit_moves_the_prediction_and_says_what_was_never_seen(
    binary_project: Project,
) -> None:
    """The signal pushed up raises the chance; a value out of range is said; a bad one is refused."""
    scene, bench = _scene(binary_project, "linear")
    evidence = _read(scene, bench)
    reader = reader_of(bench.fetch("errors", NAME), scene.champion, scene.problem)
    row = int(str(evidence.table("queue").column("row")[0]))
    told = reread(reader, row, {"signal": 50.0, "place": "moon"})
    assert told["after"].endswith(", acted")
    assert any("signal: outside what the model has seen" in note for note in told["notes"])
    assert any("never seen “moon”" in note for note in told["notes"])
    bars = {name for series in told["chart"]["series"] for name in series["y"]}
    assert "signal = 50" in bars
    assert "is no number" in reread(reader, row, {"signal": "high"})["error"]
    assert reread(reader, -1, {}) is None


def test_an_edited_item_takes_another_place_in_its_list(ranking_project: Project) -> None:
    """The place among the other items of the list is told before and after."""
    scene, bench = _scene(ranking_project, "linear")
    evidence = _read(scene, bench)
    reader = reader_of(bench.fetch("errors", NAME), scene.champion, scene.problem)
    row = int(str(evidence.table("queue").column("row")[0]))
    low, high = (reread(reader, row, {"signal": value})["after"] for value in (-50.0, 50.0))
    assert low.endswith("place 6 of 6")
    assert high.endswith("place 1 of 6")


def _coded(project: Project, causes: list[str]) -> Project:
    table = project.evidence["errors"].table("queue")
    drawn = [record["row"] for record in table.records() if record["draws"]]
    notes = [RowNote(row=row, cause=c).to_json() for row, c in zip(drawn, causes, strict=False)]
    return project.answered("errors", {"notes": notes})


def test_coded_draws_become_upper_bounds(binary_project: Project) -> None:
    """Twelve random rows coded: shares times the cost of all errors, the larger cause first."""
    project = _coded(binary_project, ["label_wrong"] * 4 + ["model_weak"] * 8)
    evidence = evidence_of(project, "errors")
    assert fresh(project, "errors")
    rows = {record["cause"]: record for record in evidence.table("taxonomy").records()}
    total = evidence.value("error_cost")
    weak = rows[CAUSES["model_weak"]]
    assert weak["gain"] == pytest.approx(total * weak["share"])
    assert weak["low"] < weak["gain"] < weak["high"]
    assert evidence.value("gain_model_weak") > evidence.value("gain_label_wrong")
    assert evidence.chart("gain").series[0].y[0] == CAUSES["model_weak"]
    first = next(f for f in findings_of(project, "errors") if f.key == "first_cause")
    assert CAUSES["model_weak"].lower()[1:] in first.title
    assert "cannot be told apart yet" in first.detail


def test_an_action_settles_what_comes_first(binary_project: Project) -> None:
    """With an action for the first cause the finding is good and names it."""
    project = _coded(binary_project, ["model_weak"] * 12)
    project = project.answered("errors", {"actions": {"model_weak": "new_feature"}})
    evidence = evidence_of(project, "errors")
    choices = BY_KEY["errors"].chosen(project)
    (first,) = findings(choices, evidence)
    assert first.level == "good"
    assert first.do == ACTIONS["new_feature"]
    assert evidence.table("taxonomy").records()[0]["action"] == ACTIONS["new_feature"]


def test_few_draws_are_not_enough_data(binary_project: Project) -> None:
    """Ten coded rows of which none was drawn say nothing about all errors."""
    table = binary_project.evidence["errors"].table("queue")
    picked = [record["row"] for record in table.records() if not record["draws"]][:10]
    notes = tuple(RowNote(row=row, cause="rare_case") for row in picked)
    choices = Choices(notes=notes)
    evidence = tally(choices, binary_project.evidence["errors"])
    assert evidence.chart("gain") is None
    assert evidence.table("taxonomy").records()[0]["gain"] is None
    assert [f.key for f in findings(choices, evidence)] == ["few_draws"]
    assert [
        f.key for f in findings(Choices(), tally(Choices(), binary_project.evidence["errors"]))
    ] == ["few_notes"]


def test_notes_on_rows_that_left_the_queue_are_kept_not_counted(binary_project: Project) -> None:
    """Another measurement may line up other rows: notes stay in the answers, shares stay honest."""
    choices = Choices(notes=(RowNote(row=10_000_000, cause="rare_case", comment="mine"),))
    evidence = tally(choices, binary_project.evidence["errors"])
    assert evidence.value("notes_coded") == 0
    assert choices.notes[0].comment == "mine"


def test_every_cause_has_a_suggestion_and_every_reason_words() -> None:
    """The catalogues are complete, and no words hold what separates them."""
    assert set(SUGGESTED) == {key for key in CAUSES if key}
    assert set(SUGGESTED.values()) <= set(ACTIONS)
    assert all(keys_of(words) == (key,) for key, words in REASONS.items())


def test_wild_columns_can_be_read(binary_project: Project) -> None:
    """A column of distinct texts, a constant one, dates and holes: a queue, and each is editable."""
    scene, bench = _scene(binary_project, "constant")
    n = len(scene.rows)
    wild = pd.DataFrame(
        {
            "signal": scene.rows["signal"],
            "place": scene.rows["place"],
            "holes": np.nan,
            "filler": [f"text {i}" for i in range(n)],
        }
    )
    evidence = _read(replace(scene, rows=wild, background=wild.iloc[:50]), bench)
    kit: Kit = bench.fetch("errors", NAME)
    reader = reader_of(kit, scene.champion, scene.problem)
    row = int(str(evidence.table("queue").column("row")[0]))
    told = reread(reader, row, {"filler": "anything", "holes": 3.0, "place": None})
    assert told["before"] == told["after"]
    assert len(told["notes"]) == 3
