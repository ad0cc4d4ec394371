"""Explanations as looks: what is said about the model is what the numbers say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.document.svg import draw
from app.record.chart import Axis, Chart
from app.record.evidence import Evidence
from app.record.measure import Measure
from app.record.project import Project
from app.record.table import Column, Table
from app.stages.errors.choices import Choices
from app.stages.errors.dependence import dependence, depends_on_others
from app.stages.errors.explained import explained
from app.stages.errors.explained_findings import findings
from app.stages.errors.explaining import explaining
from app.stages.errors.importances import named
from app.stages.errors.loss_columns import loss_columns
from app.stages.errors.scene import Scene, scene_of
from app.stages.errors.swarms import shades
from app.stages.part import Part
from app.stages.road import BY_KEY, digest_of
from app.workshop import KeptThings, shelf, table_of
from tests.conftest import PROJECTS

RUNGS = ("constant", "user_rule", "one_rule", "group_means", "linear", "shallow_tree", "boosting")
COHORTS = ("signal is high", "place is north")


def bench_of(project: Project) -> object:
    """A bench whose table and shelf are those of a measured project."""
    from app.stages.bench import Bench

    return Bench(
        load_table=lambda: table_of(project),
        seed=project.seed,
        clock=lambda: 0.0,
        progress=lambda fraction, words: None,
        shelf=KeptThings(shelf()),
        digests=lambda other: digest_of(project, other, BY_KEY),
        remake=lambda other: None,
        choices=lambda other: BY_KEY[other].chosen(project),
    )


def looked(project: Project, **answers: object) -> tuple[Scene, Part, Part]:
    """Both looks on a measured project with two cohorts."""
    choices = Choices(**{"explained_rows": 80, "refits": 2, **answers})
    bench = bench_of(project)
    scene = scene_of(choices, project, bench)
    masks = (scene.rows["signal"].to_numpy() > 0.5, (scene.rows["place"] == "north").to_numpy())
    scene = replace(scene, cohorts=dict(zip(COHORTS, masks, strict=True)))
    return scene, explaining(scene, choices, bench), loss_columns(scene, choices, bench)


@pytest.mark.parametrize("fixture", PROJECTS)
def test_every_kind_is_explained(fixture: str, request: pytest.FixtureRequest) -> None:
    """Each kind of prediction gets importance, dots, dependence and the columns of its errors, drawn."""
    project = request.getfixturevalue(fixture)
    _, told, lost = looked(project, rung="shallow_tree")
    keys = {c.key for c in (*told.charts, *lost.charts)}
    assert {
        "importance",
        "stability",
        "beeswarm",
        "dependence_1",
        "loss_columns",
        "loss_net",
    } <= keys
    assert {"explanation_cohort_1", "explanation_cohort_2", "loss_cohort_1"} <= keys
    assert ("columns_by_class" in keys) == (project.task == "multiclass")
    for chart in (*told.charts, *lost.charts):
        assert chart.says.endswith(".")
        assert draw(chart).startswith("<svg")
    assert told.words["explained"]
    assert "not what causes" in told.words["explanation_note"]


@pytest.mark.parametrize("rung", RUNGS)
def test_every_rung_is_explained_or_says_why_not(rung: str, binary_project: Project) -> None:
    """No rung breaks the look; one that reads nothing says so in a sentence."""
    _, told, lost = looked(binary_project, rung=rung, refits=0)
    table = next(t for t in told.tables if t.key == "importance")
    sizes = table.column("size")
    assert list(sizes) == sorted(sizes, reverse=True)
    assert lost.words["loss_explained"]
    if rung == "constant":
        assert told.charts[0].says == "The chosen rung looks at no column."
        assert lost.words["loss_explained"] == "The chosen rung looks at no column."


def test_the_same_seed_tells_the_same(binary_project: Project) -> None:
    """Two looks at the same project are equal to the last digit."""
    assert looked(binary_project)[1:] == looked(binary_project)[1:]


def test_the_signal_is_found_and_the_filler_is_not(binary_project: Project) -> None:
    """The column that makes the outcome comes first in predictions; the filler is no help in the loss."""
    _, told, lost = looked(binary_project, rung="linear")
    ranked = next(t for t in told.tables if t.key == "importance").column("column")
    assert ranked[0] == "signal"
    rows = {
        r["column"]: r for r in next(t for t in lost.tables if t.key == "loss_columns").records()
    }
    assert float(rows["signal"]["high"]) < 0
    assert float(rows["signal"]["net"]) < float(rows["filler"]["net"])


def test_ranks_of_refits_lie_around_the_rank(binary_project: Project) -> None:
    """Best rank is never behind worst rank, and every rank lies among the columns."""
    _, told, _ = looked(binary_project, rung="linear", refits=4)
    table = next(t for t in told.tables if t.key == "importance")
    for row in table.records():
        assert 1 <= int(row["best_rank"]) <= int(row["worst_rank"]) <= len(table.rows)
    assert next(m for m in told.measures if m.key == "rank_agreement").n == 4


def test_an_additive_model_is_not_colored(binary_project: Project) -> None:
    """Where nothing but the value decides, no partner is named."""
    _, told, _ = looked(binary_project, rung="linear")
    plots = [c for c in told.charts if c.key.startswith("dependence")]
    assert plots
    assert all(c.colors is None for c in plots)


@pytest.mark.parametrize("kind", ["number", "text", "few numbers"])
def test_a_bent_effect_is_told_from_a_straight_one(kind: str) -> None:
    """A function of the column alone is additive; one that another column flips is not."""
    rng = np.random.default_rng(3)
    codes = rng.integers(0, 4, 600)
    series = {
        "number": pd.Series(rng.normal(size=600)),
        "text": pd.Series(np.array(list("abcd"))[codes]),
        "few numbers": pd.Series(codes.astype(float)),
    }[kind]
    value = series.to_numpy(dtype=float) if kind == "number" else codes - 1.5
    flip = rng.choice([-1.0, 1.0], 600)
    assert not depends_on_others(series, np.sin(value))
    assert depends_on_others(series, np.sin(value) * flip)


def test_missing_values_have_a_place_of_their_own(binary_project: Project) -> None:
    """Dots of rows without a value stand in a marked band left of all others."""
    scene = looked(binary_project, rung="boosting")[0]
    bench = bench_of(binary_project)
    at = np.arange(len(scene.y))
    told = explained(scene, scene.champion.fitted, at, 300, bench, "t")  # type: ignore[arg-type]
    plot = next(c for c in dependence(told) if c.x.label == "holes")
    band = plot.guides[0]
    known, lost = plot.series
    assert band.label == "missing"
    assert all(float(band.at) < float(x) < float(band.to) for x in lost.x)
    assert min(float(x) for x in known.x) > float(band.to)


def test_whole_lists_are_explained(ranking_project: Project) -> None:
    """Of lists no part is drawn: each explained item has all its rivals with it."""
    bench = bench_of(ranking_project)
    scene = scene_of(Choices(rung="boosting"), ranking_project, bench)  # type: ignore[arg-type]
    at = np.arange(len(scene.y))
    told = explained(scene, scene.champion.fitted, at, 50, bench, "t")  # type: ignore[arg-type]
    queries = scene.queries
    assert queries is not None
    for query in np.unique(queries[told.at]):
        assert (queries[told.at] == query).sum() == (queries == query).sum()
    assert 40 <= told.n <= 50


def test_explanations_stay_small(multiclass_project: Project) -> None:
    """They are stored with the project at every save: well under 150 KB."""
    _, told, lost = looked(multiclass_project, rung="boosting", explained_rows=600)
    evidence = Evidence(
        stage="errors",
        tables=(*told.tables, *lost.tables),
        charts=(*told.charts, *lost.charts),
    )
    assert len(evidence.model_dump_json()) < 150_000


def test_shades_follow_the_values() -> None:
    """Low is 0, high is 1, equal values are equal, missing and text have none."""
    assert shades(pd.Series([1.0, 2.0, 30.0])) == [0.0, 0.5, 1.0]
    assert shades(pd.Series([5.0, 1.0, np.nan, 5.0])) == [1.0, 0.0, None, 1.0]
    assert shades(pd.Series(["a", "b"])) == [None, None]
    assert shades(pd.Series([4.0, 4.0])) == [0.5, 0.5]
    assert shades(pd.Series(pd.to_datetime(["2025-01-01", None, "2025-02-01"]))) == [0.0, None, 1.0]


def test_names_of_groups_stay_readable() -> None:
    """A long group is cut, and says how many columns are left out."""
    assert named("a + b") == "a + b"
    assert named("a + b + c + d") == "a + b + 2 more"
    assert named(f"{'x' * 50} + b") == f"{'x' * 50} + 1 more"


def _evidence(share: float, agreement: float, low: float) -> Evidence:
    columns = (Column(key="rank", label=""), Column(key="column", label="", kind="text"))
    more = tuple(Column(key=k, label="") for k in ("harm", "net", "low", "high"))
    return Evidence(
        stage="errors",
        measures=(
            Measure(key="largest_share", label="", value=share),
            Measure(key="rank_agreement", label="", value=agreement),
            Measure(key="loss_first_share", label="", value=share),
        ),
        tables=(
            Table(key="importance", title="", columns=columns, rows=((1, "fees"),)),
            Table(
                key="loss_columns",
                title="",
                columns=(*columns, *more),
                rows=((1, "fees", 0.2, low + 0.1, low, low + 0.2),),
            ),
        ),
        charts=(
            Chart(
                key="stability",
                title="",
                says="Which comes first cannot be told.",
                x=Axis(label=""),
                y=Axis(label=""),
                series=(),
            ),
        ),
    )


def test_a_column_that_dominates_is_named() -> None:
    """More than half of everything on one column is a reason to look for a leak."""
    found = {f.key: f for f in findings(Choices(), _evidence(0.6, 0.9, 0.05))}
    assert "fees" in found["dominating_column"].title
    assert "fees" in found["one_column_errors"].title
    assert "no proof" in found["columns_raise_loss"].do


def test_nothing_is_said_where_nothing_stands_out() -> None:
    """A share of a third, and a loss that may as well be smaller, are no findings."""
    found = findings(Choices(), _evidence(0.3, 0.9, -0.05))
    assert [(f.key, f.level) for f in found] == [("ranking_steady", "good")]


def test_a_ranking_that_jumps_is_no_story() -> None:
    """Refits that do not agree are told with the columns that cannot be put in order."""
    found = {f.key: f for f in findings(Choices(), _evidence(0.3, 0.4, -0.05))}
    assert found["ranking_unsteady"].level == "watch"
    assert "cannot be told" in found["ranking_unsteady"].detail
