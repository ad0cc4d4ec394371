"""Roles and rows become one problem, or a message that says what is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from app.lab.problem import Problem
from app.stages.data.choices import Choices
from app.stages.data.preparation import prepare
from app.stages.drawing import sampled
from tests.conftest import small_table

ROLES = {"target": "target", "time": "when", "known": ["signal", "place", "holes", "filler"]}


def _prepared(task: str, table: pd.DataFrame | None = None, **more: object) -> Problem:
    table = small_table(600, task=task) if table is None else table
    choices, problems = Choices.read({**ROLES, "task": task, **more})
    assert not problems
    return prepare(choices, table, np.random.default_rng(0))


@pytest.mark.parametrize("split", ["time", "random"])
def test_lists_are_whole_on_every_side(split: str) -> None:
    """No list has items in training and in the test, and blocks follow days or lists."""
    more = {"query": "request", "split": split, "time": "when" if split == "time" else ""}
    table = small_table(600, task="ranking")
    table["when"] = table["when"].dt.normalize()
    table["request"] = table.groupby("when").ngroup()
    problem = _prepared("ranking", table, **more)
    inside = set(problem.queries[problem.split.train])
    assert not inside & set(problem.queries[problem.split.test])
    assert "request" not in problem.inputs


def test_a_torn_list_is_refused() -> None:
    """A split that cuts lists in two says so instead of measuring nonsense."""
    table = small_table(600, task="ranking")
    table["request"] = np.arange(600) % 60
    with pytest.raises(ValueError, match="keeps every list whole"):
        _prepared("ranking", table, query="request")


def test_ranking_without_a_list_says_what_to_choose() -> None:
    """The missing role is named."""
    with pytest.raises(ValueError, match="the column that names each list"):
        _prepared("ranking")


def test_grades_below_zero_are_refused() -> None:
    """A grade of minus one has no gain."""
    table = small_table(600, task="ranking")
    table.loc[3, "target"] = -1
    with pytest.raises(ValueError, match="grades start at 0"):
        _prepared("ranking", table, query="request")


@pytest.mark.parametrize("split", ["random", "group"])
def test_a_forecast_is_only_split_by_time(split: str) -> None:
    """At random it would know its own future."""
    with pytest.raises(ValueError, match="would know its own future"):
        _prepared("forecasting", split=split, group="place")


def test_a_forecast_needs_a_time() -> None:
    """Without a time there is no past."""
    with pytest.raises(ValueError, match="needs a time column"):
        _prepared("forecasting", time="")


def test_the_gap_of_a_forecast_is_delay_and_horizon() -> None:
    """Rows whose label was not in when the first test forecast was made are left out."""
    problem = _prepared("forecasting", horizon_days=5, label_delay_days=2)
    times, split = problem.times, problem.split
    gap = times[split.test].min() - times[split.train].max()
    assert gap >= np.timedelta64(7, "D")
    assert len(split.dropped) > 0
    assert problem.level == "target_mean_28_days"
    assert problem.block_name == "week"


def test_too_many_classes_are_refused_with_what_to_do() -> None:
    """Fifty-one classes are no classification."""
    table = small_table(600, task="multiclass")
    table["target"] = [f"name {i % 51}" for i in range(600)]
    with pytest.raises(ValueError, match="2 to 50 can be told apart"):
        _prepared("multiclass", table)


def test_a_part_of_many_rows_is_drawn_and_told() -> None:
    """Above the limit rows are drawn, lists whole, the test untouched, and the words say so."""
    table = small_table(3000, task="ranking")
    table["when"] = table["when"].dt.normalize()
    problem = _prepared("ranking", table, query="when", known=["signal"])
    rng = np.random.default_rng(0)
    part, words = sampled(problem, 1000, rng)
    assert 900 < len(part.split.train) <= 1000
    assert np.array_equal(part.split.test, problem.split.test)
    kept = set(part.queries[part.split.train])
    whole = np.isin(problem.queries[problem.split.train], list(kept)).sum()
    assert whole == len(part.split.train)
    assert f"{len(part.split.train):,} of {len(problem.split.train):,}" in words
    assert sampled(problem, 1_000_000, rng) == (problem, "")
