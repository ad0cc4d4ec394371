"""What is said of explained rows allows for rows of one block being alike."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from app.lab.champion import Champion
from app.lab.cost import BinaryCosts
from app.lab.loss_attribution import LossAttribution, mean_loss_parts
from app.lab.problem import Problem
from app.lab.rungs import RUNGS, Training, fit_rung
from app.lab.shapley import Attribution, compare_cohorts
from app.lab.splits import Split
from app.record.chart import Chart
from app.stages.bench import Bench
from app.stages.errors.choices import Choices
from app.stages.errors.class_columns import class_columns
from app.stages.errors.cohort_looks import cohort_looks
from app.stages.errors.explained import Explained, explained
from app.stages.errors.importances import importances
from app.stages.errors.list_gap import list_gap
from app.stages.errors.loss_columns import loss_columns
from app.stages.errors.loss_pictures import cohort_picture, net_picture
from app.stages.errors.scene import Scene
from app.stages.part import Part

DAYS, A_DAY = 100, 40
N = DAYS * A_DAY


def _scene() -> Scene:
    """Weather that is the same all day moves what happens, as do a column and what nobody sees."""
    rng = np.random.default_rng(0)
    day = np.repeat(np.arange(DAYS), A_DAY)
    rows = pd.DataFrame({"weather": rng.normal(size=DAYS)[day], "own": rng.normal(size=N)})
    unseen = 1.5 * rng.normal(size=DAYS)[day]
    chance = 1 / (1 + np.exp(-(rows["weather"] + rows["own"] + unseen).to_numpy()))
    y = (rng.random(N) < chance).astype(float)
    split = Split("random", np.arange(N), *(np.arange(0),) * 3)
    problem = Problem("binary", np.arange(N), y, tuple(rows.columns), split, None, day, "day")
    champion = Champion(cast("Any", None), chance, 0.5, BinaryCosts(1.0, 2.0))
    cost = champion.cost(y, chance, np.arange(N))
    rungs = {"linear": champion}
    seen = np.arange(N)
    table = rows.assign(outcome=y)
    return Scene(
        problem,
        "linear",
        champion,
        rungs,
        "linear",
        seen,
        rows,
        y,
        chance,
        cost,
        day,
        rows,
        table,
        "",
    )


def _bench() -> Bench:
    choices = SimpleNamespace(rule="", lean="", estimator="", estimator_params="")
    fake = SimpleNamespace(
        seed=0, rng=lambda name: np.random.default_rng(len(name)), choices=lambda stage: choices
    )
    return cast("Bench", fake)


def _width(low: float | None, high: float | None) -> float:
    assert low is not None
    assert high is not None
    return high - low


def test_importance_of_a_column_that_is_alike_all_day_is_less_sure() -> None:
    """Its interval is far wider by day than by row; that of a column of each row's own is not."""
    scene = _scene()
    fitted = fit_rung(RUNGS["linear"], Training(scene.rows, scene.y, "binary", 0))
    widths = {}
    for name, blocks in (("day", scene.blocks), ("row", np.arange(N))):
        told = explained(replace(scene, blocks=blocks), fitted, scene.seen, N, _bench(), "x")
        widths[name] = {r.column: _width(r.size.low, r.size.high) for r in told.ranks}
    assert widths["day"]["weather"] > 3 * widths["row"]["weather"]
    assert widths["day"]["own"] < 2 * widths["row"]["own"]


def test_the_loss_of_a_column_that_is_alike_all_day_is_less_sure() -> None:
    """The same for what a column adds to the loss on rows that a fresh fit had not seen."""
    scene = _scene()
    widths = {}
    for name, blocks in (("day", scene.blocks), ("row", np.arange(N))):
        part = loss_columns(replace(scene, blocks=blocks), Choices(explained_rows=500), _bench())
        table = next(t for t in part.tables if t.key == "loss_columns")
        net = {str(r["column"]): r for r in table.records()}["weather"]
        widths[name] = _width(cast("Any", net["low"]), cast("Any", net["high"]))
    assert widths["day"] > 1.3 * widths["row"]


def test_cohorts_are_compared_by_block() -> None:
    """Eight hundred rows of sixteen days are sixteen days: what differs by day alone is not proven."""
    rng = np.random.default_rng(0)
    blocks = np.repeat(np.arange(16), 50)
    of_day = rng.normal(size=16)[blocks]
    mask = blocks < 8
    values = np.abs(of_day + 0.1 * rng.normal(size=800))[:, None]
    found = Attribution(("a",), values, 0.0, "target", "made")
    alone = compare_cohorts(found, mask, np.random.default_rng(1))
    by_day = compare_cohorts(found, mask, np.random.default_rng(1), blocks)
    many = compare_cohorts(found, mask, np.random.default_rng(1), blocks, cohorts=5)
    assert by_day[0].p_value > alone[0].p_value
    assert many[0].p_value == min(1.0, 5 * by_day[0].p_value)
    wide, narrow = by_day[0].difference, alone[0].difference
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_four_days_on_a_side_prove_nothing() -> None:
    """With fewer than five blocks there is no p value: single rows do not step in for them."""
    rng = np.random.default_rng(0)
    blocks = np.repeat(np.arange(8), 50)
    mask = blocks < 4
    values = np.abs(np.where(mask, 3.0, 1.0) + 0.1 * rng.normal(size=400))[:, None]
    found = Attribution(("a",), values, 0.0, "target", "made")
    assert compare_cohorts(found, mask, rng)[0].p_value < 0.001
    told = compare_cohorts(found, mask, rng, blocks)[0]
    assert np.isnan(told.p_value)
    assert told.difference.low is None


def _rows_of(part: Part, key: str) -> list[dict[str, Any]]:
    return next(t for t in part.tables if t.key == key).records()


def test_a_cohort_of_days_is_looked_at_by_day() -> None:
    """What sets some days apart is not proven by their rows, and more slices prove less."""
    scene = replace(_scene(), cohorts={"early": np.arange(N) < N // 2})
    fitted = fit_rung(RUNGS["linear"], Training(scene.rows, scene.y, "binary", 0))
    told = explained(scene, fitted, scene.seen, N, _bench(), "x")
    alone = replace(scene, blocks=np.arange(N))
    eight = {f"early {i}": scene.cohorts["early"] for i in range(8)}
    p = {}
    for name, one in (
        ("day", scene),
        ("row", alone),
        ("eight", replace(alone, cohorts=eight)),
        ("few", replace(scene, blocks=scene.blocks // 25)),
    ):
        part = cohort_looks(one, told, _bench())
        rows = _rows_of(part, "explanation_cohorts")
        p[name] = next(r["p"] for r in rows if r["column"] == "weather")
    assert p["row"] < 0.001
    assert p["day"] > 0.01
    assert np.isclose(p["eight"], 8 * p["row"])
    assert p["few"] is None
    assert part.charts[0].says.startswith("Too few days")


def test_columns_taken_together_are_as_sure_as_their_days() -> None:
    """The bar that two like columns share has the interval of days, not that of rows."""
    scene = _scene()
    rows = scene.rows.assign(twin=2 * scene.rows["weather"])
    problem = replace(scene.problem, columns=tuple(rows.columns))
    scene = replace(scene, rows=rows, background=rows, problem=problem)
    fitted = fit_rung(RUNGS["linear"], Training(rows, scene.y, "binary", 0))
    widths = []
    for blocks in (scene.blocks, np.arange(N)):
        one = replace(scene, blocks=blocks)
        told = explained(one, fitted, one.seen, N, _bench(), "x")
        groups = _rows_of(importances(one, told, 0, _bench()), "column_groups")
        widths += [_width(r["low"], r["high"]) for r in groups if r["members"] == 2]
    assert widths[0] > 3 * widths[1]


def test_what_a_class_is_told_by_is_as_sure_as_its_days() -> None:
    """The same for the columns of each of several classes."""
    scene = _scene()
    y = np.digitize(scene.rows["weather"] + scene.rows["own"], [-1.0, 1.0]).astype(float)
    classes = ("low", "middle", "high")
    problem = replace(scene.problem, task="multiclass", y=y, classes=classes)
    scene = replace(scene, problem=problem, y=y)
    training = Training(scene.rows, y, "multiclass", 0, classes=classes)
    fitted = fit_rung(RUNGS["linear"], training)
    widths = []
    for blocks in (scene.blocks, np.arange(N)):
        one = replace(scene, blocks=blocks)
        told = explained(one, fitted, one.seen, N, _bench(), "x")
        found = _rows_of(class_columns(one, fitted, told, _bench()), "columns_by_class")
        mine = [r for r in found if r["column"] == "weather"]
        assert {r["name"] for r in mine} == set(classes)
        widths.append(np.mean([_width(r["low"], r["high"]) for r in mine]))
    assert widths[0] > 2 * widths[1]


def _lists(days: int) -> tuple[Scene, Explained]:
    """Lists of two whose wrong item leads: by ``sure`` always, by ``weather`` as the day has it."""
    rng = np.random.default_rng(5)
    day = np.repeat(np.arange(days), 20)
    n = 2 * len(day)
    top, lists = np.arange(n) % 2 == 0, np.arange(n) // 2
    weather = np.linspace(-1.2, 2, days)[day]
    lead = np.column_stack([5 + rng.normal(size=len(day)), weather, np.zeros(len(day))])
    values = np.where(top[:, None], lead[lists], 0.0)
    found = Attribution(("sure", "weather", "idle"), values, 0.0, "score", "made")
    rows, y = pd.DataFrame({c: np.zeros(n) for c in found.columns}), (~top).astype(float)
    scene = _scene()
    problem = replace(scene.problem, task="ranking", queries=lists, y=y)
    scene = replace(scene, problem=problem, seen=np.arange(n), y=y, blocks=day[lists], rows=rows)
    return scene, Explained(np.arange(n), rows, found, np.ones(n, dtype=bool), ())


def test_lists_of_one_day_are_alike() -> None:
    """What lifts the wrong item is as sure as the days; what may go either way is called so."""
    scene, told = _lists(8)
    part = list_gap(scene, told, _bench())
    alone = list_gap(replace(scene, blocks=np.arange(len(scene.y))), told, _bench())
    by_day, by_list = (
        {r["column"]: _width(r["low"], r["high"]) for r in _rows_of(one, "explanation_lists")}
        for one in (part, alone)
    )
    assert by_day["weather"] > 2 * by_list["weather"]
    assert by_day["sure"] < 2 * by_list["sure"]
    shown = {s.name: list(s.y) for s in part.charts[0].series}
    assert shown == {"Lifts the wrong item": ["sure"], "Cannot be told": ["weather"]}
    assert {s.name for s in alone.charts[0].series} == {"Lifts the wrong item"}
    assert "2 columns at once" in part.charts[0].says


def test_lists_of_few_days_tell_nothing_for_certain() -> None:
    """Eighty lists of four days have no interval, and no column is named as what lifts."""
    scene, told = _lists(4)
    part = list_gap(scene, told, _bench())
    assert {s.name for s in part.charts[0].series} == {"Cannot be told"}
    assert "cannot be told for certain" in part.charts[0].says
    assert all(r["low"] is None for r in _rows_of(part, "explanation_lists"))


def _lost(values: np.ndarray) -> LossAttribution:
    columns = tuple(f"c{i}" for i in range(values.shape[1]))
    return LossAttribution(columns, values, np.ones(len(values)), "log_loss", "nats", "made")


@pytest.mark.parametrize("days", [8, 200])
def test_of_many_columns_of_noise_none_is_larger_for_certain(days: int) -> None:
    """In most draws one of 18 single intervals leaves out zero; of those at once hardly any does."""
    rng = np.random.default_rng(0)
    blocks = np.arange(400) % days
    single = claimed = 0
    for _ in range(100):
        lost = _lost(rng.normal(size=(days, 18))[blocks] + 0.1 * rng.normal(size=(400, 18)))
        parts = mean_loss_parts(lost, rng, blocks=blocks)
        single += any(p.mean.low > 0 or p.mean.high < 0 for p in parts)
        names = {s.name for s in net_picture(parts, lost, 400, days).series}
        claimed += names != {"Cannot be told"}
    assert single > 40
    assert claimed <= 10


def test_what_makes_the_loss_larger_is_told_with_what_it_was_compared_to() -> None:
    """A planted column is named, its interval is Bonferroni's, and the words say over how many."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(400, 18))
    # Chance claims are counted in the test above: here the others add exactly nothing.
    values -= values.mean(axis=0)
    values[:, 3] += 1.0
    values[:, 5] -= 1.0
    lost = _lost(values)
    chart = net_picture(mean_loss_parts(lost, rng), lost, 400, 400)
    series = {s.name: s for s in chart.series}
    assert list(series["Larger for certain"].y) == ["c3"]
    assert list(series["Smaller for certain"].y) == ["c5"]
    assert "c3 adds" in chart.says
    assert "95 % over 18 columns at once" in chart.says
    error = values[:, 3].std() / 20
    half = (series["Larger for certain"].high[0] - series["Larger for certain"].low[0]) / 2
    assert half == pytest.approx(stats.norm.ppf(1 - 0.05 / 36) * error, rel=0.15)
    unknown = net_picture(mean_loss_parts(lost, rng), lost, 400)
    assert unknown.series[0].high[0] > series["Larger for certain"].high[0]
    blocks = np.repeat(np.arange(4), 100)
    few = net_picture(mean_loss_parts(lost, rng, blocks=blocks), lost, 400)
    assert {s.name for s in few.series} == {"Cannot be told"}
    assert few.says.startswith("Too few")


def _cohort_chart(values: np.ndarray, blocks: np.ndarray | None = None) -> Chart:
    lost, inside, rng = _lost(values), np.arange(len(values)) % 2 == 0, np.random.default_rng(2)
    sides = [mean_loss_parts(lost, rng, mask, blocks) for mask in (inside, ~inside)]
    return cohort_picture("odd", *sides, lost, int(inside.sum()), 1, (300, 300))


def test_a_column_adds_more_in_a_slice_only_where_the_intervals_lie_apart() -> None:
    """A planted gap is told with its interval; the widest gap of noise is not, nor one of few days."""
    values = np.random.default_rng(3).normal(size=(600, 18))
    assert "no column adds more" in _cohort_chart(values).says
    values[::2, 4] += 1.5
    told = _cohort_chart(values)
    assert "c4 adds" in told.says
    assert "18 columns and up to 8 slices" in told.says
    found = re.search(r"c4 adds ([\d.]+) to ([\d.]+) nats more", told.says)
    assert found is not None
    assert 0 < float(found[1]) < 1.5 < float(found[2])
    inside, outside = told.series
    at = list(inside.y).index("c4")
    assert inside.low[at] > outside.high[at]
    assert _cohort_chart(values, np.arange(600) // 150).says.startswith("Too few")
