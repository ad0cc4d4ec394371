"""Views of the decisions: groups of people, abstention, errors of numbers, order of lists."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from app.document.svg import draw
from app.lab.champion import Champion
from app.lab.cost import AsymmetricCosts, BinaryCosts, Costs, ListCosts, ReviewCosts
from app.lab.list_quality import compare_lists, lists_of
from app.lab.problem import Problem
from app.lab.ranking import ndcg, recall_at
from app.lab.residual import age_of, by_time, spread_of, worst_days
from app.lab.rungs import Fitted
from app.lab.splits import Split
from app.record.finding import Finding
from app.stages.errors import classes
from app.stages.errors.abstention import abstaining
from app.stages.errors.choices import Choices
from app.stages.errors.decisions import decisions
from app.stages.errors.fairness import fairness
from app.stages.errors.fairness_judgment import findings as fairness_findings
from app.stages.errors.lists import lists
from app.stages.errors.residuals import residuals
from app.stages.errors.scene import Scene
from app.stages.errors.view_judgment import findings as view_findings
from app.stages.part import Part, joined
from app.ui.chart import figure

EMPTY = np.empty(0, dtype=np.int64)


class Desk:
    """A bench with chance and choices, and nothing else."""

    def rng(self, name: str) -> np.random.Generator:
        """Return the same generator for every purpose."""
        return np.random.default_rng(7)

    def choices(self, stage: str) -> Any:
        """Return what the looks ask of the stages before."""
        return SimpleNamespace(folds=3, horizon_days=7.0, query="request")


class Still:
    """A predictor nobody asks."""

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return zeros."""
        return np.zeros(len(frame))


def scene_with(
    task: str,
    y: np.ndarray,
    prediction: np.ndarray,
    costs: Costs,
    table: pd.DataFrame | None = None,
    threshold: float = 0.5,
    blocks: np.ndarray | None = None,
    times: np.ndarray | None = None,
    queries: np.ndarray | None = None,
    names: tuple[str, ...] = (),
    rungs: dict[str, np.ndarray] | None = None,
) -> Scene:
    """A scene by hand: these rows, answered so."""
    n = len(y)
    table = pd.DataFrame({"filler": np.arange(n)}) if table is None else table
    known = tuple(str(c) for c in table.columns)
    kind = "time" if times is not None else "random"
    problem = Problem(
        task,
        np.arange(n),
        y,
        known,
        Split(kind, np.arange(n), EMPTY, EMPTY, EMPTY),
        times,
        np.arange(n) if blocks is None else blocks,
        "row" if blocks is None else "day",
        classes=names,
        queries=queries,
        top=3,
    )
    fitted = Fitted("linear", problem.form, Still(), known, "")
    mine = Champion(fitted, prediction, threshold, costs, queries)
    others = {k: replace(mine, out_of_fold=p) for k, p in (rungs or {}).items()}
    return Scene(
        problem,
        "linear",
        mine,
        {**others, "linear": mine},
        "user_rule",
        np.arange(n),
        table,
        y,
        prediction,
        mine.cost(y, prediction, np.arange(n)),
        problem.blocks,
        table,
        table,
        "USD",
    )


def looked(look: Any, scene: Scene, **answers: Any) -> Part:
    """The part of one look; its charts are drawn on both papers."""
    part: Part = look(scene, Choices(**answers), Desk())
    for chart in part.charts:
        assert draw(chart).startswith("<svg")
        assert figure(chart).data
        assert chart.says.endswith(".")
    return part


def judged(findings: Any, part: Part) -> dict[str, Finding]:
    """The findings on one part by key."""
    return {f.key: f for f in findings(Choices(), joined("errors", [part]))}


def people(n: int = 3000, unfair: float = 0.0, seed: int = 0) -> Scene:
    """Yes or no about people; of one sex the score knows less."""
    rng = np.random.default_rng(seed)
    sex = rng.choice(["f", "m"], n)
    y = (rng.random(n) < 0.4).astype(float)
    p = np.clip(0.5 + 0.35 * (2 * y - 1) + rng.normal(0, 0.2, n), 0, 1)
    p = np.where((sex == "f") & (rng.random(n) < unfair), p * 0.3, p)
    age = pd.Series(rng.integers(18, 90, n)).mask(pd.Series(rng.random(n) < 0.1))
    table = pd.DataFrame({"sex": sex, "age": age, "name": [f"n{i}" for i in range(n)]})
    table["island"] = np.where(np.arange(n) < 12, "small", "large")
    return scene_with("binary", y, p, BinaryCosts(1.0, 4.0), table)


# Groups of people


def test_a_group_that_is_missed_more_often_is_a_stop() -> None:
    """Half of one group's cases lost: every error gap is found, proven and named with numbers."""
    part = looked(fairness, people(unfair=0.5), sensitive=("sex",))
    found = judged(fairness_findings, part)["fair_1"]
    assert found.level == "stop"
    assert "Equal opportunity" in found.detail
    gaps = {r["criterion"]: r for t in part.tables if t.key == "fairness_gaps" for r in t.records()}
    assert gaps["Equal opportunity"]["proven"]
    assert gaps["Equal opportunity"]["between"] == "m, then f"
    assert gaps["Equal opportunity"]["low"] > 10
    assert found.because in {m.key for m in part.measures}


def test_groups_that_are_alike_have_no_proven_gap() -> None:
    """No gap is proven in any of ten data sets, and it is not called fair where gaps may be wide."""
    levels = []
    for seed in range(10):
        part = looked(fairness, people(400, seed=seed), sensitive=("sex",))
        found = judged(fairness_findings, part)["fair_1"]
        levels.append(found.level)
        assert "proven" in found.title
    assert levels.count("stop") == 0
    assert "watch" in levels


def test_enough_rows_rule_a_wide_gap_out() -> None:
    """With many rows and alike groups the finding is good, and says up to where."""
    part = looked(fairness, people(30_000, seed=3), sensitive=("sex",))
    found = judged(fairness_findings, part)["fair_1"]
    assert found.level == "good"
    assert "cannot be ruled out" in found.detail


def test_a_group_too_small_to_say_gets_no_number() -> None:
    """Twelve rows are named as too few, in the table, the picture and the finding."""
    part = looked(fairness, people(), sensitive=("island",))
    table = next(t for t in part.tables if t.key == "fair_1_rates")
    small = [r for r in table.records() if r["group"] == "small"]
    assert small
    assert all(r["value"] is None for r in small)
    assert "small" in part.charts[0].says
    found = judged(fairness_findings, part)["fair_1"]
    assert (found.level, found.title) == ("watch", "Nothing can be said about island")


def test_missing_values_are_a_group_and_100_distinct_names_are_no_crash() -> None:
    """A column with holes has a group “missing”; a column of names is one group of others."""
    part = looked(fairness, people(), sensitive=("age", "name"))
    table = next(t for t in part.tables if t.key == "fair_1_rates")
    assert "missing" in table.column("group")
    names = next(t for t in part.tables if t.key == "fair_2_rates")
    assert "all others" in names.column("group")


def test_more_columns_are_corrected_for() -> None:
    """The same gap has a larger p beside other columns than alone."""
    scene = people(1200, unfair=0.15, seed=2)

    def p_of(*columns: str) -> float:
        part = looked(fairness, scene, sensitive=columns)
        return float(part.tables[0].records()[1]["p"])

    assert p_of("sex", "age", "island") > p_of("sex")


def test_no_sensitive_column_says_what_to_do() -> None:
    """Nothing marked: no chart, a sentence that says what to do."""
    part = looked(fairness, people())
    assert part.charts == part.tables == ()
    assert "Mark columns" in part.words["fairness"]


def test_a_column_that_is_not_there_is_named() -> None:
    """A sensitive column that the table lacks is an error that names field and value."""
    with pytest.raises(ValueError, match=r"errors\.sensitive.*'religion'"):
        looked(fairness, people(), sensitive=("religion",))


# Decisions


def test_the_threshold_stands_in_the_picture_of_scores() -> None:
    """Both outcomes are drawn, each adding up to 100 %, with the threshold across."""
    chart = next(c for c in looked(decisions, people()).charts if c.key == "scores")
    assert chart.guides[0].at == 0.5
    assert [round(sum(s.y[:-1]), 6) for s in chart.series] == [1.0, 1.0]


def test_always_right_and_probabilities_of_zero_and_one() -> None:
    """A perfect model at exactly 0 and 1: full rates with intervals, no crash."""
    y = np.tile([0.0, 1.0], 200)
    part = looked(decisions, scene_with("binary", y, y, BinaryCosts(1, 1)))
    found = {m.key: m for m in part.measures}
    assert (found["recall"].value, found["false_alarm_rate"].value) == (1.0, 0.0)
    assert found["recall"].low < 1.0
    assert found["calibration_error"].value == 0.0


def test_one_outcome_only_is_no_crash() -> None:
    """Nothing ever happened: recall cannot be told, and no picture of two outcomes is drawn."""
    n = 200
    part = looked(decisions, scene_with("binary", np.zeros(n), np.full(n, 0.2), BinaryCosts(1, 1)))
    found = {m.key: m for m in part.measures}
    assert found["recall"].value is None
    assert "scores" not in {c.key for c in part.charts}


def test_days_that_go_wrong_together_widen_the_rates() -> None:
    """Rows of one day that share their fate give wider intervals than independent rows."""
    rng = np.random.default_rng(0)
    day = np.repeat(np.arange(40), 50)
    y = (rng.random(2000) < rng.choice([0.05, 0.6], 40)[day]).astype(float)
    p = rng.random(2000)
    widths = []
    for blocks in (None, day):
        part = looked(decisions, scene_with("binary", y, p, BinaryCosts(1, 1), blocks=blocks))
        precision = next(m for m in part.measures if m.key == "precision")
        widths.append(precision.high - precision.low)
    assert widths[1] > 1.5 * widths[0]


def test_a_calibrated_model_is_as_far_off_as_chance() -> None:
    """The distance of a calibrated model is about what its note says chance alone would give."""
    rng = np.random.default_rng(1)
    p = rng.random(4000)
    y = (rng.random(4000) < p).astype(float)
    part = looked(decisions, scene_with("binary", y, p, BinaryCosts(1, 1)))
    found = next(m for m in part.measures if m.key == "calibration_error")
    by_chance = float(found.note.split("about ")[1].split(" %")[0]) / 100
    assert 0.4 * by_chance < found.value < 2.5 * by_chance


def test_what_classes_are_called_adds_up() -> None:
    """Every line of the picture adds up to one; many classes are drawn together."""
    rng = np.random.default_rng(2)
    n, k = 1500, 20
    y = rng.integers(0, k, n).astype(float)
    probabilities = rng.dirichlet(np.ones(k), n)
    probabilities[np.arange(n), y.astype(int)] += 0.3
    scene = scene_with(
        "multiclass", y, probabilities, ReviewCosts(5, 1), names=tuple(f"c{i}" for i in range(k))
    )
    part = looked(lambda s, c, b: classes.part(s), scene)
    chart = next(c for c in part.charts if c.key == "class_confusion")
    series = chart.series[0]
    sums: dict[Any, float] = {}
    for row, shade in zip(series.y, series.shade, strict=True):
        sums[row] = sums.get(row, 0.0) + (shade or 0.0)
    assert len(sums) == 13
    assert all(total == pytest.approx(1.0) for total in sums.values())


# Abstention


def test_the_surest_rows_are_the_rightest() -> None:
    """Of a calibrated model the surest rows are right more often; the band holds the truth."""
    rng = np.random.default_rng(3)
    p = rng.random(6000)
    y = (rng.random(6000) < p).astype(float)
    part = looked(abstaining, scene_with("binary", y, p, BinaryCosts(1, 1)))
    line = part.charts[0].series[0]
    assert line.y[0] > 0.95
    assert line.y[-1] == pytest.approx(0.75, abs=0.02)
    half = min(range(len(line.x)), key=lambda i: abs(line.x[i] - 0.5))
    assert line.low[half] <= 0.875 <= line.high[half]


def test_the_worth_of_a_look_is_what_mistakes_cost() -> None:
    """Among the least sure tenth every second decision is wrong: a look may cost half a mistake."""
    rng = np.random.default_rng(4)
    n = 8000
    unsure = np.arange(n) < n // 10
    p = np.where(unsure, 0.5 + rng.random(n) * 0.01, 0.99)
    y = np.where(unsure, rng.random(n) < 0.5, True).astype(float)
    part = looked(abstaining, scene_with("binary", y, p, BinaryCosts(10.0, 10.0)))
    worth = part.measures[0]
    assert worth.low <= 5.0 <= worth.high
    assert "USD" in part.words["abstention"]


def test_the_price_of_a_person_decides_the_cheapest_coverage() -> None:
    """For classes the cheapest share to answer alone is where a mistake costs as much as a look."""
    rng = np.random.default_rng(5)
    n = 6000
    sure = rng.uniform(0.5, 1.0, n)
    right = rng.random(n) < sure
    probabilities = np.column_stack([sure, 1 - sure])
    y = np.where(right, 0.0, 1.0)
    scene = scene_with(
        "multiclass", y, probabilities, ReviewCosts(5.0, 1.0), threshold=0.8, names=("a", "b")
    )
    part = looked(abstaining, scene)
    table = part.tables[0].records()
    cheapest = min(table, key=lambda r: r["total"])
    # From a probability of 0.8 on answering is cheaper: that is the surest two fifths.
    assert 0.25 <= cheapest["coverage"] <= 0.55
    assert part.charts[0].guides[0].at == pytest.approx(0.4, abs=0.03)


def test_abstention_says_when_it_does_not_apply() -> None:
    """A number, and a model that is equally sure of all, get a sentence and no picture."""
    y = np.arange(100.0)
    number = looked(abstaining, scene_with("regression", y, y, AsymmetricCosts(1, 1)))
    same = looked(abstaining, scene_with("binary", y % 2, np.full(100, 0.3), BinaryCosts(1, 1)))
    assert number.charts == same.charts == ()
    assert "number" in number.words["abstention"]
    assert "equally sure" in same.words["abstention"]


# Numbers


def numbers(n: int = 400) -> Scene:
    """A year of days; Sundays are noisy, and one day breaks the record."""
    rng = np.random.default_rng(6)
    times = np.datetime64("2024-01-01T12:00", "us") + np.arange(n) * np.timedelta64(1, "D")
    sunday = (np.arange(n) % 7) == 6
    actual = 100 + rng.normal(0, np.where(sunday, 25, 5), n)
    prediction = np.full(n, 103.0) + rng.normal(0, 1, n)
    actual[250] = 3.0
    table = pd.DataFrame({"filler": rng.normal(size=n)})
    return scene_with(
        "forecasting",
        actual,
        prediction,
        AsymmetricCosts(1, 1),
        table,
        times=times,
        blocks=np.arange(n),
    )


def test_the_worst_day_comes_first() -> None:
    """The day of the storm leads the table with actual, predicted and its share of the cost."""
    part = looked(residuals, numbers())
    table = next(t for t in part.tables if t.key == "worst_days")
    first = table.records()[0]
    assert (first["day"], first["weekday"], first["n"]) == ("2024-09-07", "Sat", 1)
    assert first["error"] == pytest.approx(first["predicted"] - 3.0)
    assert first["share"] > 0.02


def test_the_weekday_that_tells_is_found() -> None:
    """Without a text column the weekday is looked at, and the noisy Sunday stands on top."""
    part = looked(residuals, numbers())
    chart = next(c for c in part.charts if c.key == "residual_segment")
    assert "weekday" in chart.title
    assert str(chart.series[0].y[0]).startswith("Sunday")


def test_errors_by_distance_from_learning_are_honest_about_the_horizon() -> None:
    """One horizon is said to be one; the picture is by days since the fold last learned."""
    part = looked(residuals, numbers())
    chart = next(c for c in part.charts if c.key == "residual_age")
    assert "7 days ahead, so there is one horizon" in chart.says
    bands = chart.series[0].x
    assert len(bands) >= 3
    assert str(bands[0]).startswith("0 to ") or str(bands[0]).startswith("1 to ")
    assert list(chart.x.order) == list(bands)


def test_folds_of_a_sample_say_so() -> None:
    """Where only a part of the rows was compared, there is a sentence and no made-up distance."""
    scene = numbers()
    some = np.arange(0, 400, 3)
    part = looked(
        residuals,
        replace(
            scene,
            seen=some,
            rows=scene.rows.iloc[some].reset_index(drop=True),
            y=scene.y[some],
            prediction=scene.prediction[some],
            cost=scene.cost[some],
            blocks=scene.blocks[some],
        ),
    )
    assert "residual_age" not in {c.key for c in part.charts}
    assert "a part of the rows" in part.words["residual_age"]


def test_a_lean_is_told_with_its_interval() -> None:
    """Predictions three too high: a lean up is found; without it none is proven."""
    found = judged(view_findings, joined_decisions(numbers()))
    assert found["leans"].title == "It predicts too much"
    straight = numbers()
    level = replace(straight, prediction=straight.y + np.tile([1.0, -1.0], 200))
    champion = replace(straight.champion, out_of_fold=level.prediction)
    found = judged(view_findings, joined_decisions(replace(level, champion=champion)))
    assert found["no_lean"].level == "good"


def joined_decisions(scene: Scene) -> Part:
    """Measures of the decisions and of the residuals together."""
    parts = [looked(decisions, scene), looked(residuals, scene)]
    return Part(measures=tuple(m for p in parts for m in p.measures))


def test_numbers_without_a_time_have_no_days() -> None:
    """No time: no picture over time, and a sentence instead."""
    rng = np.random.default_rng(7)
    y = rng.normal(size=300)
    table = pd.DataFrame({"shop": rng.choice(["a", "b"], 300)})
    y = y * np.where(table["shop"] == "a", 1, 9)
    part = looked(residuals, scene_with("regression", y, y * 0, AsymmetricCosts(1, 1), table))
    assert "no time" in part.words["residual_time"]
    assert "shop" in next(c for c in part.charts if c.key == "residual_segment").title


def test_known_answers_of_residuals() -> None:
    """Weeks begin on Monday, days are summed, and a pure shift is all systematic."""
    times = pd.to_datetime(["2024-01-03", "2024-01-07", "2024-01-08", None]).to_numpy(
        dtype="datetime64[us]"
    )
    unit, spans = by_time(times)
    assert unit == "week"
    assert list(spans) == ["2024-01-01", "2024-01-08"]
    assert spans["2024-01-01"].tolist() == [True, True, False, False]
    y = np.array([1.0, 2.0, 3.0, 4.0])
    days = worst_days(times, y, y + 1, np.array([1.0, 5.0, 2.0, 99.0]))
    assert [d.day for d in days] == ["2024-01-07", "2024-01-08", "2024-01-03"]
    age = age_of(times, [(np.array([0]), np.array([1, 2]))])
    assert age[1:3].tolist() == [4.0, 5.0]
    assert np.isnan(age[[0, 3]]).all()
    parts = spread_of(y, y + 1)
    assert parts.systematic == pytest.approx(1.0)
    assert parts.explained == pytest.approx(1 - 4 / 5)
    assert np.isnan(spread_of(y, y).largest)


# Lists


def searches(n_lists: int = 200) -> Scene:
    """Lists of six; the model puts the answer first but in one list, where it stands last."""
    rng = np.random.default_rng(8)
    queries = np.repeat(np.arange(n_lists), 6)
    answer = np.tile([1.0, 0, 0, 0, 0, 0], n_lists)
    answer[queries >= n_lists - 20] = 0.0
    score = answer + rng.random(len(answer)) * 0.5
    score[queries == 11] = [0.0, 0.9, 0.8, 0.7, 0.6, 0.5]
    table = pd.DataFrame(
        {
            "request": [f"search {q}" for q in queries],
            "page": [f"page {i % 6}" for i in range(len(answer))],
        }
    )
    rule = rng.random(len(answer))
    return scene_with(
        "ranking",
        answer,
        score,
        ListCosts(1.0, 3, 1.0),
        table,
        blocks=queries,
        queries=queries,
        rungs={"user_rule": rule},
    )


def test_the_worst_list_comes_first_with_what_stood_above() -> None:
    """The list whose answer stands last leads, with its place and what stood above, with scores."""
    part = looked(lists, searches())
    first = part.tables[0].records()[0]
    assert (first["query"], first["place"], first["items"]) == ("search 11", 6, 6)
    assert "page 0" in first["answer"]
    assert "page 1" in first["above_1"]
    assert (first["answer_score"], first["above_1_score"]) == (0.0, 0.9)
    assert first["row"] == 66


def test_retrieval_is_told_apart_from_order() -> None:
    """One list in ten without an answer is a finding of its own, not a bad order."""
    part = looked(lists, searches())
    found = {m.key: m for m in part.measures}
    assert found["lists_with_answer"].value == pytest.approx(0.9)
    assert found["list_quality"].n == 180
    assert found["list_quality"].value > 0.99
    assert judged(view_findings, part)["no_answer_in_list"].level == "watch"


def test_model_and_rule_are_compared_list_by_list() -> None:
    """Shares of better, same and worse add up, and the better order is called so."""
    part = looked(lists, searches())
    chart = next(c for c in part.charts if c.key == "lists_against")
    assert sum(s.x[0] for s in chart.series) == pytest.approx(1.0)
    assert judged(view_findings, part)["list_by_list"].level == "good"


def test_lists_agree_with_the_metrics() -> None:
    """nDCG and what is served are those of the metrics; two orders must be of the same lists."""
    scene = searches(50)
    assert scene.queries is not None
    found = lists_of(scene.y, scene.prediction, scene.queries, scene.blocks, 3, 1.0)
    assert np.allclose(
        found.ndcg, ndcg(scene.y, scene.prediction, scene.queries, 10), equal_nan=True
    )
    served = recall_at(scene.y, scene.prediction, scene.queries, 3, 1.0)
    assert np.allclose(found.served[found.answered], served[found.answered])
    same = compare_lists(found, found)
    assert (same.same.value, same.gain.value) == (1.0, 0.0)
    fewer = lists_of(scene.y[6:], scene.prediction[6:], scene.queries[6:], scene.blocks[6:], 3, 1.0)
    with pytest.raises(ValueError, match="same lists"):
        compare_lists(found, fewer)


def test_lists_without_any_good_item_are_a_sentence() -> None:
    """Nothing good anywhere: a sentence, no table."""
    scene = searches(30)
    nothing = replace(scene, y=np.zeros(len(scene.y)))
    part = looked(lists, nothing)
    assert part.tables == ()
    assert "No list holds a good item" in part.words["lists"]


KEYS = {
    "binary_project": {"calibration", "confusion", "scores", "abstention"},
    "multiclass_project": {"classes", "class_confusion", "scores", "abstention_cost"},
    "regression_project": {"calibration", "residual_size", "residual_time", "residual_segment"},
    "forecasting_project": {"residual_size", "residual_time", "residual_segment", "residual_age"},
    "ranking_project": {"list_quality", "lists_against"},
}


@pytest.mark.parametrize("name", KEYS)
def test_every_kind_has_its_views(name: str, request: pytest.FixtureRequest) -> None:
    """Measured as a user would, every kind of problem has the pictures of its kind."""
    evidence = request.getfixturevalue(name).evidence["errors"]
    assert {c.key for c in evidence.charts} >= KEYS[name]
    assert evidence.words["fairness"]
    for things in (evidence.charts, evidence.tables, evidence.measures):
        keys = [thing.key for thing in things]
        assert len(set(keys)) == len(keys), sorted(keys)


@pytest.mark.parametrize(
    ("look", "scene"), [(residuals, people(100)), (lists, people(100)), (lists, numbers(300))]
)
def test_a_look_that_does_not_apply_is_empty(look: Any, scene: Scene) -> None:
    """Residuals of yes or no, lists of numbers: nothing, and no crash."""
    assert looked(look, scene) == Part()
