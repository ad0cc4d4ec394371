"""From answers and table to the problem all later stages share."""

from __future__ import annotations

import difflib

import numpy as np
import pandas as pd

from app.lab.history import History, history
from app.lab.problem import Problem, binary_target, class_target, number_target
from app.lab.splits import (
    Split,
    as_times,
    default_test_from,
    group_split,
    random_split,
    time_split,
)
from app.stages.data.choices import Choices

LEAST_ROWS = 50
LEAST_LISTS = 10
SPLIT_WORDS = {
    "time": "by time: the past to learn from, what came after to test on",
    "group": "by group: no group on both sides",
    "random": "at random",
}


def prepare(choices: Choices, table: pd.DataFrame, rng: np.random.Generator) -> Problem:
    """Return the rows that can be used, their target and the split.

    Raises
    ------
    ValueError
        With the answer that does not fit the table.
    """
    for role in ("target", "time", "group", "query"):
        _check_column(role, getattr(choices, role), table)
    if not choices.target:
        raise ValueError("no target is chosen; say which column is predicted (Data & labels)")
    task = choices.task or "binary"
    _check_roles(choices, task)
    y, positive, classes = _target(choices, table, task)
    times = as_times(table[choices.time]) if choices.time else None
    usable = np.isfinite(y) if times is None else np.isfinite(y) & ~np.isnat(times)
    rows = np.flatnonzero(usable)
    if len(rows) < LEAST_ROWS:
        raise ValueError(
            f"only {len(rows)} rows have a target{' and a time' if choices.time else ''}; "
            f"at least {LEAST_ROWS} are needed to measure anything"
        )
    times = None if times is None else times[rows]
    groups = _groups(choices, table, rows)
    queries = _codes(table[choices.query].iloc[rows]) if task == "ranking" else None
    split = _split(choices, task, len(rows), times, groups, queries, rng)
    blocks, name = _blocks(task, times, groups, queries, len(rows))
    past = _past(choices, task, times, y[rows], groups)
    problem = Problem(
        task,
        rows,
        y[rows],
        _known(choices, table),
        split,
        times,
        blocks,
        name,
        positive,
        classes,
        queries,
        choices.top,
        choices.relevant_from,
        None if past is None else past.frame,
        {} if past is None else past.past,
        _gap_days(choices, task),
    )
    _check_classes(problem)
    _check_lists(problem)
    return problem


def _check_roles(choices: Choices, task: str) -> None:
    if task == "ranking" and not choices.query:
        raise ValueError(
            "ranking needs the column that names each list (a search, a request); choose it under "
            "Data & labels"
        )
    if task == "forecasting" and not choices.time:
        raise ValueError("forecasting needs a time column; choose it under Data & labels")
    if task == "forecasting" and choices.split in ("random", "group"):
        raise ValueError(
            f"a forecast cannot be tested on rows set apart {SPLIT_WORDS[choices.split]}: it would "
            "know its own future. Split by time"
        )


def _past(
    choices: Choices,
    task: str,
    times: np.ndarray | None,
    y: np.ndarray,
    groups: np.ndarray | None,
) -> History | None:
    if task != "forecasting" or times is None:
        return None
    ahead = choices.horizon_days + choices.label_delay_days
    return history(choices.target, times, y, groups, ahead, choices.season_days)


def _check_column(role: str, name: str, table: pd.DataFrame) -> None:
    if name and name not in table.columns:
        near = difflib.get_close_matches(name, [str(c) for c in table.columns], n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"the {role} column {name!r} is not in the table{hint}")


def _target(
    choices: Choices, table: pd.DataFrame, task: str
) -> tuple[np.ndarray, str, tuple[str, ...]]:
    if task == "binary":
        return *binary_target(table[choices.target], choices.positive.strip()), ()
    if task == "multiclass":
        y, classes = class_target(table[choices.target])
        return y, "", classes
    y = number_target(table[choices.target])
    if task == "ranking" and np.nanmin(y) < 0:
        raise ValueError(
            f"the target {choices.target!r} has the grade {np.nanmin(y):g}; grades start at 0 for "
            "an item that is no answer and rise with how good it is"
        )
    return y, "", ()


def _groups(choices: Choices, table: pd.DataFrame, rows: np.ndarray) -> np.ndarray | None:
    if not choices.group:
        return None
    return _codes(table[choices.group].iloc[rows])


def _codes(series: pd.Series) -> np.ndarray:
    codes = pd.factorize(series)[0].astype(np.int64)
    # A row without a group is a group of its own.
    alone = codes < 0
    codes[alone] = codes.max() + 1 + np.arange(int(alone.sum()))
    return codes


def _known(choices: Choices, table: pd.DataFrame) -> tuple[str, ...]:
    apart = {choices.target, choices.query}
    known = tuple(c for c in choices.known if c in table.columns and c not in apart)
    known = tuple(c for c in known if not table[c].isna().all())
    if not known:
        raise ValueError(
            "no column is marked as known at the decision; choose at least one that has values"
        )
    return known


def _split(
    choices: Choices,
    task: str,
    n: int,
    times: np.ndarray | None,
    groups: np.ndarray | None,
    queries: np.ndarray | None,
    rng: np.random.Generator,
) -> Split:
    kind = choices.split or ("time" if times is not None else "random")
    if kind == "time":
        if times is None:
            raise ValueError("a split by time needs a time column; choose one, or another split")
        start = (
            np.datetime64(choices.test_from)
            if choices.test_from
            else default_test_from(times, choices.test_share)
        )
        end = np.datetime64(choices.test_until) if choices.test_until else None
        return time_split(times, start, end, _gap_days(choices, task))
    if kind == "group":
        if groups is None:
            raise ValueError("a split by group needs a group column; choose one, or another split")
        return group_split(groups, choices.test_share, rng)
    if queries is not None:
        # A list is whole on one side.
        found = group_split(queries, choices.test_share, rng)
        return Split("random", found.train, found.test, found.later, found.dropped)
    return random_split(n, choices.test_share, rng)


def _gap_days(choices: Choices, task: str) -> float:
    """Return how long before a test period rows are too fresh to learn from."""
    ahead = choices.horizon_days if task == "forecasting" else 0.0
    return choices.label_delay_days + ahead


def _blocks(
    task: str,
    times: np.ndarray | None,
    groups: np.ndarray | None,
    queries: np.ndarray | None,
    n: int,
) -> tuple[np.ndarray, str]:
    if times is not None:
        days = times.astype("datetime64[D]").astype(np.int64)
        # Days of a series hang together: whole weeks are drawn.
        return (days // 7, "week") if task == "forecasting" else (days, "day")
    if groups is not None:
        return groups, "group"
    if queries is not None:
        return queries, "list"
    return np.arange(n), "row"


def _check_lists(problem: Problem) -> None:
    if problem.queries is None:
        return
    for name, part in (("training", problem.split.train), ("test", problem.split.test)):
        lists = len(np.unique(problem.queries[part]))
        if lists < LEAST_LISTS:
            raise ValueError(
                f"the {name} part has {lists} lists; at least {LEAST_LISTS} are needed. Move the "
                "split or choose another column that names the list"
            )
    inside = np.unique(problem.queries[problem.split.train])
    torn = np.isin(np.unique(problem.queries[problem.split.test]), inside).mean()
    if torn > 0:
        raise ValueError(
            f"{torn:.1%} of the test lists have items in training as well; split by a column that "
            "keeps every list whole"
        )


def _check_classes(problem: Problem) -> None:
    if problem.task == "multiclass":
        seen = len(np.unique(problem.y[problem.split.train]))
        if seen < 2:
            raise ValueError(
                f"the training part holds {seen} class of {len(problem.classes)}; at least 2 are "
                "needed. Move the split or choose another one"
            )
    if problem.task != "binary":
        return
    for name, part in (("training", problem.split.train), ("test", problem.split.test)):
        positives = int(problem.y[part].sum())
        if positives < 2 or len(part) - positives < 2:
            raise ValueError(
                f"the {name} part has {positives} positive and {len(part) - positives} negative "
                "rows; at least 2 of each are needed. Move the split or choose another one."
            )
